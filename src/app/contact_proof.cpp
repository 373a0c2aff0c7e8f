#include "app/contact_proof.h"

#include "app/pager.h"
#include "base/secret.h"
#include "domain/notify/notification.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr std::uint64_t codes = 1'000'000;

Error too_many(std::string why) { return {ErrorKind::too_many_requests, 2020, "Too Many Requests", {std::move(why)}}; }

Query<Notification> notices_of(Tx& tx, const ContactMethod& method, NotificationPurpose purpose, Duration within) {
    return Query<Notification>()
        .where(&Notification::user, method.user)
        .at_least(&Notification::id, NotificationId{IdSource::first_of(tx.now() - within)})
        .where(&Notification::contact_method, method.id)
        .where(&Notification::purpose, purpose);
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

ReadyWay judge(Tx& tx, const ContactMethod& method, bool has_rule, bool is_carried) {
    auto proof = proof_of(tx, method.id);
    ReadyWay way{method, false, proof.proven_at, ""};
    if (!has_rule)
        way.reason = "No notification rule for high urgency uses it.";
    else if (!is_carried)
        way.reason = "Nobody is configured who could carry messages of this kind.";
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
    auto proof = proof_of(tx, method.id);
    if (proof.code_sent_at && *proof.code_sent_at + code_pause > tx.now())
        return too_many("A code was sent less than a minute ago");
    if (tx.count(notices_of(tx, method, NotificationPurpose::verification, days{1})) >= codes_per_day_max)
        return too_many(fmt::format("At most {} codes are sent in a day", codes_per_day_max));
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
    if (tx.count(notices_of(tx, method, NotificationPurpose::test, test_pause)) > 0)
        return too_many("A test was sent less than half a minute ago");
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
