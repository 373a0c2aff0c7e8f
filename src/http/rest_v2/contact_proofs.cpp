// Whether a person can be reached: ours, beside PagerDuty's paths. A code that is sent to a contact method and entered,
// a test message, and a verdict.

#include "app/contact_proof.h"
#include "app/story.h"
#include "http/kit/error_reply.h"
#include "http/kit/fields.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

json::object verification_object(Wire& wire, const ContactMethod& method, const ContactProof& proof) {
    bool is_pending = proof.code && proof.attempts_left > 0 && *proof.code_sent_at + code_lifetime > wire.request.now;
    json::object out;
    out["status"] = is_pending ? "pending" : proof.proven_at ? "verified" : "unverified";
    out["contact_method"] = contact_method_ref(wire, method);
    out["attempts_left"] = is_pending ? json::value(proof.attempts_left) : json::value(nullptr);
    out["expires_at"] = is_pending ? wire.time(*proof.code_sent_at + code_lifetime) : json::value(nullptr);
    out["last_proven_at"] = wire.time(proof.proven_at);
    out["last_proven_by"] = proof.proven_by ? json::value(text_of(*proof.proven_by)) : json::value(nullptr);
    auto message = proof.code ? wire.tx().find<Notification>(*proof.code) : std::nullopt;
    out["notification"] = message ? json::value(notification_object(wire, *message)) : json::value(nullptr);
    return out;
}

Reply verification_reply(Request& request, const ContactMethod& method, int status) {
    Wire wire(request);
    auto proof = proof_of(request.tx(), method.id);
    return {status, json::object{{"verification", verification_object(wire, method, proof)}}, {}};
}

Result<Reply> get_verification(Request& request) {
    TRY(auto method, contact_method_of_path(request, Need::view));
    return verification_reply(request, method, 200);
}

Result<Reply> begin_verification(Request& request) {
    TRY(auto method, contact_method_of_path(request, Need::admin));
    CHECK_OK(send_code(request.tx(), method));
    return verification_reply(request, method, 201);
}

/// A wrong code is counted, so what was written stays although the answer is 400.
Result<Reply> enter(Request& request) {
    TRY(auto method, contact_method_of_path(request, Need::admin));
    TRY(auto fields, Fields::of(request, "verification"));
    std::string code;
    fields.text("code", code, {.required = true, .max = 16});
    CHECK_OK(fields.check());
    auto refuse = [](std::string why) { return Reply{400, error_body(errors::invalid_input(std::move(why))), {}}; };
    switch (enter_code(request.tx(), method, request.site.hash_key, code)) {
    case CodeVerdict::verified: return verification_reply(request, method, 200);
    case CodeVerdict::none: return refuse("No code is waiting to be entered: ask for one first");
    case CodeVerdict::expired: return refuse("The code is not valid any more: ask for another");
    case CodeVerdict::wrong: break;
    }
    auto left = proof_of(request.tx(), method.id).attempts_left;
    return refuse(fmt::format("Code is wrong; {} more attempts are left", left));
}

/// The result is read at GET /notifications/{id}.
Result<Reply> test(Request& request) {
    TRY(auto method, contact_method_of_path(request, Need::admin));
    TRY(auto id, send_test(request.tx(), method));
    Wire wire(request);
    auto message = request.tx().find<Notification>(id);
    return created(json::object{{"notification", notification_object(wire, *message)}});
}

/// WhatsApp numbers are told by text message.
bool is_carried(const Site& site, ContactMethodType type) {
    auto way = type == ContactMethodType::whatsapp_contact_method ? "sms" : channel_name(type);
    return std::ranges::find(site.channels, way) != site.channels.end();
}

Result<Reply> show_readiness(Request& request) {
    TRY(auto user, person_of_path(request, Need::view));
    Wire wire(request);
    CHECK_OK(wire.check());
    auto readiness =
        readiness_of(request.tx(), user, [&](ContactMethodType type) { return is_carried(request.site, type); });
    json::array ways;
    for (const auto& way : readiness.ways)
        ways.push_back(json::object{{"contact_method", contact_method_ref(wire, way.method)},
                                    {"ready", way.ready},
                                    {"proven_at", wire.time(way.proven_at)},
                                    {"reason", way.reason}});
    return ok(json::object{
        {"readiness",
         json::object{{"user", wire.user_ref(user.id)}, {"verdict", readiness.verdict}, {"ways", std::move(ways)}}}});
}

constexpr auto verification = "/users/{id}/contact_methods/{contact_method_id}/verification";
constexpr auto test_message = "/users/{id}/contact_methods/{contact_method_id}/test";
constexpr const char* read_scope = "users:contact_methods.read";
constexpr const char* write_scope = "users:contact_methods.write";

// Everybody may read and prove their own; the handlers ask about others'.
constexpr Route table[] = {
    {Verb::get, verification, read_scope, Need::anyone, get_verification},
    {Verb::post, verification, write_scope, Need::anyone, begin_verification},
    {Verb::put, verification, write_scope, Need::anyone, enter},
    {Verb::post, test_message, write_scope, Need::anyone, test},
    {Verb::get, "/users/{id}/readiness", read_scope, Need::anyone, show_readiness},
};

}  // namespace

std::span<const Route> contact_proof_routes() { return table; }

}  // namespace callboard::http
