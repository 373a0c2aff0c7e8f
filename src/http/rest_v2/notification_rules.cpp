// REST "Users": their notification rules.

#include "app/rule_history.h"
#include "http/kit/fields.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr int start_delay_max = 24 * 60 * 30;

Error rule_not_found() { return errors::not_found("Notification Rule Not Found"); }

/// The rule of the path, which must be the path's user's.
Result<NotificationRule> rule_of_path(Request& request, Need on_others) {
    TRY(auto user, person_of_path(request, on_others));
    TRY(auto rule, request.path_row<NotificationRule>("notification_rule_id", rule_not_found()));
    if (rule.user != user.id) return rule_not_found();
    return rule;
}

bool exists(Tx& tx, const NotificationRule& rule) {
    auto same = Query<NotificationRule>()
                    .where(&NotificationRule::user, rule.user)
                    .where(&NotificationRule::contact_method, rule.contact_method)
                    .where(&NotificationRule::urgency, rule.urgency)
                    .where(&NotificationRule::start_delay_in_minutes, rule.start_delay_in_minutes)
                    .where_not(&NotificationRule::id, rule.id);
    return tx.count(same) > 0;
}

void read_rule(Fields& fields, NotificationRule& rule, bool create) {
    auto& tx = fields.request().tx();
    fields.number(
        "start_delay_in_minutes", rule.start_delay_in_minutes, {.required = create, .min = 0, .max = start_delay_max});
    fields.choice("urgency", rule.urgency);
    if (fields.reference<ContactMethod>("contact_method", rule.contact_method, create)) {
        auto method = tx.find<ContactMethod>(rule.contact_method);
        if (method && method->user != rule.user) fields.problem("contact_method", "not found");
    }
    // The text is what Terraform looks for to adopt the one that is there.
    if (exists(tx, rule)) fields.sentence("Channel Start delay must be unique for a given contact method");
}

/// Without `urgency` only the rules for high urgency.
Result<Reply> list_rules(Request& request) {
    TRY(auto user, person_of_path(request, Need::view));
    auto query = Query<NotificationRule>()
                     .where(&NotificationRule::user, user.id)
                     .order_by(&NotificationRule::start_delay_in_minutes);
    auto asked = request.query.text("urgency").value_or("high");
    if (asked != "all") {
        auto urgency = parse_enum<Urgency>(asked);
        if (!urgency) return errors::invalid_input("Urgency must be one of: high, low, all");
        query.where(&NotificationRule::urgency, *urgency);
    }
    Wire wire(request);
    json::array out;
    for (const auto& rule : request.tx().list(query)) out.emplace_back(notification_rule_object(wire, rule));
    return ok(json::object{{"notification_rules", std::move(out)}});
}

Result<Reply> create_rule(Request& request) {
    TRY(auto user, person_of_path(request, Need::admin));
    TRY(auto fields, Fields::of(request, "notification_rule"));
    NotificationRule rule;
    rule.id = request.tx().new_id<NotificationRuleId>();
    rule.user = user.id;
    rule.created_at = request.now;
    read_rule(fields, rule, /*create=*/true);
    CHECK_OK(fields.check());
    request.tx().insert(rule);
    keep_rules(request.tx(), rule.user);
    Wire wire(request);
    return created(json::object{{"notification_rule", notification_rule_object(wire, rule)}});
}

Result<Reply> get_rule(Request& request) {
    TRY(auto rule, rule_of_path(request, Need::view));
    Wire wire(request);
    return ok(json::object{{"notification_rule", notification_rule_object(wire, rule)}});
}

Result<Reply> update_rule(Request& request) {
    TRY(auto rule, rule_of_path(request, Need::admin));
    TRY(auto fields, Fields::of(request, "notification_rule"));
    read_rule(fields, rule, /*create=*/false);
    CHECK_OK(fields.check());
    request.tx().update(rule);
    keep_rules(request.tx(), rule.user);
    Wire wire(request);
    return ok(json::object{{"notification_rule", notification_rule_object(wire, rule)}});
}

Result<Reply> delete_rule(Request& request) {
    TRY(auto rule, rule_of_path(request, Need::admin));
    request.tx().erase<NotificationRule>(rule.id);
    keep_rules(request.tx(), rule.user);
    return no_content();
}

constexpr auto all = "/users/{id}/notification_rules";
constexpr auto one = "/users/{id}/notification_rules/{notification_rule_id}";
constexpr const char* read_scope = "users:contact_methods.read";
constexpr const char* write_scope = "users:contact_methods.write";

// Everybody may read and change their own; the handlers ask about others'.
constexpr Route table[] = {
    {Verb::get, all, read_scope, Need::anyone, list_rules},
    {Verb::post, all, write_scope, Need::anyone, create_rule},
    {Verb::get, one, read_scope, Need::anyone, get_rule},
    {Verb::put, one, write_scope, Need::anyone, update_rule},
    {Verb::del, one, write_scope, Need::anyone, delete_rule},
};

json::object rule_head(Wire& wire, const NotificationRule& rule, std::string_view type) {
    auto id = wire.id(rule.id);
    auto path = fmt::format("/users/{}/notification_rules/{}", wire.id(rule.user), id);
    auto summary = fmt::format("{} minutes: channel {}", rule.start_delay_in_minutes, wire.id(rule.contact_method));
    return wire.head(id, type, summary, path, "");
}

/// Its contact method cannot be gone: deleting one deletes its rules.
json::value channel_of(Wire& wire, const NotificationRule& rule) {
    auto method = wire.tx().find<ContactMethod>(rule.contact_method);
    if (!method) return nullptr;
    return wire.includes("contact_methods") ? contact_method_object(wire, *method) : contact_method_ref(wire, *method);
}

}  // namespace

json::object notification_rule_ref(Wire& wire, const NotificationRule& rule) {
    return rule_head(wire, rule, "assignment_notification_rule_reference");
}

json::object notification_rule_object(Wire& wire, const NotificationRule& rule) {
    auto out = rule_head(wire, rule, "assignment_notification_rule");
    out["start_delay_in_minutes"] = rule.start_delay_in_minutes;
    out["contact_method"] = channel_of(wire, rule);
    out["urgency"] = text_of(rule.urgency);
    return out;
}

std::span<const Route> notification_rule_routes() { return table; }

}  // namespace callboard::http
