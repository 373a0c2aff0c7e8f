#include "http/console/entrance.h"

#include "app/account.h"
#include "app/invitation.h"
#include "base/log.h"
#include "base/secret.h"
#include "domain/account/address.h"
#include "domain/calendar/zone.h"
#include "http/console/app_files.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::string_view first_run_path = "/first-run";
constexpr std::string_view invitation_path = "/invitation/";
constexpr std::string_view password_path = "/password";
constexpr std::size_t code_length = 20;

Html field(std::string_view label,
           std::string_view name,
           std::string_view type,
           std::string_view value,
           std::string_view autocomplete) {
    return html(R"(<label class="field"><span class="lbl">{}</span><input class="in" type="{}" name="{}" value="{}" )"
                R"(autocomplete="{}" required></label>)",
                label,
                type,
                name,
                value,
                autocomplete);
}

Html passwords() {
    return field("Password, at least 8 characters", "password", "password", "", "new-password")
        .add(field("The same again", "again", "password", "", "new-password"));
}

Html problems_note(const std::vector<std::string>& problems) {
    Html out;
    for (const auto& problem : problems)
        out.add(R"(<p class="note bad" role="alert">{}<span>{}</span></p>)", icon(Icon::triggered), problem);
    return out;
}

std::string said(const QueryString& form, std::string_view name) { return form.text(name).value_or(std::string{}); }

void check_password(const QueryString& form, std::vector<std::string>& problems) {
    auto password = said(form, "password");
    if (password.size() < password_length_min) problems.emplace_back("Password must have at least 8 characters");
    if (password.size() > password_bytes_max) problems.emplace_back("Password is too long");
    if (password != said(form, "again")) problems.emplace_back("The two passwords differ");
}

Page first_run_form(const QueryString& sent, std::string_view form_token, const std::vector<std::string>& problems) {
    Page page;
    page.status = problems.empty() ? 200 : 422;
    page.title = "First run";
    page.main.add(
        R"(<div class="narrow"><h1>Who owns this account?</h1><p class="lead">Nobody can be woken before there is )"
        R"(somebody. This takes a minute: you, then the first service.</p>{})",
        problems_note(problems));
    page.main.add(
        R"(<form method="post" action="/console/first-run" class="stack-4"><input type="hidden" name="form_token" value="{}">)",
        form_token);
    page.main.add(field("Your name", "name", "text", said(sent, "name"), "name"));
    page.main.add(field("E-mail", "email", "email", said(sent, "email"), "username"));
    page.main.add(passwords());
    page.main.add(
        field("Time zone, as in Europe/Madrid", "time_zone", "text", sent.text("time_zone").value_or("UTC"), "off"));
    page.main.add(field("Setup code, from the server's log", "code", "text", said(sent, "code"), "off"));
    page.main.add(R"(<button class="btn ink">Make the account</button></form></div>)");
    return page;
}

Page invitation_form(const User& user,
                     std::string_view path,
                     std::string_view form_token,
                     const std::vector<std::string>& problems) {
    Page page;
    page.status = problems.empty() ? 200 : 422;
    page.title = "Choose a password";
    page.main.add(R"(<div class="narrow"><h1>Welcome, {}</h1><p class="lead">Choose a password. You log in with it )"
                  R"(and with {}.</p>{})",
                  user.name,
                  user.email,
                  problems_note(problems));
    page.main.add(
        R"(<form method="post" action="/console{}" class="stack-4"><input type="hidden" name="form_token" value="{}">)",
        path,
        form_token);
    page.main.add(R"({}<button class="btn ink">Set the password</button></form></div>)", passwords());
    return page;
}

Page password_form(const QueryString& sent, std::string_view form_token, const std::vector<std::string>& problems) {
    Page page;
    page.status = problems.empty() ? 200 : 422;
    page.title = "Change your password";
    page.main.add(
        R"(<div class="narrow"><h1>Change your password</h1><p class="lead">You are logged out everywhere else. )"
        R"(If you do not know the present one, ask an administrator for an invitation.</p>{})",
        problems_note(problems));
    page.main.add(
        R"(<form method="post" action="/console/password" class="stack-4"><input type="hidden" name="form_token" value="{}">)",
        form_token);
    page.main.add(field("E-mail", "email", "email", said(sent, "email"), "username"));
    page.main.add(field("Present password", "present", "password", "", "current-password"));
    page.main.add(field("New password, at least 8 characters", "password", "password", "", "new-password"));
    page.main.add(field("The same again", "again", "password", "", "new-password"));
    page.main.add(R"(<button class="btn ink">Change the password</button></form></div>)");
    return page;
}

Page over() {
    Page page;
    page.status = 404;
    page.title = "Not any more";
    page.main.add(
        R"(<div class="narrow"><h1>This invitation is over</h1><p class="lead">It was used, or it is older than a week. )"
        R"(Ask an administrator for another one, or <a href="/console/login">log in</a>.</p></div>)");
    return page;
}

}  // namespace

std::string setup_code(const Site& site) { return keyed_hash(site.hash_key, "first run").substr(0, code_length); }

bool has_owner(Tx& tx) { return tx.count(Query<User>().where(&User::role, Role::owner)) > 0; }

std::optional<Page> Entrance::page(std::string_view path,
                                   const QueryString& sent,
                                   std::string_view form_token,
                                   const std::vector<std::string>& problems) {
    auto now = site_.clock.now();
    if (path == first_run_path) {
        if (site_.store.read(now, has_owner)) return std::nullopt;
        return first_run_form(sent, form_token, problems);
    }
    if (path == password_path) return password_form(sent, form_token, problems);
    if (!path.starts_with(invitation_path)) return std::nullopt;
    auto token = path.substr(invitation_path.size());
    auto user = site_.store.read(now, [&](Tx& tx) { return invited(tx, site_.hash_key, site_.ids, token); });
    return user ? invitation_form(*user, path, form_token, problems) : over();
}

std::optional<Entrance::Entered>
Entrance::enter(std::string_view path, const QueryString& form, const Visitor& visitor) {
    if (path == first_run_path) return make_owner(form, visitor.agent);
    if (path == password_path) return change_password(form, visitor);
    if (path.starts_with(invitation_path))
        return accept_invitation(path.substr(invitation_path.size()), form, visitor.agent);
    return std::nullopt;
}

Entrance::Entered Entrance::make_owner(const QueryString& form, std::string_view agent) {
    Entered entered;
    auto& problems = entered.problems;
    auto same_code = keyed_hash(site_.hash_key, said(form, "code")) == keyed_hash(site_.hash_key, setup_code(site_));
    if (!same_code)
        problems.emplace_back("The setup code is wrong. It stands in the server's log, at console.first_run");
    NewUser owner;
    owner.name = said(form, "name");
    owner.email = said(form, "email");
    if (owner.name.empty() || owner.name.size() > 100) problems.emplace_back("Name can't be blank or longer than 100");
    if (!is_email(owner.email)) problems.emplace_back("E-mail is invalid");
    owner.time_zone = said(form, "time_zone");
    if (!Zone::find(*owner.time_zone)) problems.emplace_back("Time zone is not a name of the tz database");
    check_password(form, problems);
    if (!problems.empty()) return entered;
    auto hash = hash_password(said(form, "password"));
    auto made = site_.store.decide(site_.clock.now(), [&](Tx& tx) { return create_owner(tx, owner, hash); });
    if (!made) {
        problems = made.error().errors;
        return entered;
    }
    log::info("console.owner_made", {{"user", site_.ids.text(made->id)}});
    // The first service needs somebody to be told.
    json::object target{{"id", site_.ids.text(made->id)}, {"type", "user_reference"}};
    json::object rule{{"escalation_delay_in_minutes", 30}, {"targets", json::array{target}}};
    json::object policy{
        {"name", "Default"}, {"type", "escalation_policy"}, {"escalation_rules", json::array{std::move(rule)}}};
    rest_.dispatch({.kind = Actor::Kind::session, .user = *made},
                   "POST",
                   "/escalation_policies",
                   json::object{{"escalation_policy", std::move(policy)}},
                   made->email);
    entered.session = log_in_.session_for(*made, agent);
    entered.next = app_script.empty() ? "/console/service-directory/new" : "/console/setup";
    return entered;
}

Entrance::Entered Entrance::accept_invitation(std::string_view token, const QueryString& form, std::string_view agent) {
    Entered entered;
    check_password(form, entered.problems);
    if (!entered.problems.empty()) return entered;
    auto hash = hash_password(said(form, "password"));
    // Asked again where it is decided: of two who use one invitation the second comes too late.
    auto user = site_.store.decide(site_.clock.now(), [&](Tx& tx) -> Result<User> {
        auto found = invited(tx, site_.hash_key, site_.ids, token);
        if (!found) return errors::invalid_input("This invitation is over");
        set_password(tx, found->id, hash);
        return *std::move(found);
    });
    if (!user) {
        entered.problems = user.error().errors;
        return entered;
    }
    log::info("console.invitation_accepted", {{"user", site_.ids.text(user->id)}});
    entered.session = log_in_.session_for(*user, agent);
    entered.next = "/console/users/" + site_.ids.text(user->id);
    return entered;
}

Entrance::Entered Entrance::change_password(const QueryString& form, const Visitor& visitor) {
    Entered entered;
    check_password(form, entered.problems);
    if (!entered.problems.empty()) return entered;
    auto user = log_in_.prove({.email = said(form, "email"), .password = said(form, "present"), .peer = visitor.peer});
    if (!user) {
        entered.problems = {user.error().message};
        return entered;
    }
    auto hash = hash_password(said(form, "password"));
    auto done = site_.store.decide(site_.clock.now(), [&](Tx& tx) -> Result<void> {
        set_password(tx, user->id, hash);
        return {};
    });
    ASSERT(done.ok(), "a password that was checked is never refused");
    log::info("console.password_changed", {{"user", site_.ids.text(user->id)}, {"peer", visitor.peer}});
    entered.session = log_in_.session_for(*user, visitor.agent);
    entered.next = "/console/users/" + site_.ids.text(user->id);
    return entered;
}

}  // namespace callboard::http
