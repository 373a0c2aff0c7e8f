// REST "Webhook Subscriptions".

#include "app/hooks.h"
#include "app/respond.h"
#include "base/secret.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/hook_subject.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/typed_url.h"
#include "http/rest_v2/webhook_headers.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t url_max = 2'048;
constexpr std::size_t secret_length = 64;

json::object delivery_method(Wire& wire, const WebhookSubscription& subscription, bool with_secret) {
    json::object out;
    out["id"] = wire.id(subscription.id);
    out["type"] = "http_delivery_method";
    out["url"] = subscription.url;
    out["secret"] = with_secret ? json::value(subscription.secret) : json::value(nullptr);
    bool disabled = subscription.disabled_until && wire.request.now < *subscription.disabled_until;
    out["temporarily_disabled"] = disabled;
    out["temporarily_disabled_reason"] = disabled ? text_or_null(subscription.disabled_reason) : json::value(nullptr);
    out["temporarily_disabled_until"] = disabled ? wire.time(subscription.disabled_until) : json::value(nullptr);
    json::array headers;
    for (const auto& header : subscription.custom_headers)
        headers.emplace_back(json::object{{"name", header.name}, {"value", "-- redacted --"}});
    out["custom_headers"] = std::move(headers);
    return out;
}

json::object filter_object(Wire& wire, const WebhookSubscription& subscription) {
    switch (subscription.filter) {
    case WebhookFilter::account_reference: break;
    case WebhookFilter::service_reference: return wire.service_ref(ServiceId{subscription.filter_id});
    case WebhookFilter::team_reference: return wire.team_ref(TeamId{subscription.filter_id});
    }
    return {{"type", text_of(subscription.filter)}};
}

json::value oauth_client_ref(Wire& wire, const WebhookSubscription& subscription) {
    auto client = subscription.oauth_client ? wire.tx().find<OAuthClient>(*subscription.oauth_client) : std::nullopt;
    if (!client) return nullptr;
    auto id = wire.id(client->id);
    return wire.head(id, "oauth_client_reference", client->name, "/webhook_subscriptions/oauth_clients/" + id, "");
}

json::object subscription_object(Wire& wire, const WebhookSubscription& subscription, bool with_secret = false) {
    json::object out;
    out["id"] = wire.id(subscription.id);
    out["type"] = "webhook_subscription";
    out["active"] = subscription.active;
    out["delivery_method"] = delivery_method(wire, subscription, with_secret);
    out["description"] = subscription.description;
    json::array events;
    for (const auto& event : subscription.events) events.emplace_back(event);
    out["events"] = std::move(events);
    out["filter"] = filter_object(wire, subscription);
    out["oauth_client"] = oauth_client_ref(wire, subscription);
    return out;
}

Result<Reply> shown(Request& request, const WebhookSubscription& subscription, bool with_secret = false) {
    Wire wire(request);
    return ok(json::object{{"webhook_subscription", subscription_object(wire, subscription, with_secret)}});
}

/// What is there but of the wrong type has been found wrong already.
void require(Fields& fields, std::string_view name) {
    if (!fields.sent(name) || fields.sent_null(name)) fields.problem(name, "can't be blank");
}

void read_delivery_method(Fields& fields, WebhookSubscription& subscription) {
    auto method = fields.nested("delivery_method");
    if (!method) {
        return require(fields, "delivery_method");
    }
    std::string type = "http_delivery_method";
    method->text("type", type);
    if (type != "http_delivery_method") method->problem("type", "must be http_delivery_method");
    read_typed_url(*method, "url", subscription.url, {.required = true, .max = url_max});
    read_webhook_headers(*method, "custom_headers", subscription.custom_headers);
    fields.adopt(*method);
}

void read_events(Fields& fields, WebhookSubscription& subscription, bool required) {
    const auto* events = fields.array("events", required);
    if (!events) return;
    subscription.events.clear();
    for (const auto& event : *events) {
        std::string name = event.is_string() ? std::string{event.get_string()} : std::string{};
        if (!is_webhook_event(name)) return fields.problem("events", fmt::format("has an unknown type: \"{}\"", name));
        if (std::ranges::find(subscription.events, name) == subscription.events.end())
            subscription.events.push_back(std::move(name));
    }
    if (subscription.events.empty()) fields.problem("events", "can't be blank");
}

template <class T>
void read_filter_id(Fields& filter, const json::object& raw, WebhookSubscription& subscription) {
    auto& request = filter.request();
    auto text = Fields::id_of(raw);
    auto id = text ? request.site.ids.parse<decltype(T::id)>(*text) : std::nullopt;
    auto row = id ? request.tx().find<T>(*id) : std::nullopt;
    if (!row || !knows(request, *row)) return filter.problem("id", "was not found");
    subscription.filter_id = row->id.value;
}

void read_filter(Fields& fields, WebhookSubscription& subscription, bool required) {
    const auto* raw = fields.object("filter");
    auto filter = fields.nested("filter");
    if (!raw || !filter) {
        if (required) require(fields, "filter");
        return;
    }
    if (!filter->sent("type")) filter->problem("type", "can't be blank");
    filter->choice("type", subscription.filter);
    subscription.filter_id = 0;
    if (subscription.filter == WebhookFilter::service_reference) read_filter_id<Service>(*filter, *raw, subscription);
    if (subscription.filter == WebhookFilter::team_reference) read_filter_id<Team>(*filter, *raw, subscription);
    fields.adopt(*filter);
}

/// null: from now on without a token.
void read_oauth_client(Fields& fields, WebhookSubscription& subscription) {
    if (!fields.sent("oauth_client_id")) return;
    if (fields.sent_null("oauth_client_id")) return subscription.oauth_client.reset();
    std::string text;
    if (!fields.text("oauth_client_id", text)) return;
    auto id = fields.request().site.ids.parse<OAuthClientId>(text);
    if (!id || !fields.request().tx().find<OAuthClient>(*id)) return fields.problem("oauth_client_id", "was not found");
    bool has_authorization = std::ranges::any_of(
        subscription.custom_headers, [](const WebhookHeader& header) { return is_named(header, "authorization"); });
    if (has_authorization) fields.problem("oauth_client_id", "cannot go with a custom header Authorization");
    subscription.oauth_client = *id;
}

Query<WebhookSubscription> of_filter(WebhookFilter type, std::int64_t id) {
    return Query<WebhookSubscription>()
        .where(&WebhookSubscription::format, HookFormat::v3)
        .where(&WebhookSubscription::filter, type)
        .where(&WebhookSubscription::filter_id, id);
}

/// PagerDuty: ten for each account, service and team.
Result<void> check_limit(Tx& tx, const WebhookSubscription& subscription) {
    auto others = tx.list(of_filter(subscription.filter, subscription.filter_id));
    std::erase_if(others, [&](const WebhookSubscription& other) { return other.id == subscription.id; });
    if (static_cast<std::int64_t>(others.size()) < subscriptions_per_filter_max) return {};
    return Error{ErrorKind::invalid, 2019, "Subscription Limit Exceeded", {}};
}

Result<Reply> page_of_subscriptions(Request& request, const Query<WebhookSubscription>& query) {
    auto rows = request.tx().list(query);
    std::erase_if(rows, [&](const WebhookSubscription& row) { return !knows_subject(request, row); });
    Wire wire(request);
    return page_of(request, "webhook_subscriptions", rows, [&](const WebhookSubscription& row) {
        return subscription_object(wire, row);
    });
}

Result<Reply> list_subscriptions(Request& request) {
    auto query = Query<WebhookSubscription>()
                     .where(&WebhookSubscription::format, HookFormat::v3)
                     .order_by(&WebhookSubscription::id);
    auto type = request.query.text("filter_type");
    auto id = request.query.text("filter_id");
    if (!type) return page_of_subscriptions(request, query);
    auto filter = parse_enum<WebhookFilter>(*type + "_reference");
    if (!filter) return errors::invalid_input("Filter type must be account, service or team");
    query.where(&WebhookSubscription::filter, *filter);
    if (*filter == WebhookFilter::account_reference) return page_of_subscriptions(request, query);
    if (!id) return errors::invalid_input("Filter ID is required for a service or a team");
    auto value = *filter == WebhookFilter::service_reference ? request.site.ids.parse(Kind::service, *id)
                                                             : request.site.ids.parse(Kind::team, *id);
    query.where(&WebhookSubscription::filter_id, value.value_or(-1));
    return page_of_subscriptions(request, query);
}

/// The schema says 200 where other resources say 201.
Result<Reply> create_subscription(Request& request) {
    TRY(auto fields, Fields::of(request, "webhook_subscription"));
    WebhookSubscription subscription;
    read_delivery_method(fields, subscription);
    read_events(fields, subscription, /*required=*/true);
    read_filter(fields, subscription, /*required=*/true);
    read_oauth_client(fields, subscription);
    fields.text("description", subscription.description);
    fields.flag("active", subscription.active);
    CHECK_OK(fields.check());
    CHECK_OK(permit_filter(request, subscription));
    CHECK_OK(check_limit(request.tx(), subscription));
    subscription.id = request.tx().new_id<WebhookSubscriptionId>();
    subscription.secret = random_alphanumeric(secret_length);
    subscription.created_at = request.now;
    request.tx().insert(subscription);
    return shown(request, subscription, /*with_secret=*/true);
}

Result<Reply> get_subscription(Request& request) {
    TRY(auto subscription, subscription_of_path(request));
    return shown(request, subscription);
}

/// Where it goes cannot be changed.
Result<Reply> update_subscription(Request& request) {
    TRY(auto subscription, subscription_to_change(request));
    TRY(auto fields, Fields::of(request, "webhook_subscription"));
    read_events(fields, subscription, /*required=*/false);
    read_filter(fields, subscription, /*required=*/false);
    read_oauth_client(fields, subscription);
    fields.text("description", subscription.description);
    fields.flag("active", subscription.active);
    CHECK_OK(fields.check());
    CHECK_OK(permit_filter(request, subscription));
    CHECK_OK(check_limit(request.tx(), subscription));
    request.tx().update(subscription);
    return shown(request, subscription);
}

Result<Reply> delete_one(Request& request) {
    TRY(auto subscription, subscription_to_change(request));
    delete_subscription(request.tx(), subscription.id);
    return no_content();
}

Result<Reply> enable_subscription(Request& request) {
    TRY(auto subscription, subscription_to_change(request));
    enable(subscription);
    request.tx().update(subscription);
    return shown(request, subscription);
}

Result<Reply> ping_subscription(Request& request) {
    TRY(auto subscription, subscription_to_change(request));
    if (!announce_ping(request.tx(), request.site.desk, subscription, acting_agent(request)))
        return too_many_deliveries();
    return Reply{202, nullptr, {}};
}

constexpr Route table[] = {
    {Verb::get, "/webhook_subscriptions", "webhook_subscriptions.read", Need::manage, list_subscriptions},
    {Verb::post, "/webhook_subscriptions", "webhook_subscriptions.write", Need::manage, create_subscription},
    {Verb::get, "/webhook_subscriptions/{id}", "webhook_subscriptions.read", Need::manage, get_subscription},
    {Verb::put, "/webhook_subscriptions/{id}", "webhook_subscriptions.write", Need::manage, update_subscription},
    {Verb::del, "/webhook_subscriptions/{id}", "webhook_subscriptions.write", Need::manage, delete_one},
    {Verb::post,
     "/webhook_subscriptions/{id}/enable",
     "webhook_subscriptions.write",
     Need::manage,
     enable_subscription},
    {Verb::post, "/webhook_subscriptions/{id}/ping", "webhook_subscriptions.write", Need::manage, ping_subscription},
};

}  // namespace

std::span<const Route> webhook_subscription_routes() { return table; }

}  // namespace callboard::http
