#include "channels/providers.h"

#include "channels/email.h"
#include "channels/gateway.h"
#include "channels/mattermost.h"
#include "channels/ntfy.h"
#include "channels/outcome.h"
#include "channels/slack.h"
#include "channels/teams.h"
#include "channels/telegram.h"
#include "channels/twilio.h"
#include "channels/webhook.h"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

namespace callboard::channels {

namespace {

/// No memory, no thread for the resolver: what the machine lacks now it may have later.
Outcome send_safely(Channel& channel, const Message& message, Timestamp now) {
    try {
        return channel.send(message, now);
    } catch (const std::exception& problem) {
        auto outcome = try_again(channel.name(), problem.what());
        outcome.may_have_arrived = true;
        return outcome;
    }
}

constexpr int timeouts_max = 2;
constexpr auto late_for = seconds{30};

bool ends_the_search(const Outcome& outcome) {
    return outcome.kind == Outcome::Kind::sent || (outcome.kind == Outcome::Kind::refused && !outcome.provider_fault);
}

/// The failure that counts of two: the one after which another try makes sense.
Outcome more_hopeful(Outcome first, Outcome second) {
    bool first_again = first.kind == Outcome::Kind::try_again;
    bool second_again = second.kind == Outcome::Kind::try_again;
    if (!second_again) return first;
    if (!first_again) return second;
    // Who names no time can be asked at any.
    if (!first.retry_after || !second.retry_after)
        first.retry_after.reset();
    else
        first.retry_after = std::min(*first.retry_after, *second.retry_after);
    return first;
}

/// Of two that are not asked now, the one with room first.
std::optional<Throttle> sooner(std::optional<Throttle> first, Throttle second) {
    return first && first->until <= second.until ? std::move(first) : std::optional{std::move(second)};
}

Throttle named(std::string_view provider, Throttle throttle) {
    throttle.why = fmt::format("{} {}", provider, throttle.why);
    return throttle;
}

/// From now on; there may be room already.
seconds wait_for(const Throttle& throttle, Timestamp now) {
    return std::max(std::chrono::ceil<seconds>(throttle.until - now), seconds{0});
}

Outcome outcome_of(const Throttle& throttle, Timestamp now) {
    Outcome outcome;
    outcome.kind = Outcome::Kind::throttled;
    outcome.detail = throttle.why;
    outcome.retry_after = wait_for(throttle, now);
    return outcome;
}

/// Who was asked failed; who was passed over may do better as soon as it has room.
Outcome worth_another_try(Outcome failed, const Throttle& full, Timestamp now) {
    auto later = try_again(failed.provider, full.why);
    later.retry_after = wait_for(full, now);
    return more_hopeful(std::move(failed), std::move(later));
}

std::unique_ptr<Channel> make_sms(const TelephoneConfig& config, const std::string& callback_url) {
    switch (config.kind) {
    case TelephoneConfig::Kind::twilio: return make_twilio_sms(config, callback_url);
    case TelephoneConfig::Kind::gateway: return make_gateway_sms(config, callback_url);
    }
    return nullptr;
}

std::unique_ptr<Channel> make_phone(const TelephoneConfig& config, const std::string& callback_url) {
    switch (config.kind) {
    case TelephoneConfig::Kind::twilio: return make_twilio_phone(config, callback_url);
    case TelephoneConfig::Kind::gateway: return make_gateway_phone(config, callback_url);
    }
    return nullptr;
}

/// What people call a medium's messages.
std::string_view messages_of(Medium medium) {
    switch (medium) {
    case Medium::email: return "e-mail";
    case Medium::sms: return "text messages";
    case Medium::phone: return "telephone calls";
    case Medium::push: return "push messages";
    case Medium::slack: return "Slack";
    case Medium::teams: return "Teams";
    case Medium::telegram: return "Telegram";
    case Medium::mattermost: return "Mattermost";
    case Medium::webhook: return "webhooks";
    }
    return {};
}

}  // namespace

void Providers::add(Medium medium, std::unique_ptr<Channel> channel, const LimitConfig& limit, Asks asks) {
    providers_[static_cast<std::size_t>(medium)].push_back(std::make_unique<Provider>(std::move(channel), limit, asks));
}

std::optional<Throttle> Providers::throttle(Medium medium, Timestamp now, int passed) const {
    std::optional<Throttle> first;
    for (auto place = static_cast<std::size_t>(passed); place < of(medium).size(); ++place) {
        const auto& provider = *of(medium)[place];
        auto full = provider.limit.throttle(now);
        if (!full) return std::nullopt;
        first = sooner(std::move(first), named(provider.channel->name(), *std::move(full)));
    }
    return first;
}

std::vector<std::string_view> Providers::names(Medium medium) const {
    std::vector<std::string_view> names;
    for (const auto& provider : of(medium)) names.push_back(provider->channel->name());
    return names;
}

bool Providers::is_late(Provider& provider, Timestamp now) {
    auto until = provider.late_until.load();
    // Until a later time than one can be late for: the clock was set back meanwhile.
    if (until == Timestamp::min() || until > now + late_for) return false;
    if (now < until) return true;
    // One message finds out whether it answers again; the others need not wait with it.
    return !provider.late_until.compare_exchange_strong(until, now + late_for);
}

void Providers::learn(Provider& provider, const Outcome& outcome, Timestamp now) {
    if (outcome.is_too_much && provider.asks == Asks::everybody_to_wait) provider.limit.pause(outcome.retry_after, now);
    if (!outcome.timed_out) {
        provider.timeouts = 0;
        provider.late_until = Timestamp::min();
    } else if (++provider.timeouts >= timeouts_max) {
        provider.late_until = now + late_for;
    }
}

std::vector<int> Providers::turns(Medium medium, Timestamp now, int passed) const {
    const auto& all = of(medium);
    std::vector<int> in_time;
    std::vector<int> late;
    for (auto place = passed; place < static_cast<int>(all.size()); ++place)
        (is_late(*all[static_cast<std::size_t>(place)], now) ? late : in_time).push_back(place);
    in_time.insert(in_time.end(), late.begin(), late.end());
    return in_time;
}

Outcome Providers::send(
    Medium medium, const Message& message, const Clock& clock, int passed, const std::function<void()>& begun) const {
    auto attempt = message;
    std::optional<Outcome> counts;
    std::string trail;
    bool may_have_arrived = false;
    std::optional<Throttle> full;
    for (int place : turns(medium, clock.now(), passed)) {
        auto now = clock.now();
        auto& provider = *of(medium)[static_cast<std::size_t>(place)];
        if (auto throttle = provider.limit.begin(now)) {
            full = sooner(std::move(full), named(provider.channel->name(), *std::move(throttle)));
            continue;
        }
        if (begun) begun();
        auto outcome = send_safely(*provider.channel, attempt, now);
        provider.limit.end();
        learn(provider, outcome, clock.now());
        outcome.place = place;
        if (!outcome.detail.empty()) trail += (trail.empty() ? "" : "; ") + outcome.provider + ": " + outcome.detail;
        may_have_arrived = may_have_arrived || outcome.may_have_arrived;
        attempt.may_be_a_repeat = attempt.may_be_a_repeat || may_have_arrived;
        bool is_over = ends_the_search(outcome);
        counts = counts && !is_over ? more_hopeful(*std::move(counts), std::move(outcome)) : std::move(outcome);
        if (is_over) {
            full.reset();
            break;
        }
    }
    if (!counts && full) return outcome_of(*full, clock.now());
    if (full) counts = worth_another_try(*std::move(counts), *full, clock.now());
    if (!counts && passed > 0 && has(medium))
        return refused("none", fmt::format("this server has no other provider for {}", messages_of(medium)));
    if (!counts)
        return provider_at_fault("none", fmt::format("this server has no provider for {}", messages_of(medium)));
    counts->detail = std::move(trail);
    counts->may_have_arrived = may_have_arrived;
    return *std::move(counts);
}

Providers make_providers(const Config& config) {
    Providers providers;
    bool may_call_back = !config.callback_url.empty();
    auto one_address = Providers::Asks::one_address_to_wait;
    for (const auto& email : config.email) providers.add(Medium::email, make_email(email), email.limit);
    for (const auto& sms : config.sms) providers.add(Medium::sms, make_sms(sms, config.callback_url), sms.limit);
    for (const auto& phone : config.phone)
        providers.add(Medium::phone, make_phone(phone, config.callback_url), phone.limit);
    for (const auto& push : config.push) providers.add(Medium::push, make_ntfy(push), push.limit);
    if (config.slack)
        providers.add(Medium::slack, make_slack(*config.slack, may_call_back), config.slack->limit, one_address);
    if (config.telegram)
        providers.add(
            Medium::telegram, make_telegram(*config.telegram, may_call_back), config.telegram->limit, one_address);
    // Their addresses hold all that is needed.
    providers.add(Medium::teams, make_teams(config.typed_addresses), {}, one_address);
    providers.add(Medium::mattermost, make_mattermost(config.typed_addresses, config.callback_url), {}, one_address);
    providers.add(Medium::webhook, make_webhook(config.typed_addresses), {}, one_address);
    return providers;
}

}  // namespace callboard::channels
