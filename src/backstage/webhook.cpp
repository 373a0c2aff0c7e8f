#include "backstage/webhook.h"

#include "backstage/failure.h"
#include "backstage/json_read.h"
#include "base/log.h"
#include "base/query_string.h"
#include "base/secret.h"

namespace callboard::backstage {

namespace {

constexpr std::string_view prefix = "/webhooks/";
constexpr std::size_t body_bytes_max = 1024 * 1024;
constexpr std::size_t json_depth_max = 32;

/// "v1=aa,v1=bb": while secrets change there are several.
bool is_signed(std::string_view signatures, std::string_view secret, std::string_view body) {
    auto expected = "v1=" + keyed_hash(secret, body);
    bool found = false;
    while (!signatures.empty()) {
        auto end = std::min(signatures.find(','), signatures.size());
        auto one = signatures.substr(0, end);
        while (one.starts_with(' ')) one.remove_prefix(1);
        found = is_same_secret(one, expected) || found;
        signatures.remove_prefix(std::min(end + 1, signatures.size()));
    }
    return found;
}

Response plain(int status, std::string_view why) {
    return {status, json::serialize(refused(status, std::string{why}).body), "application/json; charset=utf-8", {}};
}

/// The service that the event is about; empty when it is about another thing.
std::string service_in(const std::string& body) {
    json::parse_options options;
    options.max_depth = json_depth_max;
    boost::system::error_code failed;
    auto sent = json::parse(body, failed, {}, options);
    if (failed) return {};
    auto service = text_at(sent, {"event", "data", "service", "id"});
    if (service.empty() && text_at(sent, {"event", "resource_type"}) == "service")
        service = text_at(sent, {"event", "data", "id"});
    return std::string{service};
}

}  // namespace

std::optional<Response> take_webhook(const Request& request, const Accounts& accounts) {
    auto path = std::string_view{request.target};
    path = path.substr(0, path.find('?'));
    if (request.method != "POST" || !path.starts_with(prefix)) return std::nullopt;
    const auto* account = accounts.find(percent_decode(path.substr(prefix.size())));
    if (!account || account->webhook_secret.empty()) return plain(404, "No webhooks are taken for this account.");
    if (request.body.size() > body_bytes_max) return plain(413, "The webhook is too large.");
    if (!is_signed(request.signature, account->webhook_secret, request.body)) {
        log::warn("backstage.webhook_refused", {{"account", account->id}});
        return plain(401, "The signature is not that of this account's webhook-secret.");
    }
    account->upstream->outdate(service_in(request.body));
    return Response{202, {}, {}, {}};
}

}  // namespace callboard::backstage
