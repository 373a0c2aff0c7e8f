// What the console asks that REST does not tell: who is logged in, and how the pager itself is. Ours.

#include "app/account.h"
#include "app/invitation.h"
#include "app/story.h"
#include "base/log.h"
#include "http/kit/fields.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "storage/unreadable.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// GET /console/session
Result<Reply> show_session(Request& request) {
    if (!request.actor.user)
        return errors::invalid_input("This key belongs to no user; log in, or use a user's own key");
    Wire wire(request);
    const auto& user = *request.actor.user;
    const auto& standing = standing_of(request);
    auto may = [&](Need need) { return may_somewhere(standing, need); };
    json::array team_roles;
    for (const auto& one : standing.memberships)
        team_roles.emplace_back(json::object{{"team", wire.id(one.team)}, {"role", text_of(one.role)}});
    json::object out;
    // What REST lists it as; null for a user's key.
    out["id"] = request.actor.session ? json::value(wire.id(*request.actor.session)) : json::value(nullptr);
    out["user"] = user_object(wire, user);
    out["role"] = text_of(user.role);
    // On the objects of a team its role counts.
    out["team_roles"] = std::move(team_roles);
    out["demo"] = request.site.demo;
    out["public_url"] = request.site.public_url;
    out["time_zone"] = user.time_zone.value_or(std::string{account_zone(request.tx()).name()});
    out["now"] = wire.time(request.now);
    out["version"] = CALLBOARD_VERSION;
    out["capabilities"] = {{"create_services", may(Need::manage)},
                           {"manage_keys", callboard::may(user.role, Need::admin)},
                           {"manage_users", callboard::may(user.role, Need::admin)},
                           {"respond", may(Need::respond)}};
    return ok(json::object{{"session", std::move(out)}});
}

/// POST /console/invitations: the address at which a person chooses a password.
Result<Reply> invite(Request& request) {
    TRY(auto fields, Fields::of(request, "invitation"));
    UserId id;
    fields.reference<User>("user", id, /*required=*/true);
    CHECK_OK(fields.check());
    auto user = request.tx().find<User>(id);
    // Whoever chooses the owner's password is the owner.
    bool is_owner = request.actor.user && request.actor.user->role == Role::owner;
    if (user->role == Role::owner && !is_owner) return errors::forbidden("Only the account owner may do this");
    auto until = request.now + invitation_lifetime;
    const auto& site = request.site;
    auto token = invitation_token(request.tx(), site.hash_key, site.ids, *user, until);
    log::info("console.invited", {{"user", site.ids.text(user->id)}});
    Wire wire(request);
    json::object out;
    out["user"] = wire.user_ref(user->id);
    out["url"] = site.console("/invitation/" + token);
    out["expires_at"] = wire.time(until);
    return created(json::object{{"invitation", std::move(out)}});
}

// --- the pager's own health ------------------------------------------------------------------------------------------

/// Messages that are looked at to say how a channel does.
constexpr std::int64_t messages_looked_at = 500;
/// Work that is due this long, or a message that waits this long, means that something does not pass.
constexpr auto late_after = seconds{60};
constexpr auto down_after = minutes{10};

struct ChannelHealth {
    std::string_view name;
    ContactMethodType type;
    std::optional<Timestamp> last_sent_at = {};
    std::optional<Timestamp> last_failed_at = {};
    std::string last_error = {};

    [[nodiscard]] bool failing() const { return last_failed_at && (!last_sent_at || *last_sent_at < *last_failed_at); }
};

/// Those that the operator configures; the addresses of Teams and Mattermost are each person's own.
std::array<ChannelHealth, 6> channels_health(Tx& tx) {
    std::array<ChannelHealth, 6> channels{{{"email", ContactMethodType::email_contact_method},
                                           {"sms", ContactMethodType::sms_contact_method},
                                           {"phone", ContactMethodType::phone_contact_method},
                                           {"push", ContactMethodType::push_notification_contact_method},
                                           {"slack", ContactMethodType::slack_contact_method},
                                           {"telegram", ContactMethodType::telegram_contact_method}}};
    auto query = Query<Notification>().order_by(&Notification::id, Order::descending).page(messages_looked_at);
    for (const auto& message : tx.list(query)) {
        auto found = std::ranges::find(channels, message.type, &ChannelHealth::type);
        if (found == channels.end()) continue;
        // A busy line and a machine are the person's: the channel did its work.
        bool nobody_there = message.receipt && *message.receipt != Receipt::undelivered;
        bool sent = message.state == NotificationState::sent || nobody_there;
        if (sent && !found->last_sent_at) found->last_sent_at = message.ended_at;
        // One that is tried again has failed so far.
        bool failed = (message.state == NotificationState::failed && !nobody_there) ||
                      (message.state == NotificationState::queued && message.attempts > 0);
        if (failed && !found->last_failed_at) {
            found->last_failed_at = message.ended_at.value_or(message.at);
            found->last_error = message.detail.value_or("");
        }
    }
    return channels;
}

template <class T>
std::optional<Timestamp> last_made(Tx& tx) {
    auto row = tx.first(Query<T>().order_by(&T::id, Order::descending));
    return row ? std::optional{row->created_at} : std::nullopt;
}

/// How far behind the oldest is; 0 when nothing is late.
std::int64_t seconds_late(std::optional<Timestamp> at, Timestamp now) {
    return at && *at < now ? std::chrono::floor<seconds>(now - *at).count() : 0;
}

enum class Verdict { well, weak, down };

struct Judgement {
    Verdict verdict = Verdict::well;
    json::array reasons = {};

    void find(Verdict at_least, const std::string& reason) {
        verdict = std::max(verdict, at_least);
        reasons.emplace_back(reason);
    }
};

void judge_lateness(Judgement& judgement, std::string_view what, std::int64_t late) {
    if (late < late_after.count()) return;
    auto grade = late < seconds{down_after}.count() ? Verdict::weak : Verdict::down;
    judgement.find(grade, fmt::format("{} for {} s.", what, late));
}

/// GET /console/pager_health
Result<Reply> show_health(Request& request) {
    Wire wire(request);
    auto& tx = request.tx();
    const auto& site = request.site;
    auto channels = channels_health(tx);
    auto waiting = Query<Notification>().where(&Notification::state, NotificationState::queued);
    auto oldest = tx.first(Query<Notification>(waiting).order_by(&Notification::at));
    auto due_late = seconds_late(tx.next_due_at(), request.now);
    auto message_late = seconds_late(oldest ? std::optional{oldest->at} : std::nullopt, request.now);
    auto counters = site.store.counters();

    Judgement judgement;
    judge_lateness(judgement, "Work that is due has waited", due_late);
    judge_lateness(judgement, "A message to a person has waited", message_late);
    json::array providers;
    bool anyone = false;
    for (const auto& channel : channels) {
        bool configured = std::ranges::find(site.channels, channel.name) != site.channels.end();
        anyone = anyone || configured;
        if (configured && channel.failing())
            judgement.find(
                Verdict::weak,
                fmt::format("What was sent last by {} failed: {}", way_in_words(channel.type), channel.last_error));
        providers.push_back(
            {{"channel", channel.name},
             {"configured", configured},
             {"last_sent_at", wire.time(channel.last_sent_at)},
             {"last_failed_at", wire.time(channel.last_failed_at)},
             {"last_error", channel.last_error.empty() ? json::value(nullptr) : json::value(channel.last_error)}});
    }
    auto unreadable = static_cast<std::int64_t>(unreadable_rows());
    if (unreadable > 0)
        judgement.find(Verdict::weak,
                       fmt::format("Of the store {} cannot be read and is left out; the log names what.",
                                   unreadable == 1 ? std::string{"one row"} : fmt::format("{} rows", unreadable)));
    if (!anyone) judgement.find(Verdict::down, "No channel is configured, so nobody can be told of anything.");
    auto last_event = std::max({last_made<Alert>(tx), last_made<EventReceipt>(tx), last_made<ChangeEvent>(tx)});

    constexpr std::string_view words[] = {"well", "weak", "down"};
    json::object out;
    out["now"] = wire.time(request.now);
    out["version"] = CALLBOARD_VERSION;
    out["store"] = {{"engine", request.site.store.engine()},
                    {"queued", counters.queued},
                    {"log_frames", counters.wal_frames},
                    {"failed_batches", counters.failed_batches},
                    {"unreadable_rows", unreadable}};
    out["last_event_at"] = wire.time(last_event);
    out["oldest_due_seconds"] = due_late;
    out["messages_waiting"] = tx.count(waiting);
    out["oldest_message_seconds"] = message_late;
    out["providers"] = std::move(providers);
    out["verdict"] = words[static_cast<std::size_t>(judgement.verdict)];
    out["reasons"] = std::move(judgement.reasons);
    return ok(json::object{{"health", std::move(out)}});
}

constexpr Route table[] = {
    {Verb::post, "/console/invitations", "api_keys.write", Need::admin, invite},
    {Verb::get, "/console/session", no_scope, Need::anyone, show_session},
    {Verb::get, "/console/pager_health", no_scope, Need::anyone, show_health},
};

}  // namespace

std::span<const Route> console_routes() { return table; }

}  // namespace callboard::http
