// REST "Incidents", "Business Services", "Users" and "Teams": status updates and who has subscribed to them.

#include "app/status_updates.h"

#include "domain/access/access.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t at_once_max = 100;

std::string account_id(const Site& site) { return site.ids.text(Kind::account, 1); }

std::string subscriber_id(Wire& wire, const NotificationSubscription& row) {
    return row.subscriber_type == SubscriberType::team ? wire.id(TeamId{row.subscriber})
                                                       : wire.id(UserId{row.subscriber});
}

std::string subscribable_id(Wire& wire, const NotificationSubscription& row) {
    return row.subscribable_type == SubscribableType::incident ? wire.id(IncidentId{row.subscribable})
                                                               : wire.id(BusinessServiceId{row.subscribable});
}

json::object subscription_object(Wire& wire, const NotificationSubscription& row) {
    return {{"subscriber_id", subscriber_id(wire, row)},
            {"subscriber_type", text_of(row.subscriber_type)},
            {"subscribable_id", subscribable_id(wire, row)},
            {"subscribable_type", text_of(row.subscribable_type)},
            {"account_id", account_id(wire.request.site)}};
}

/// One pair of a body, as it was sent. Without a row it names nothing that the requester knows of.
struct Asked {
    std::string id;
    std::string type;
    std::optional<NotificationSubscription> row;
};

std::optional<std::int64_t> known_subscriber(Request& request, SubscriberType type, const std::string& text) {
    if (type == SubscriberType::user) {
        auto id = request.site.ids.parse<UserId>(text);
        return id && request.tx().find<User>(*id) ? std::optional{id->value} : std::nullopt;
    }
    auto id = request.site.ids.parse<TeamId>(text);
    auto team = id ? request.tx().find<Team>(*id) : std::nullopt;
    return team && knows(request, *team) ? std::optional{id->value} : std::nullopt;
}

std::optional<std::int64_t> known_subscribable(Request& request, SubscribableType type, const std::string& text) {
    if (type == SubscribableType::incident) {
        auto id = request.site.ids.parse<IncidentId>(text);
        auto incident = id ? request.tx().find<Incident>(*id) : std::nullopt;
        return incident && knows(request, *incident) ? std::optional{id->value} : std::nullopt;
    }
    auto id = request.site.ids.parse<BusinessServiceId>(text);
    auto service = id ? request.tx().find<BusinessService>(*id) : std::nullopt;
    return service && knows(request, *service) ? std::optional{id->value} : std::nullopt;
}

/// The list `member` of {"<what>_id", "<what>_type"}. `fill` puts what it names into a copy of `known`.
template <class E, class F>
Result<std::vector<Asked>>
read_pairs(Request& request, std::string_view member, std::string_view what, NotificationSubscription known, F fill) {
    TRY(auto fields, Fields::of(request, ""));
    auto elements = fields.elements(member, /*required=*/true);
    if (elements.empty() && fields.sent(member)) fields.problem(member, "can't be blank");
    if (elements.size() > at_once_max) fields.problem(member, fmt::format("may be at most {}", at_once_max));
    std::vector<Asked> all;
    for (auto& element : elements) {
        Asked asked;
        E type{};
        element.text(fmt::format("{}_id", what), asked.id, {.required = true, .max = 100});
        if (!element.sent(fmt::format("{}_type", what)))
            element.problem(fmt::format("{}_type", what), "can't be blank");
        bool is_known_type = element.choice(fmt::format("{}_type", what), type);
        fields.adopt(element);
        asked.type = text_of(type);
        asked.row = known;
        if (!is_known_type || !fill(*asked.row, type, asked.id)) asked.row.reset();
        all.push_back(std::move(asked));
    }
    CHECK_OK(fields.check());
    return all;
}

Result<std::vector<Asked>> read_subscribers(Request& request, NotificationSubscription known) {
    return read_pairs<SubscriberType>(
        request, "subscribers", "subscriber", known, [&](auto& row, SubscriberType type, const std::string& id) {
            auto found = type == SubscriberType::account ? std::nullopt : known_subscriber(request, type, id);
            row.subscriber_type = type;
            row.subscriber = found.value_or(0);
            return found.has_value();
        });
}

Result<std::vector<Asked>> read_subscribables(Request& request, NotificationSubscription known) {
    return read_pairs<SubscribableType>(
        request, "subscribables", "subscribable", known, [&](auto& row, SubscribableType type, const std::string& id) {
            auto found = known_subscribable(request, type, id);
            row.subscribable_type = type;
            row.subscribable = found.value_or(0);
            return found.has_value();
        });
}

/// What is unknown to the requester is answered as if they might not: `unauthorized`.
Result<Reply> subscribe_all(Request& request,
                            const std::vector<Asked>& all,
                            const NotificationSubscription& known,
                            std::string_view what) {
    Wire wire(request);
    json::array out;
    for (const auto& asked : all) {
        auto object = subscription_object(wire, asked.row.value_or(known));
        object[fmt::format("{}_id", what)] = asked.id;
        object[fmt::format("{}_type", what)] = asked.type;
        if (asked.row) {
            TRY(auto result, subscribe(request.tx(), *asked.row));
            object["result"] = text_of(result);
        } else {
            object["result"] = "unauthorized";
        }
        out.emplace_back(std::move(object));
    }
    return ok(json::object{{"subscriptions", std::move(out)}});
}

Result<Reply> unsubscribe_all(Request& request, const std::vector<Asked>& all) {
    int deleted = 0;
    int missing = 0;
    for (const auto& asked : all) ++(asked.row && unsubscribe(request.tx(), *asked.row) ? deleted : missing);
    return ok(json::object{{"deleted_count", deleted}, {"unauthorized_count", 0}, {"non_existent_count", missing}});
}

// ---- by what is subscribed to

Result<NotificationSubscription> incident_of_path(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    NotificationSubscription known;
    known.subscribable_type = SubscribableType::incident;
    known.subscribable = incident.id.value;
    return known;
}

Result<NotificationSubscription> business_service_of_path(Request& request) {
    TRY(auto service,
        permitted_row<BusinessService>(request, "id", errors::not_found("Business Service Not Found", 5001)));
    NotificationSubscription known;
    known.subscribable_type = SubscribableType::business_service;
    known.subscribable = service.id.value;
    return known;
}

Result<Reply> list_subscribers(Request& request, const NotificationSubscription& known) {
    Wire wire(request);
    bool with_context = known.subscribable_type == SubscribableType::incident;
    auto query = Query<NotificationSubscription>()
                     .where(&NotificationSubscription::subscribable, known.subscribable)
                     .where(&NotificationSubscription::subscribable_type, known.subscribable_type)
                     .where_not(&NotificationSubscription::subscriber_type, SubscriberType::account)
                     .order_by(&NotificationSubscription::id);
    auto write = [&](const NotificationSubscription& row) {
        json::object out{{"subscriber_id", subscriber_id(wire, row)},
                         {"subscriber_type", text_of(row.subscriber_type)}};
        if (with_context) {
            out["has_indirect_subscription"] = false;
            out["subscribed_via"] = nullptr;
        }
        return out;
    };
    TRY(auto reply, page_of(request, "subscribers", std::move(query), write));
    reply.body.as_object()["account_id"] = account_id(request.site);
    return reply;
}

template <Result<NotificationSubscription> (*of_path)(Request&)>
Result<Reply> list_subscribers_of(Request& request) {
    TRY(auto known, of_path(request));
    return list_subscribers(request, known);
}

template <Result<NotificationSubscription> (*of_path)(Request&)>
Result<Reply> add_subscribers(Request& request) {
    TRY(auto known, of_path(request));
    TRY(auto asked, read_subscribers(request, known));
    return subscribe_all(request, asked, known, "subscriber");
}

template <Result<NotificationSubscription> (*of_path)(Request&)>
Result<Reply> remove_subscribers(Request& request) {
    TRY(auto known, of_path(request));
    TRY(auto asked, read_subscribers(request, known));
    return unsubscribe_all(request, asked);
}

Result<NotificationSubscription> account_subscription(Request& request) {
    TRY(auto known, business_service_of_path(request));
    known.subscriber_type = SubscriberType::account;
    return known;
}

Result<Reply> subscribe_account(Request& request) {
    TRY(auto wanted, account_subscription(request));
    CHECK_OK(subscribe(request.tx(), wanted));
    return ok(json::object{{"account_is_subscribed", true}});
}

Result<Reply> unsubscribe_account(Request& request) {
    TRY(auto unwanted, account_subscription(request));
    unsubscribe(request.tx(), unwanted);
    return no_content();
}

// ---- by who subscribes

Result<NotificationSubscription> user_of_path(Request& request) {
    TRY(auto user, person_of_path(request, Need::manage));
    NotificationSubscription known;
    known.subscriber_type = SubscriberType::user;
    known.subscriber = user.id.value;
    return known;
}

Result<NotificationSubscription> team_of_path(Request& request) {
    TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
    NotificationSubscription known;
    known.subscriber_type = SubscriberType::team;
    known.subscriber = team.id.value;
    return known;
}

json::value subscribable_name(Wire& wire, const NotificationSubscription& row) {
    if (row.subscribable_type == SubscribableType::incident) {
        const auto* incident = known(wire.request, wire.incident(IncidentId{row.subscribable}));
        return incident ? json::value(incident->title) : json::value(nullptr);
    }
    auto service = wire.tx().find_even_deleted<BusinessService>(BusinessServiceId{row.subscribable});
    return service && knows(wire.request, *service) ? json::value(service->name) : json::value(nullptr);
}

template <Result<NotificationSubscription> (*of_path)(Request&)>
Result<Reply> list_subscriptions_of(Request& request) {
    TRY(auto known, of_path(request));
    Wire wire(request);
    auto query = Query<NotificationSubscription>()
                     .where(&NotificationSubscription::subscriber, known.subscriber)
                     .where(&NotificationSubscription::subscriber_type, known.subscriber_type)
                     .order_by(&NotificationSubscription::id);
    return page_of(request, "subscriptions", std::move(query), [&](const NotificationSubscription& row) {
        return json::object{{"subscription", subscription_object(wire, row)},
                            {"subscribable_name", subscribable_name(wire, row)}};
    });
}

template <Result<NotificationSubscription> (*of_path)(Request&)>
Result<Reply> add_subscriptions(Request& request) {
    TRY(auto known, of_path(request));
    TRY(auto asked, read_subscribables(request, known));
    return subscribe_all(request, asked, known, "subscribable");
}

template <Result<NotificationSubscription> (*of_path)(Request&)>
Result<Reply> remove_subscriptions(Request& request) {
    TRY(auto known, of_path(request));
    TRY(auto asked, read_subscribables(request, known));
    return unsubscribe_all(request, asked);
}

// ---- what is told

json::object status_update_object(Wire& wire, const StatusUpdate& update) {
    json::object out;
    out["id"] = wire.id(update.id);
    out["message"] = update.message;
    out["created_at"] = wire.time(update.created_at);
    out["sender"] = update.sender ? json::value(wire.user_ref(*update.sender)) : json::value(nullptr);
    if (update.subject) out["subject"] = *update.subject;
    if (update.html_message) out["html_message"] = *update.html_message;
    return out;
}

Result<Reply> create_status_update(Request& request) {
    TRY(auto sender, request.requester());
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto fields, Fields::of(request, ""));
    StatusUpdate update;
    fields.text("message", update.message, {.required = true, .max = status_update_bytes_max});
    fields.text("subject", update.subject, {.max = 255});
    fields.text("html_message", update.html_message, {.max = status_update_bytes_max});
    if (update.subject.has_value() != update.html_message.has_value())
        fields.problem(update.subject ? "html_message" : "subject", "can't be blank: both are given, or neither");
    CHECK_OK(fields.check());
    update.sender = sender.id;
    publish(request.tx(), request.site.desk, incident, impacted_by(request.tx(), incident), update);
    Wire wire(request);
    return ok(json::object{{"status_update", status_update_object(wire, update)}});
}

constexpr auto of_incident = "/incidents/{id}/status_updates/subscribers";
constexpr auto of_business_service = "/business_services/{id}/subscribers";
constexpr auto of_account = "/business_services/{id}/account_subscription";
constexpr auto of_user = "/users/{id}/notification_subscriptions";
constexpr auto of_team = "/teams/{id}/notification_subscriptions";

constexpr Scope reads = "subscribers.read";
constexpr Scope changes = "subscribers.write";

constexpr Route table[] = {
    {Verb::post, "/incidents/{id}/status_updates", "incidents.write", Need::respond, create_status_update, Reach::team},
    {Verb::get, of_incident, reads, Need::view, list_subscribers_of<incident_of_path>, Reach::team},
    {Verb::post, of_incident, changes, Need::respond, add_subscribers<incident_of_path>, Reach::team},
    {Verb::post,
     "/incidents/{id}/status_updates/unsubscribe",
     changes,
     Need::respond,
     remove_subscribers<incident_of_path>,
     Reach::team},
    {Verb::get, of_business_service, reads, Need::view, list_subscribers_of<business_service_of_path>, Reach::team},
    {Verb::post, of_business_service, changes, Need::respond, add_subscribers<business_service_of_path>, Reach::team},
    {Verb::post,
     "/business_services/{id}/unsubscribe",
     changes,
     Need::respond,
     remove_subscribers<business_service_of_path>,
     Reach::team},
    {Verb::post, of_account, changes, Need::manage, subscribe_account, Reach::team},
    {Verb::del, of_account, changes, Need::manage, unsubscribe_account, Reach::team},
    {Verb::get, of_user, reads, Need::anyone, list_subscriptions_of<user_of_path>},
    {Verb::post, of_user, changes, Need::anyone, add_subscriptions<user_of_path>},
    {Verb::post,
     "/users/{id}/notification_subscriptions/unsubscribe",
     changes,
     Need::anyone,
     remove_subscriptions<user_of_path>},
    {Verb::get, of_team, reads, Need::view, list_subscriptions_of<team_of_path>, Reach::team},
    {Verb::post, of_team, changes, Need::manage, add_subscriptions<team_of_path>, Reach::team},
    {Verb::post,
     "/teams/{id}/notification_subscriptions/unsubscribe",
     changes,
     Need::manage,
     remove_subscriptions<team_of_path>,
     Reach::team},
};

}  // namespace

std::span<const Route> status_update_routes() { return table; }

}  // namespace callboard::http
