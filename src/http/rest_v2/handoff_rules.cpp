// REST "Users": their on-call hand-off notification rules. What comes of them: app/handoffs.h.

#include "app/handoffs.h"
#include "http/kit/fields.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::int64_t rules_max = 20;

Error rule_not_found() { return errors::not_found("On-Call Handoff Notification Rule Not Found"); }

/// The rule of the path, which must be the path's user's.
Result<HandoffRule> rule_of_path(Request& request, Need on_others) {
    TRY(auto user, person_of_path(request, on_others));
    TRY(auto rule, request.path_row<HandoffRule>("oncall_handoff_notification_rule_id", rule_not_found()));
    if (rule.user != user.id) return rule_not_found();
    return rule;
}

bool exists(Tx& tx, const HandoffRule& rule) {
    auto same = Query<HandoffRule>()
                    .where(&HandoffRule::user, rule.user)
                    .where(&HandoffRule::contact_method, rule.contact_method)
                    .where(&HandoffRule::handoff_type, rule.handoff_type)
                    .where(&HandoffRule::notify_advance_in_minutes, rule.notify_advance_in_minutes)
                    .where_not(&HandoffRule::id, rule.id);
    return tx.count(same) > 0;
}

void read_rule(Fields& fields, HandoffRule& rule, bool create) {
    auto& tx = fields.request().tx();
    fields.choice("handoff_type", rule.handoff_type);
    fields.number(
        "notify_advance_in_minutes", rule.notify_advance_in_minutes, {.min = 0, .max = handoff_advance_max.count()});
    if (fields.reference<ContactMethod>("contact_method", rule.contact_method, create)) {
        auto method = tx.find<ContactMethod>(rule.contact_method);
        if (method && method->user != rule.user) fields.problem("contact_method", "not found");
    }
    if (exists(tx, rule)) fields.sentence("Notify advance must be unique for a given contact method and handoff type");
}

json::object rule_object(Wire& wire, const HandoffRule& rule) {
    auto id = wire.id(rule.id);
    auto path = fmt::format("/users/{}/oncall_handoff_notification_rules/{}", wire.id(rule.user), id);
    auto summary = fmt::format("{} minutes before: {}", rule.notify_advance_in_minutes, text_of(rule.handoff_type));
    auto out = wire.head(id, "oncall_handoff_notification_rule", summary, path, "");
    out["handoff_type"] = text_of(rule.handoff_type);
    out["notify_advance_in_minutes"] = rule.notify_advance_in_minutes;
    auto method = wire.tx().find<ContactMethod>(rule.contact_method);
    out["contact_method"] = method ? json::value(contact_method_ref(wire, *method)) : json::value(nullptr);
    return out;
}

Reply reply_of(Request& request, const HandoffRule& rule, int status) {
    Wire wire(request);
    return {status, json::object{{"oncall_handoff_notification_rule", rule_object(wire, rule)}}, {}};
}

Result<Reply> list_rules(Request& request) {
    TRY(auto user, person_of_path(request, Need::view));
    Wire wire(request);
    json::array out;
    for (const auto& rule :
         request.tx().list(Query<HandoffRule>().where(&HandoffRule::user, user.id).order_by(&HandoffRule::id)))
        out.emplace_back(rule_object(wire, rule));
    return ok(json::object{{"oncall_handoff_notification_rules", std::move(out)}});
}

Result<Reply> create_rule(Request& request) {
    TRY(auto user, person_of_path(request, Need::admin));
    TRY(auto fields, Fields::of(request, "oncall_handoff_notification_rule"));
    HandoffRule rule;
    rule.id = request.tx().new_id<HandoffRuleId>();
    rule.user = user.id;
    rule.created_at = request.now;
    read_rule(fields, rule, /*create=*/true);
    if (request.tx().count(Query<HandoffRule>().where(&HandoffRule::user, user.id)) >= rules_max)
        fields.sentence(fmt::format("User may have at most {} handoff notification rules", rules_max));
    CHECK_OK(fields.check());
    request.tx().insert(rule);
    look_at_handoffs_now(request.tx());
    return reply_of(request, rule, 201);
}

Result<Reply> get_rule(Request& request) {
    TRY(auto rule, rule_of_path(request, Need::view));
    return reply_of(request, rule, 200);
}

Result<Reply> update_rule(Request& request) {
    TRY(auto rule, rule_of_path(request, Need::admin));
    TRY(auto fields, Fields::of(request, "oncall_handoff_notification_rule"));
    read_rule(fields, rule, /*create=*/false);
    CHECK_OK(fields.check());
    request.tx().update(rule);
    look_at_handoffs_now(request.tx());
    return reply_of(request, rule, 200);
}

Result<Reply> delete_rule(Request& request) {
    TRY(auto rule, rule_of_path(request, Need::admin));
    request.tx().erase<HandoffRule>(rule.id);
    return no_content();
}

constexpr auto all = "/users/{id}/oncall_handoff_notification_rules";
constexpr auto one = "/users/{id}/oncall_handoff_notification_rules/{oncall_handoff_notification_rule_id}";

// Everybody may read and change their own; the handlers ask about others'.
constexpr Route table[] = {
    {Verb::get, all, "users.read", Need::anyone, list_rules},
    {Verb::post, all, "users.write", Need::anyone, create_rule},
    {Verb::get, one, "users.read", Need::anyone, get_rule},
    {Verb::put, one, "users.write", Need::anyone, update_rule},
    {Verb::del, one, "users.write", Need::anyone, delete_rule},
};

}  // namespace

std::span<const Route> handoff_rule_routes() { return table; }

}  // namespace callboard::http
