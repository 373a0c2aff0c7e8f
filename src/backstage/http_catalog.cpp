#include "backstage/http_catalog.h"

#include "base/log.h"
#include "base/query_string.h"

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr int page_size = 500;
constexpr int pages_max = 200;
constexpr Snapshot<Components>::Ages ages{seconds{15}, seconds{15}, days{1}};
constexpr std::string_view list_name = "components";
/// The list is stored no more often than this.
constexpr auto stored_every = minutes{5};
/// What Entity is made of.
constexpr std::string_view fields =
    "kind,metadata.name,metadata.namespace,metadata.uid,metadata.title,"
    "metadata.annotations.pagerduty.com/service-id,metadata.annotations.pagerduty.com/integration-key,"
    "metadata.annotations.pagerduty.com/account,metadata.annotations.callboard.io/depends-on,"
    "metadata.annotations.callboard.io/service-id-of-file,"
    "spec.owner,spec.system,spec.lifecycle,spec.dependsOn";

std::string sentence_of(const JsonAnswer& answer) {
    switch (answer.end) {
    case Answer::End::late: return "Backstage's catalog did not answer in time.";
    case Answer::End::unreachable: return "Backstage's catalog could not be reached.";
    case Answer::End::unreadable: return "The answer of Backstage's catalog could not be read.";
    case Answer::End::not_configured:
    case Answer::End::answered: break;
    }
    if (answer.status == 401) return "Backstage's catalog does not know the credentials of this backend.";
    if (answer.status == 403) return "Backstage's catalog does not allow this to the plugin pagerduty.";
    return fmt::format("Backstage's catalog answered with status {}.", answer.status);
}

/// What the catalog refuses us is no fault of who asks us.
CatalogFailure failure_of(const JsonAnswer& answer) {
    log::warn("backstage.catalog_failed",
              {{"status", std::to_string(answer.status)},
               {"why", answer.detail.empty() ? sentence_of(answer) : answer.detail}});
    return {answer.end == Answer::End::late ? 504 : 502, sentence_of(answer)};
}

struct RefParts {
    std::string_view kind;
    std::string_view name_space;
    std::string_view name;
};

std::optional<RefParts> parts_of(std::string_view ref) {
    auto colon = ref.find(':');
    auto slash = ref.find('/', colon == std::string_view::npos ? 0 : colon);
    if (colon == std::string_view::npos || slash == std::string_view::npos) return std::nullopt;
    return RefParts{ref.substr(0, colon), ref.substr(colon + 1, slash - colon - 1), ref.substr(slash + 1)};
}

/// Null when another version wrote it.
std::shared_ptr<const Components> read_list(const std::string& text) {
    boost::system::error_code failed;
    auto stored = json::parse(text, failed);
    const auto* rows = failed ? nullptr : stored.if_array();
    if (!rows) return nullptr;
    auto components = std::make_shared<Components>();
    for (const auto& row : *rows) components->rows.push_back(entity_of(row));
    return components;
}

}  // namespace

HttpCatalog::HttpCatalog(Options options, JsonClient& client, OwnKeys& keys, PluginStore& store, Parallel& parallel)
    : options_(std::move(options)), client_(client), keys_(keys), store_(store), parallel_(parallel) {
    if (auto stored = store.kept_list(list_name, options_.url))
        if (auto components = read_list(stored->text)) components_->begin_with(std::move(components), stored->as_of);
}

/// For the next start.
void HttpCatalog::store_list(const Components& components, Timestamp now) {
    auto at = stored_at_.load();
    if (at > 0 && now - from_micros(at) < stored_every) return;
    if (!stored_at_.compare_exchange_strong(at, to_micros(now))) return;
    // Row by row: thousands of them as values beside their text are megabytes for nothing.
    std::string text = "[";
    for (const auto& entity : components.rows) {
        if (text.size() > 1) text += ',';
        text += json::serialize(raw_of(entity));
    }
    text += ']';
    store_.keep_list(list_name, {options_.url, now, std::move(text)});
}

JsonAnswer
HttpCatalog::ask(std::string method, std::string_view path, json::value body, Timestamp now, Deadline deadline) {
    JsonRequest request;
    request.method = std::move(method);
    request.url = options_.url + std::string{path};
    request.authorization = "Bearer " + (options_.token.empty() ? keys_.token_for("catalog", now) : options_.token);
    request.body = std::move(body);
    request.deadline = deadline;
    return client_.send(request);
}

Fetched<Components> HttpCatalog::fetch(Timestamp now, Deadline deadline) {
    auto components = std::make_shared<Components>();
    auto path = fmt::format(
        "/entities/by-query?filter=kind=component&orderField=metadata.name,asc&limit={}&fields={}", page_size, fields);
    for (int page = 0; page < pages_max; ++page) {
        auto answer = ask("GET", path, nullptr, now, deadline);
        if (!answer.ok()) {
            auto failure = failure_of(answer);
            return {{}, {}, failure.status, failure.why};
        }
        for (const auto& item : list_at(answer.body, "items")) components->rows.push_back(entity_of(item));
        auto cursor = text_at(answer.body, {"pageInfo", "nextCursor"});
        if (cursor.empty()) {
            store_list(*components, now);
            return {std::move(components), now};
        }
        path =
            fmt::format("/entities/by-query?cursor={}&limit={}&fields={}", percent_encode(cursor), page_size, fields);
    }
    log::warn("backstage.list_cut", {{"list", "entities"}, {"at", std::to_string(page_size * pages_max)}});
    return {std::move(components), now};
}

Catalog::Found HttpCatalog::components(Timestamp now, Deadline deadline) {
    auto later = [&](std::function<void()> job) { return parallel_.later(std::move(job)); };
    auto found = components_->get(
        now, deadline, ages, 0, [this, now](Deadline until) { return fetch(now, until); }, later);
    return {std::move(found.value), found.as_of, {found.status, std::move(found.why)}};
}

Catalog::One HttpCatalog::entity(std::string_view ref, Timestamp now, Deadline deadline) {
    auto parts = parts_of(ref);
    if (!parts) return {nullptr};
    auto path = fmt::format("/entities/by-name/{}/{}/{}",
                            percent_encode(parts->kind),
                            percent_encode(parts->name_space),
                            percent_encode(parts->name));
    auto answer = ask("GET", path, nullptr, now, deadline);
    if (answer.end == Answer::End::answered && answer.status == 404) return {nullptr};
    if (!answer.ok()) return {nullptr, failure_of(answer)};
    return {std::move(answer.body)};
}

Catalog::Several HttpCatalog::read(const std::vector<std::string>& refs,
                                   const std::vector<std::string>& fields_wanted,
                                   Timestamp now,
                                   Deadline deadline) {
    json::object body{{"entityRefs", json::array(refs.begin(), refs.end())},
                      {"fields", json::array(fields_wanted.begin(), fields_wanted.end())}};
    auto answer = ask("POST", "/entities/by-refs", std::move(body), now, deadline);
    if (!answer.ok()) return {{}, failure_of(answer)};
    const auto& items = list_at(answer.body, "items");
    if (items.size() != refs.size())
        return {{}, CatalogFailure{502, "The answer of Backstage's catalog is not whole."}};
    return {items};
}

std::optional<CatalogFailure> HttpCatalog::refresh(std::string_view ref, Timestamp now, Deadline deadline) {
    auto answer = ask("POST", "/refresh", json::object{{"entityRef", ref}}, now, deadline);
    // What is not in the catalog needs no refreshing.
    if (answer.ok() || (answer.end == Answer::End::answered && answer.status == 404)) return std::nullopt;
    return failure_of(answer);
}

}  // namespace callboard::backstage
