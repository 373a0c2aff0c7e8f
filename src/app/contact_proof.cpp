#include "app/contact_proof.h"

#include "app/pager.h"
#include "app/story.h"
#include "base/secret.h"
#include "domain/notify/notification.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr std::uint64_t codes = 1'000'000;

/// Refuses when `most` of those that were `asked` for are younger than `span`, until the oldest of them is not.
Result<void>
check_number(Tx& tx, Query<Notification> asked, std::int64_t most, Duration span, const std::string& sentence) {
    // Ids never go back, but the clock may have been set back, and what was sent by the wrong time is forgotten.
    asked.at_least(&Notification::id, NotificationId{IdSource::first_of(tx.now() - span)})
        .at_least(&Notification::created_at, tx.now() - span)
        .below(&Notification::created_at, tx.now() + span);
    auto newest = tx.list(asked.order_by(&Notification::id, Order::descending).page(most));
    if (std::ssize(newest) < most) return {};
    auto left = std::clamp(newest.back().created_at + span - tx.now(), Duration{seconds{1}}, span);
    Error error{ErrorKind::too_many_requests, 2020, "Too Many Requests", {sentence}};
    error.retry_after_seconds = std::chrono::ceil<seconds>(left).count();
    return error;
}

Result<void> check_limits(Tx& tx,
                          const ContactMethod& method,
                          NotificationPurpose purpose,
                          const AskingLimits& limits,
                          std::string_view name) {
    auto asked = Query<Notification>().where(&Notification::purpose, purpose);
    auto to_address = asked;
    to_address.where_same_text(&Notification::address, method.address)
        .where(&Notification::country_code, method.country_code);
    auto same_way = to_address;
    same_way.where(&Notification::type, method.type);
    auto of_person = asked;
    of_person.where(&Notification::user, method.user);
    // The longest wait first: what is said of when to come again holds.
    CHECK_OK(
        check_number(tx,
                     to_address,
                     limits.per_address_max,
                     days{1},
                     fmt::format("At most {} {}s are sent to one address in a day", limits.per_address_max, name)));
    CHECK_OK(check_number(tx,
                          of_person,
                          limits.per_person_max,
                          days{1},
                          fmt::format("At most {} {}s are sent for one person in a day", limits.per_person_max, name)));
    return check_number(tx,
                        same_way,
                        1,
                        limits.pause,
                        fmt::format("A {} was sent there less than {} seconds ago",
                                    name,
                                    std::chrono::floor<seconds>(limits.pause).count()));
}

void keep(Tx& tx, const ContactProof& proof) {
    if (!tx.update(proof)) tx.insert(proof);
}

std::string day_of(Timestamp at) { return format_iso8601(at).substr(0, 10); }

std::string_view reason_of(ProvenBy by) {
    switch (by) {
    case ProvenBy::code: return "A code that was sent there was entered";
    case ProvenBy::answer: return "A message was answered from there";
    case ProvenBy::receipt: return "A message was delivered there";
    }
    return {};
}

/// What a provider would carry there: "text messages". WhatsApp numbers are told by those.
std::string messages_of(ContactMethodType type) {
    if (type == ContactMethodType::whatsapp_contact_method) type = ContactMethodType::sms_contact_method;
    auto way = way_in_words(type);
    bool many = way.ends_with("message") || way.ends_with("call") || way.ends_with("webhook");
    return fmt::format("{}{}", way, many ? "s" : "");
}

ReadyWay judge(Tx& tx, const ContactMethod& method, bool has_rule, bool is_carried) {
    auto proof = proof_of(tx, method.id);
    ReadyWay way{method, false, proof.proven_at, ""};
    if (!has_rule)
        way.reason = "No notification rule for high urgency uses it.";
    else if (!is_carried)
        way.reason = fmt::format("This server has no provider for {}.", messages_of(method.type));
    else if (!proof.proven_at || !proof.proven_by)
        way.reason = "Nothing has shown yet that messages arrive there.";
    else if (*proof.proven_at + proof_lifetime < tx.now())
        way.reason = fmt::format("Nothing has shown since {} that messages arrive there.", day_of(*proof.proven_at));
    else {
        way.ready = true;
        way.reason = fmt::format("{} on {}.", reason_of(*proof.proven_by), day_of(*proof.proven_at));
    }
    return way;
}

}  // namespace

std::string verification_code(const std::string& hash_key, NotificationId id) {
    auto digest = keyed_hash(hash_key, fmt::format("verification code {}", id.value));
    return fmt::format("{:06}", std::stoull(digest.substr(0, 15), nullptr, 16) % codes);
}

ContactProof proof_of(Tx& tx, ContactMethodId id) {
    auto proof = tx.find<ContactProof>(id);
    if (proof) return *proof;
    ContactProof unknown;
    unknown.id = id;
    return unknown;
}

Result<ContactProof> send_code(Tx& tx, const ContactMethod& method) {
    CHECK_OK(check_limits(tx, method, NotificationPurpose::verification, code_limits, "code"));
    auto proof = proof_of(tx, method.id);
    proof.code = send_notice(tx, method, NotificationPurpose::verification);
    proof.code_sent_at = tx.now();
    proof.attempts_left = code_attempts_max;
    keep(tx, proof);
    return proof;
}

CodeVerdict enter_code(Tx& tx, const ContactMethod& method, const std::string& hash_key, const std::string& code) {
    auto proof = proof_of(tx, method.id);
    if (!proof.code) return CodeVerdict::none;
    if (proof.attempts_left == 0 || *proof.code_sent_at + code_lifetime <= tx.now()) return CodeVerdict::expired;
    --proof.attempts_left;
    bool is_right = code == verification_code(hash_key, *proof.code);
    if (is_right) {
        proof.code.reset();
        proof.attempts_left = 0;
        proof.proven_at = tx.now();
        proof.proven_by = ProvenBy::code;
    }
    keep(tx, proof);
    return is_right ? CodeVerdict::verified : CodeVerdict::wrong;
}

Result<NotificationId> send_test(Tx& tx, const ContactMethod& method) {
    CHECK_OK(check_limits(tx, method, NotificationPurpose::test, test_limits, "test"));
    return send_notice(tx,
                       method,
                       NotificationPurpose::test,
                       "This is a test of your contact method. Nothing is wrong and nothing needs to be done.");
}

void note_proof(Tx& tx, ContactMethodId id, ProvenBy by) {
    if (!tx.find<ContactMethod>(id)) return;
    auto proof = proof_of(tx, id);
    proof.proven_at = tx.now();
    proof.proven_by = by;
    keep(tx, proof);
}

void forget_proof(Tx& tx, ContactMethodId id) { tx.erase<ContactProof>(id); }

Readiness readiness_of(Tx& tx, const User& user, const std::function<bool(ContactMethodType)>& is_carried) {
    auto methods = tx.list(Query<ContactMethod>().where(&ContactMethod::user, user.id).order_by(&ContactMethod::id));
    auto rules = tx.list(Query<NotificationRule>().where(&NotificationRule::user, user.id));
    auto used = ways_of(user, rules, methods, Urgency::high);
    Readiness readiness;
    for (const auto& method : methods) {
        bool has_rule = std::ranges::any_of(used, [&](const Way& way) { return way.method.id == method.id; });
        readiness.ways.push_back(judge(tx, method, has_rule, is_carried(method.type)));
    }
    auto count = std::ranges::count(readiness.ways, true, &ReadyWay::ready);
    readiness.verdict = count == 0   ? "not known to be reachable"
                        : count == 1 ? "reachable in 1 way"
                                     : fmt::format("reachable in {} ways", count);
    return readiness;
}

}  // namespace callboard
