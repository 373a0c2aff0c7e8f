#include "daemon/tallies.h"

namespace callboard {

namespace {

const char* text_of_try(NotificationState state) {
    switch (state) {
    case NotificationState::sent: return "sent";
    case NotificationState::failed: return "failed";
    case NotificationState::queued:
    case NotificationState::sending:
    case NotificationState::cancelled: return "retried";
    }
    return "";
}

const char* text_of_try(HookOutcome::Kind outcome) {
    switch (outcome) {
    case HookOutcome::Kind::delivered: return "delivered";
    case HookOutcome::Kind::refused: return "refused";
    case HookOutcome::Kind::no_token:
    case HookOutcome::Kind::not_begun:
    case HookOutcome::Kind::try_again: return "retried";
    }
    return "";
}

}  // namespace

void Tallies::page(ContactMethodType type, const std::string& provider, NotificationState state) {
    pages_.Add({{"type", std::string{text_of(type)}}, {"provider", provider}, {"outcome", text_of_try(state)}})
        .Increment();
}

void Tallies::webhook(HookOutcome::Kind outcome) { webhooks_.Add({{"outcome", text_of_try(outcome)}}).Increment(); }

void Tallies::set_aside(int items) { set_aside_.Increment(items); }

}  // namespace callboard
