#include "app/status_updates.h"

#include "app/hooks.h"
#include "app/pager.h"
#include "app/respond.h"
#include "app/standing.h"

#include <vector>

#include <fmt/format.h>

namespace callboard {

namespace {

Query<NotificationSubscription> subscriptions_to(SubscribableType type, std::int64_t subscribable) {
    return Query<NotificationSubscription>()
        .where(&NotificationSubscription::subscribable, subscribable)
        .where(&NotificationSubscription::subscribable_type, type)
        .order_by(&NotificationSubscription::id);
}

std::optional<NotificationSubscription> same(Tx& tx, const NotificationSubscription& other) {
    return tx.first(subscriptions_to(other.subscribable_type, other.subscribable)
                        .where(&NotificationSubscription::subscriber, other.subscriber)
                        .where(&NotificationSubscription::subscriber_type, other.subscriber_type));
}

void add_people(Tx& tx, const NotificationSubscription& row, std::set<UserId>& people) {
    switch (row.subscriber_type) {
    case SubscriberType::user: people.insert(UserId{row.subscriber}); return;
    case SubscriberType::team:
        for (const auto& member :
             tx.list(Query<TeamMember>().where(&TeamMember::team, TeamId{row.subscriber}).page(subscribers_max)))
            people.insert(member.user);
        return;
    // The account sees what impacts it on its pages; that is no reason to write to everybody.
    case SubscriberType::account: return;
    }
}

std::vector<ContactMethod> methods_of(Tx& tx, const User& user) {
    std::vector<ContactMethod> methods;
    for (const auto& rule :
         tx.list(Query<StatusUpdateRule>().where(&StatusUpdateRule::user, user.id).order_by(&StatusUpdateRule::id)))
        if (auto method = tx.find<ContactMethod>(rule.contact_method)) methods.push_back(std::move(*method));
    if (!methods.empty()) return methods;
    ContactMethod login;
    login.user = user.id;
    login.type = ContactMethodType::email_contact_method;
    login.address = user.email;
    return {login};
}

}  // namespace

Result<SubscribeResult> subscribe(Tx& tx, NotificationSubscription wanted) {
    if (same(tx, wanted)) return SubscribeResult::duplicate;
    if (tx.count(subscriptions_to(wanted.subscribable_type, wanted.subscribable)) >= subscribers_max)
        return errors::invalid_input(fmt::format("There may be at most {} subscribers", subscribers_max));
    wanted.id = tx.new_id<NotificationSubscriptionId>();
    wanted.created_at = tx.now();
    tx.insert(wanted);
    return SubscribeResult::success;
}

bool unsubscribe(Tx& tx, const NotificationSubscription& unwanted) {
    auto row = same(tx, unwanted);
    return row && tx.erase<NotificationSubscription>(row->id);
}

void publish(
    Tx& tx, Desk& desk, const Incident& incident, const std::set<BusinessServiceId>& impacted, StatusUpdate& update) {
    update.id = tx.new_id<StatusUpdateId>();
    update.incident = incident.id;
    update.created_at = tx.now();
    tx.insert(update);
    announce_status_update(tx, desk, incident, update, update.sender ? agent_of(*update.sender) : Agent{});
    std::set<UserId> people;
    for (const auto& row : tx.list(subscriptions_to(SubscribableType::incident, incident.id.value)))
        add_people(tx, row, people);
    for (auto service : impacted)
        for (const auto& row : tx.list(subscriptions_to(SubscribableType::business_service, service.value)))
            add_people(tx, row, people);
    auto head = update.subject.value_or(fmt::format("#{} {}", incident.incident_number, incident.title));
    auto text = fmt::format("{}\n\n{}\n", head, update.message);
    for (auto id : people)
        if (auto user = tx.find<User>(id); user && may_hear_of(tx, *user, incident))
            for (const auto& method : methods_of(tx, *user))
                send_notice(tx, method, NotificationPurpose::status_update, text);
}

void forget_subscriptions(Tx& tx, std::int64_t object) {
    auto by = Query<NotificationSubscription>().where(&NotificationSubscription::subscriber, object);
    auto to = Query<NotificationSubscription>().where(&NotificationSubscription::subscribable, object);
    for (const auto& query : {by, to})
        for (const auto& row : tx.list(query)) tx.erase<NotificationSubscription>(row.id);
}

}  // namespace callboard
