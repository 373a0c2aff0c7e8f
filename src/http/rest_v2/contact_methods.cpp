// REST "Users": their contact methods. Adding one adds no notification rule: Terraform makes its own.

#include "app/contact_proof.h"
#include "app/page_message.h"
#include "app/rule_history.h"
#include "domain/account/address.h"
#include "http/kit/fields.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/typed_url.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

// Knowledge base: per user.
constexpr std::int64_t contact_methods_max = 10;
constexpr std::int64_t phones_max = 3;
constexpr int country_code_max = 1999;  // REST schema.

bool is_mail(const ContactMethod& method) { return method.type == ContactMethodType::email_contact_method; }

void read_type(Fields& fields, ContactMethod& method, bool create) {
    auto before = method.type;
    if (!fields.choice("type", method.type)) {
        if (create && !fields.sent("type")) fields.problem("type", "can't be blank");
        return;
    }
    if (!create && method.type != before) fields.problem("type", "can't be changed");
}

bool exists(Tx& tx, const ContactMethod& method) {
    auto same = Query<ContactMethod>()
                    .where(&ContactMethod::user, method.user)
                    .where(&ContactMethod::type, method.type)
                    .where(&ContactMethod::country_code, method.country_code)
                    .where_same_text(&ContactMethod::address, method.address)
                    .where_not(&ContactMethod::id, method.id);
    return tx.count(same) > 0;
}

void read_method(Fields& fields, ContactMethod& method, bool create) {
    read_type(fields, method, create);
    fields.text("label", method.label, {.required = create, .max = 255});
    bool address_given = fields.text("address", method.address, {.required = create || fields.sent("address")});
    bool country_given = false;
    if (is_mail(method)) fields.flag("send_short_email", method.send_short_email);
    if (has_number(method.type))
        country_given = fields.number("country_code", method.country_code, {.min = 1, .max = country_code_max});
    if (address_given || country_given) {
        if (auto problem = address_problem(method))
            fields.problem("address", *problem);
        else if (method.type == ContactMethodType::webhook_contact_method)
            check_may_call(fields, "address", method.address);
    }
    // The text is what Terraform looks for to adopt the one that is there.
    if (exists(fields.request().tx(), method)) fields.sentence("User Contact method must be unique");
}

void check_number(Fields& fields, const ContactMethod& method) {
    auto of_user = Query<ContactMethod>().where(&ContactMethod::user, method.user);
    if (fields.request().tx().count(of_user) >= contact_methods_max)
        fields.sentence(fmt::format("User may have at most {} contact methods", contact_methods_max));
    if (method.type != ContactMethodType::phone_contact_method) return;
    auto phones = of_user.where(&ContactMethod::type, ContactMethodType::phone_contact_method);
    if (fields.request().tx().count(phones) >= phones_max)
        fields.sentence(fmt::format("User may have at most {} phone contact methods", phones_max));
}

/// With what its webhook is signed with: for whoever changes it, not for whoever reads.
json::object with_secret(Request& request, const ContactMethod& method) {
    Wire wire(request);
    auto out = contact_method_object(wire, method);
    if (method.type == ContactMethodType::webhook_contact_method)
        out["secret"] = webhook_secret(request.site.hash_key, method.id, method.address);
    return out;
}

Result<Reply> list_contact_methods(Request& request) {
    TRY(auto user, person_of_path(request, Need::view));
    Wire wire(request);
    json::array out;
    for (const auto& method : request.tx().list(Query<ContactMethod>().where(&ContactMethod::user, user.id)))
        out.emplace_back(contact_method_object(wire, method));
    return ok(json::object{{"contact_methods", std::move(out)}});
}

Result<Reply> create_contact_method(Request& request) {
    TRY(auto user, person_of_path(request, Need::admin));
    TRY(auto fields, Fields::of(request, "contact_method"));
    ContactMethod method;
    method.id = request.tx().new_id<ContactMethodId>();
    method.user = user.id;
    method.created_at = request.now;
    read_method(fields, method, /*create=*/true);
    check_number(fields, method);
    CHECK_OK(fields.check());
    request.tx().insert(method);
    keep_rules(request.tx(), method.user);
    return created(json::object{{"contact_method", with_secret(request, method)}});
}

Result<Reply> get_contact_method(Request& request) {
    TRY(auto method, contact_method_of_path(request, Need::view));
    Wire wire(request);
    return ok(json::object{{"contact_method", contact_method_object(wire, method)}});
}

Result<Reply> update_contact_method(Request& request) {
    TRY(auto method, contact_method_of_path(request, Need::admin));
    TRY(auto fields, Fields::of(request, "contact_method"));
    auto before = method;
    read_method(fields, method, /*create=*/false);
    CHECK_OK(fields.check());
    request.tx().update(method);
    // What was shown of the old address says nothing of the new one.
    if (method.address != before.address || method.country_code != before.country_code)
        forget_proof(request.tx(), method.id);
    return ok(json::object{{"contact_method", with_secret(request, method)}});
}

/// Its rules go with it. One address of mail stays, so that everybody can be told something.
Result<Reply> delete_contact_method(Request& request) {
    TRY(auto method, contact_method_of_path(request, Need::admin));
    auto& tx = request.tx();
    auto mail_of_user = Query<ContactMethod>()
                            .where(&ContactMethod::user, method.user)
                            .where(&ContactMethod::type, ContactMethodType::email_contact_method);
    if (is_mail(method) && tx.count(mail_of_user) == 1)
        return errors::invalid_input("The last email contact method can't be deleted");
    auto rules = Query<NotificationRule>().where(&NotificationRule::contact_method, method.id);
    for (const auto& rule : tx.list(rules.where(&NotificationRule::user, method.user)))
        tx.erase<NotificationRule>(rule.id);
    for (const auto& rule : tx.list(Query<HandoffRule>().where(&HandoffRule::user, method.user)))
        if (rule.contact_method == method.id) tx.erase<HandoffRule>(rule.id);
    forget_proof(tx, method.id);
    tx.erase<ContactMethod>(method.id);
    keep_rules(tx, method.user);
    return no_content();
}

constexpr auto all = "/users/{id}/contact_methods";
constexpr auto one = "/users/{id}/contact_methods/{contact_method_id}";
constexpr const char* read_scope = "users:contact_methods.read";
constexpr const char* write_scope = "users:contact_methods.write";

// Everybody may read and change their own; the handlers ask about others'.
constexpr Route table[] = {
    {Verb::get, all, read_scope, Need::anyone, list_contact_methods},
    {Verb::post, all, write_scope, Need::anyone, create_contact_method},
    {Verb::get, one, read_scope, Need::anyone, get_contact_method},
    {Verb::put, one, write_scope, Need::anyone, update_contact_method},
    {Verb::del, one, write_scope, Need::anyone, delete_contact_method},
};

std::string path_of(Wire& wire, const ContactMethod& method) {
    return fmt::format("/users/{}/contact_methods/{}", wire.id(method.user), wire.id(method.id));
}

}  // namespace

/// The contact method of the path, which must be the path's user's.
Result<ContactMethod> contact_method_of_path(Request& request, Need on_others) {
    auto absent = errors::not_found("Contact Method Not Found");
    TRY(auto user, person_of_path(request, on_others));
    TRY(auto method, request.path_row<ContactMethod>("contact_method_id", absent));
    if (method.user != user.id) return absent;
    return method;
}

json::object contact_method_ref(Wire& wire, const ContactMethod& method) {
    auto type = std::string{text_of(method.type)} + "_reference";
    return wire.head(wire.id(method.id), type, method.label, path_of(wire, method), "");
}

json::object contact_method_object(Wire& wire, const ContactMethod& method) {
    auto out = wire.head(wire.id(method.id), text_of(method.type), method.label, path_of(wire, method), "");
    out["label"] = method.label;
    out["address"] = method.address;
    out["enabled"] = true;
    if (is_mail(method)) {
        out["send_short_email"] = method.send_short_email;
    } else {
        if (has_number(method.type)) out["country_code"] = method.country_code;
        out["blacklisted"] = false;
    }
    if (method.type == ContactMethodType::push_notification_contact_method) {
        out["device_type"] = "android";
        out["sounds"] = json::array{};
        out["created_at"] = wire.time(method.created_at);
    }
    // Ours: what showed last that it reaches its person (app/contact_proof.h).
    auto proof = proof_of(wire.tx(), method.id);
    out["last_proven_at"] = wire.time(proof.proven_at);
    out["last_proven_by"] = proof.proven_by ? json::value(text_of(*proof.proven_by)) : json::value(nullptr);
    return out;
}

std::span<const Route> contact_method_routes() { return table; }

}  // namespace callboard::http
