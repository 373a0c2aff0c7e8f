// REST "Users".

#include "app/account.h"
#include "domain/access/access.h"
#include "domain/account/address.h"
#include "domain/account/user.h"
#include "http/calendar_feeds.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

void read_role(Fields& fields, User& user) {
    auto before = user.role;
    if (!fields.choice("role", user.role) || user.role == before) return;
    if (before == Role::owner) fields.problem("role", "of the account owner can't be changed");
    if (user.role == Role::owner) fields.problem("role", "can't be set to owner");
}

void read_time_zone(Fields& fields, User& user) {
    if (!fields.text("time_zone", user.time_zone) || !user.time_zone) return;
    if (!Zone::find(*user.time_zone)) fields.problem("time_zone", "is not a name of the tz database");
}

/// There is one license, and it covers every role.
void read_license(Fields& fields) {
    const auto* sent = fields.raw("license");
    if (!sent || sent->is_null()) return;
    if (Fields::id_of(*sent) != license_id(fields.request().site)) fields.sentence("License is not available");
}

void read_user(Fields& fields, User& user, bool create) {
    fields.text("name", user.name, {.required = create || fields.sent("name"), .max = 100});
    bool email_given =
        fields.text("email", user.email, {.required = create || fields.sent("email"), .min = 6, .max = 100});
    if (email_given && !is_email(user.email)) fields.problem("email", "is invalid");
    read_role(fields, user);
    read_time_zone(fields, user);
    read_license(fields);
    fields.text("color", user.color, {.max = 100});
    fields.text("job_title", user.job_title, {.max = 100});
    fields.text("description", user.description);
    if (email_given) fields.unique("email", user, &User::email);
}

/// Users of any of the teams, as far as the requester knows of those.
std::vector<UserId> members_of(Request& request, std::vector<TeamId> teams) {
    std::erase_if(teams, [&](TeamId team) { return !callboard::sees(standing_of(request), std::vector{team}); });
    std::vector<UserId> users;
    for (const auto& member : request.tx().list(Query<TeamMember>().where_in(&TeamMember::team, teams)))
        users.push_back(member.user);
    return users;
}

Result<Reply> list_users(Request& request) {
    auto query = Query<User>().order_by(&User::name);
    if (auto text = request.query.text("query")) query.contains(*text, &User::name, &User::email);
    if (request.query.has("team_ids"))
        query.where_in(&User::id, members_of(request, request.query_ids<TeamId>("team_ids")));
    Wire wire(request);
    return page_of(request, "users", std::move(query), [&](const User& user) { return user_object(wire, user); });
}

Result<Reply> create(Request& request) {
    TRY(auto fields, Fields::of(request, "user"));
    User read;
    read_user(fields, read, /*create=*/true);
    CHECK_OK(fields.check());
    TRY(auto user,
        create_user(request.tx(),
                    {.name = read.name,
                     .email = read.email,
                     .role = read.role,
                     .time_zone = read.time_zone,
                     .job_title = read.job_title,
                     .description = read.description,
                     .color = read.color}));
    Wire wire(request);
    return created(json::object{{"user", user_object(wire, user)}});
}

/// One's own; those of others for who administers the account.
bool may_renew_calendar(const Request& request, UserId user) {
    if (request.actor.read_only) return false;
    return (request.actor.user && request.actor.user->id == user) || request.actor.may(Need::admin);
}

Result<Reply> renew_calendar_key(Request& request) {
    TRY(auto user, person_of_path(request, Need::admin));
    return renewed_calendar_key(request, user.id);
}

Result<Reply> get_user(Request& request) {
    TRY(auto user, person_of_path(request, Need::view));
    Wire wire(request);
    auto out = user_object(wire, user);
    bool own = request.actor.user && request.actor.user->id == user.id;
    // They let whoever has them read the calendar: shown to oneself, and to those who administer and ask.
    if (own || (wire.includes("calendar_urls") && may_renew_calendar(request, user.id)))
        put_calendar_addresses(out, request, user.id);
    return ok(json::object{{"user", std::move(out)}});
}

/// A key of the account names nobody. The answer is not the envelope: clients look for its text.
Result<Reply> get_me(Request& request) {
    if (!request.actor.user) {
        auto why = "The request was made with an account-level access token, which belongs to no user. "
                   "Use a user-level token, or name a user by id.";
        return Reply{400, json::object{{"error", why}}, {}};
    }
    Wire wire(request);
    auto out = user_object(wire, *request.actor.user);
    put_calendar_addresses(out, request, request.actor.user->id);
    return ok(json::object{{"user", std::move(out)}});
}

Result<Reply> update_user(Request& request) {
    TRY(auto user, person_of_path(request, Need::admin));
    auto role_before = user.role;
    TRY(auto fields, Fields::of(request, "user"));
    read_user(fields, user, /*create=*/false);
    CHECK_OK(fields.check());
    if (user.role != role_before && !request.actor.may(Need::admin)) return errors::forbidden();
    bool steps_back = can_be_on_call(role_before) && !can_be_on_call(user.role);
    auto why = steps_back ? why_needed(request.tx(), user.id) : std::nullopt;
    if (why) return errors::invalid_input(fmt::format("Role can't become {} because {}", text_of(user.role), *why));
    request.tx().update(user);
    Wire wire(request);
    return ok(json::object{{"user", user_object(wire, user)}});
}

Result<Reply> delete_one(Request& request) {
    TRY(auto user, request.path_row<User>("id", user_not_found()));
    if (request.actor.user && request.actor.user->id == user.id)
        return errors::invalid_input("You can't delete yourself");
    CHECK_OK(delete_user(request.tx(), std::move(user)));
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/users", "users.read", Need::view, list_users},
    {Verb::post, "/users", "users.write", Need::admin, create},
    {Verb::get, "/users/me", no_scope, Need::anyone, get_me},
    // Everybody may read and change their own; the handlers ask about others'.
    {Verb::get, "/users/{id}", "users.read", Need::anyone, get_user},
    {Verb::put, "/users/{id}", "users.write", Need::anyone, update_user},
    {Verb::del, "/users/{id}", "users.write", Need::admin, delete_one},
    {Verb::post, "/users/{id}/regenerate_private_url_key", "users.write", Need::anyone, renew_calendar_key},
};

/// The first label of the server's public name, which stands where the service this follows has the account's.
std::string subdomain(const Site& site) {
    std::string_view host = site.public_url;
    if (auto scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
    return std::string{host.substr(0, host.find_first_of(".:/"))};
}

json::array teams_array(Wire& wire, const User& user) {
    json::array teams;
    const auto& standing = standing_of(wire.request);
    for (const auto& member : wire.tx().list(Query<TeamMember>().where(&TeamMember::user, user.id)))
        if (callboard::sees(standing, std::vector{member.team}))
            teams.emplace_back(team_ref_or_full(wire, member.team));
    return teams;
}

json::array contact_methods_array(Wire& wire, const User& user) {
    json::array out;
    bool full = wire.includes("contact_methods");
    for (const auto& method : wire.tx().list(Query<ContactMethod>().where(&ContactMethod::user, user.id)))
        out.emplace_back(full ? contact_method_object(wire, method) : contact_method_ref(wire, method));
    return out;
}

json::array notification_rules_array(Wire& wire, const User& user) {
    json::array out;
    bool full = wire.includes("notification_rules");
    for (const auto& rule : wire.tx().list(Query<NotificationRule>().where(&NotificationRule::user, user.id)))
        out.emplace_back(full ? notification_rule_object(wire, rule) : notification_rule_ref(wire, rule));
    return out;
}

}  // namespace

Error user_not_found() { return errors::not_found("User not found", 2013); }

std::optional<std::string> why_not_on_call(Tx& tx, UserId user) {
    auto row = tx.find<User>(user);
    if (!row || can_be_on_call(row->role)) return std::nullopt;
    return fmt::format("cannot be on call: their role is {}", text_of(row->role));
}

void refuse_stakeholder(Fields& fields, std::string_view name, UserId user) {
    if (auto why = why_not_on_call(fields.request().tx(), user)) fields.problem(name, *why);
}

Result<User> person_of_path(Request& request, Need on_others) {
    TRY(auto user, request.path_row<User>("id", user_not_found()));
    CHECK_OK(permit_person(request, user.id, on_others));
    return user;
}

json::object user_object(Wire& wire, const User& user) {
    auto id = wire.id(user.id);
    auto out = wire.head(id, "user", user.name, "/users/" + id, "/users/" + id);
    out["name"] = user.name;
    out["email"] = user.email;
    out["time_zone"] = text_or_null(user.time_zone);
    out["color"] = user.color;
    out["role"] = text_of(user.role);
    // No picture is kept, and asking a third party for one would tell it who works here. Clients show initials.
    out["avatar_url"] = nullptr;
    out["description"] = text_or_null(user.description);
    out["invitation_sent"] = user.invitation_sent;
    out["job_title"] = text_or_null(user.job_title);
    out["created_via_sso"] = false;
    out["teams"] = teams_array(wire, user);
    out["contact_methods"] = contact_methods_array(wire, user);
    out["notification_rules"] = notification_rules_array(wire, user);
    out["http_cal_url"] = nullptr;
    out["web_cal_url"] = nullptr;
    if (wire.includes("subdomains")) out["subdomains"] = json::array{json::value(subdomain(wire.request.site))};
    return out;
}

json::object user_ref_or_full(Wire& wire, UserId id, std::string_view what) {
    return reference_or_full(wire, what, wire.user(id), wire.user_ref(id), user_object);
}

std::span<const Route> user_routes() { return table; }

}  // namespace callboard::http
