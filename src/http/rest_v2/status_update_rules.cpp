// REST "Users": by which contact methods they hear of status updates. GET and PUT of one say `notification_rule`, as
// the description does.

#include "domain/incident/status_update.h"
#include "http/kit/fields.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::int64_t rules_max = 20;

Error rule_not_found() { return errors::not_found("Status Update Notification Rule Not Found"); }

/// The rule of the path, which must be the path's user's.
Result<StatusUpdateRule> rule_of_path(Request& request, Need on_others) {
    TRY(auto user, person_of_path(request, on_others));
    TRY(auto rule, request.path_row<StatusUpdateRule>("status_update_notification_rule_id", rule_not_found()));
    if (rule.user != user.id) return rule_not_found();
    return rule;
}

void read_rule(Fields& fields, StatusUpdateRule& rule, bool create) {
    auto& tx = fields.request().tx();
    if (!fields.reference<ContactMethod>("contact_method", rule.contact_method, create)) return;
    auto method = tx.find<ContactMethod>(rule.contact_method);
    if (method && method->user != rule.user) return fields.problem("contact_method", "was not found");
    auto same = Query<StatusUpdateRule>()
                    .where(&StatusUpdateRule::user, rule.user)
                    .where(&StatusUpdateRule::contact_method, rule.contact_method)
                    .where_not(&StatusUpdateRule::id, rule.id);
    if (tx.count(same) > 0) fields.problem("contact_method", "has already been taken");
}

json::object rule_object(Wire& wire, const StatusUpdateRule& rule) {
    auto id = wire.id(rule.id);
    auto path = fmt::format("/users/{}/status_update_notification_rules/{}", wire.id(rule.user), id);
    auto method = wire.tx().find<ContactMethod>(rule.contact_method);
    auto out = wire.head(id, "status_update_notification_rule", method ? method->label : "", path, "");
    bool full = wire.includes("contact_methods");
    out["contact_method"] = nullptr;
    if (method) out["contact_method"] = full ? contact_method_object(wire, *method) : contact_method_ref(wire, *method);
    return out;
}

Reply reply_of(Request& request, std::string_view key, const StatusUpdateRule& rule, int status) {
    Wire wire(request);
    return {status, json::object{{key, rule_object(wire, rule)}}, {}};
}

Result<Reply> list_rules(Request& request) {
    TRY(auto user, person_of_path(request, Need::view));
    Wire wire(request);
    json::array out;
    for (const auto& rule : request.tx().list(
             Query<StatusUpdateRule>().where(&StatusUpdateRule::user, user.id).order_by(&StatusUpdateRule::id)))
        out.emplace_back(rule_object(wire, rule));
    return ok(json::object{{"status_update_notification_rules", std::move(out)}});
}

Result<Reply> create_rule(Request& request) {
    TRY(auto user, person_of_path(request, Need::admin));
    TRY(auto fields, Fields::of(request, "status_update_notification_rule"));
    StatusUpdateRule rule;
    rule.user = user.id;
    read_rule(fields, rule, /*create=*/true);
    if (request.tx().count(Query<StatusUpdateRule>().where(&StatusUpdateRule::user, user.id)) >= rules_max)
        fields.sentence(fmt::format("User may have at most {} status update notification rules", rules_max));
    CHECK_OK(fields.check());
    rule.id = request.tx().new_id<StatusUpdateRuleId>();
    rule.created_at = request.now;
    request.tx().insert(rule);
    return reply_of(request, "status_update_notification_rule", rule, 201);
}

Result<Reply> get_rule(Request& request) {
    TRY(auto rule, rule_of_path(request, Need::view));
    return reply_of(request, "notification_rule", rule, 200);
}

Result<Reply> update_rule(Request& request) {
    TRY(auto rule, rule_of_path(request, Need::admin));
    TRY(auto fields, Fields::of(request, "status_update_notification_rule"));
    read_rule(fields, rule, /*create=*/false);
    CHECK_OK(fields.check());
    request.tx().update(rule);
    return reply_of(request, "notification_rule", rule, 200);
}

Result<Reply> delete_rule(Request& request) {
    TRY(auto rule, rule_of_path(request, Need::admin));
    request.tx().erase<StatusUpdateRule>(rule.id);
    return no_content();
}

constexpr auto all = "/users/{id}/status_update_notification_rules";
constexpr auto one = "/users/{id}/status_update_notification_rules/{status_update_notification_rule_id}";

// Everybody may read and change their own; the handlers ask about others'.
constexpr Route table[] = {
    {Verb::get, all, "users.read", Need::anyone, list_rules},
    {Verb::post, all, "users.write", Need::anyone, create_rule},
    {Verb::get, one, "users.read", Need::anyone, get_rule},
    {Verb::put, one, "users.write", Need::anyone, update_rule},
    {Verb::del, one, "users.write", Need::anyone, delete_rule},
};

}  // namespace

std::span<const Route> status_update_rule_routes() { return table; }

}  // namespace callboard::http
