#include "app/demo_cast.h"

#include "app/rule_history.h"
#include "base/secret.h"
#include "domain/calendar/zone.h"
#include "domain/event/event.h"
#include "domain/service/vendor.h"

#include <initializer_list>
#include <string_view>

namespace callboard {

namespace {

constexpr int hour_seconds = 3'600;
constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t week_seconds = 7 * day_seconds;

struct PersonLine {
    const char* name;
    const char* email;
    Role role;
    const char* time_zone;
    const char* job_title;
};

// In the order of demo::PersonIndex. The first is the account's owner.
constexpr PersonLine people_lines[] = {
    {"Ana Ruiz", "ana.ruiz@lantern.example", Role::owner, "Europe/Madrid", "Site reliability engineer"},
    {"Ben Okafor", "ben.okafor@lantern.example", Role::admin, "Europe/London", "Storefront lead"},
    {"Priya Nair", "priya.nair@lantern.example", Role::user, "Asia/Kolkata", "Payments engineer"},
    {"Mikkel Strand", "mikkel.strand@lantern.example", Role::user, "Europe/Copenhagen", "Platform lead"},
    {"Yuki Tanabe", "yuki.tanabe@lantern.example", Role::limited_user, "Asia/Tokyo", "Platform engineer"},
    {"Tom Achterberg", "tom.achterberg@lantern.example", Role::limited_user, "Europe/Amsterdam", "Data engineer"},
    {"Grace Liang", "grace.liang@lantern.example", Role::user, "America/Los_Angeles", "Platform engineer"},
    {"Sofia Marino", "sofia.marino@lantern.example", Role::user, "Europe/Rome", "Data lead"},
};

/// Phone numbers of the block that is kept free for fiction.
std::string phone_number(std::size_t person) { return "202555010" + std::to_string(person); }

ContactMethodId
add_contact(Tx& tx, UserId user, ContactMethodType type, const char* label, const std::string& address) {
    ContactMethod method;
    method.id = tx.new_id<ContactMethodId>();
    method.user = user;
    method.type = type;
    method.label = label;
    method.address = address;
    method.created_at = tx.now();
    tx.insert(method);
    return method.id;
}

void add_rule(Tx& tx, UserId user, ContactMethodId method, int delay_minutes) {
    tx.insert(NotificationRule{tx.new_id<NotificationRuleId>(), user, method, Urgency::high, delay_minutes, tx.now()});
}

/// Text message at once, a call when it stays unread; everybody also gets e-mail, see create_user.
void make_reachable(Tx& tx, UserId user, std::size_t person) {
    auto number = phone_number(person);
    add_rule(tx, user, add_contact(tx, user, ContactMethodType::sms_contact_method, "Mobile", number), 0);
    add_rule(tx, user, add_contact(tx, user, ContactMethodType::phone_contact_method, "Mobile", number), 2);
    keep_rules(tx, user);
}

Result<void> add_people(Tx& tx, DemoCast& cast, const std::string& owner_password_hash) {
    for (const auto& line : people_lines) {
        NewUser input;
        input.name = line.name;
        input.email = line.email;
        input.role = line.role;
        input.time_zone = line.time_zone;
        input.job_title = line.job_title;
        auto made = line.role == Role::owner ? create_owner(tx, input, owner_password_hash) : create_user(tx, input);
        TRY(auto user, std::move(made));
        make_reachable(tx, user.id, cast.people.size());
        cast.people.push_back(std::move(user));
    }
    return {};
}

TeamId add_team(Tx& tx,
                const DemoCast& cast,
                const char* name,
                const char* description,
                std::initializer_list<demo::PersonIndex> members) {
    Team team;
    team.id = tx.new_id<TeamId>();
    team.name = name;
    team.description = description;
    team.created_at = tx.now();
    tx.insert(team);
    for (auto member : members) {
        const auto& user = cast.people[member];
        tx.insert(TeamMember{tx.new_id<Id<Kind::none>>(), team.id, user.id, default_team_role(user.role)});
    }
    return team.id;
}

struct Teams {
    TeamId storefront;
    TeamId platform;
    TeamId warehouse;
};

Teams add_teams(Tx& tx, const DemoCast& cast) {
    using namespace demo;
    Teams teams;
    teams.storefront =
        add_team(tx, cast, "Storefront", "Everything a customer sees before paying, and the till.", {ana, ben, priya});
    teams.platform = add_team(tx, cast, "Platform", "What everything else runs on.", {mikkel, yuki, grace, ana});
    teams.warehouse = add_team(tx, cast, "Data", "Stock, reports and the nightly jobs.", {sofia, tom});
    return teams;
}

/// The last Monday 09:00 before `at` on the wall clock of `zone`: where weekly turns begin.
Timestamp monday_morning(const Zone& zone, Timestamp at) {
    auto day = zone.local_day_of(at);
    auto since_monday = std::chrono::weekday{day} - std::chrono::Monday;
    return zone.to_instant(LocalTime{day - since_monday} + hours{9} - days{7});
}

class ScheduleMaker {
public:
    ScheduleMaker(Tx& tx, const DemoCast& cast, const char* name, const char* description, const char* zone)
        : tx_(tx), cast_(cast), zone_(Zone::find(zone).value_or(Zone{})) {
        schedule_.id = tx.new_id<ScheduleId>();
        schedule_.name = name;
        schedule_.description = description;
        schedule_.time_zone = zone;
        schedule_.created_at = tx.now();
    }

    ScheduleMaker& weekly(const char* name,
                          std::initializer_list<demo::PersonIndex> people,
                          std::vector<Restriction> restrictions = {}) {
        ScheduleLayer layer;
        layer.id = tx_.new_id<ScheduleLayerId>().value;
        layer.name = name;
        layer.start = tx_.now();
        layer.rotation_virtual_start = monday_morning(zone_, tx_.now());
        layer.rotation_turn_length_seconds = week_seconds;
        for (auto person : people) layer.users.push_back(cast_.people[person].id.value);
        layer.restrictions = std::move(restrictions);
        schedule_.schedule_layers.push_back(std::move(layer));
        return *this;
    }

    Schedule save(TeamId team) {
        schedule_.teams = {team};
        tx_.insert(schedule_);
        return schedule_;
    }

private:
    Tx& tx_;
    const DemoCast& cast_;
    Zone zone_;
    Schedule schedule_;
};

std::vector<Restriction> daily(int from_hour, int to_hour) {
    return {{RestrictionType::daily_restriction, hours{from_hour}, std::nullopt, (to_hour - from_hour) * hour_seconds}};
}

std::vector<Restriction> weekend() {
    constexpr int friday = 5;
    return {{RestrictionType::weekly_restriction, hours{18}, friday, 2 * day_seconds + 15 * hour_seconds}};
}

void add_schedules(Tx& tx, DemoCast& cast, const Teams& teams) {
    using namespace demo;
    ScheduleMaker storefront(
        tx, cast, "Storefront primary", "One week each, handed over on Monday at nine.", "Europe/Madrid");
    cast.schedules.push_back(storefront.weekly("Weekly", {ana, priya}).save(teams.storefront));
    ScheduleMaker sun(tx, cast, "Platform around the clock", "Everybody is on call by day.", "UTC");
    sun.weekly("Asia", {yuki}, daily(0, 8));
    sun.weekly("Europe", {mikkel, tom}, daily(8, 16));
    sun.weekly("America", {grace}, daily(16, 24));
    cast.schedules.push_back(sun.save(teams.platform));
    ScheduleMaker warehouse(
        tx, cast, "Data and weekends", "Weekdays by turns; from Friday evening somebody else.", "Europe/Rome");
    warehouse.weekly("Weekdays", {sofia, tom});
    warehouse.weekly("Weekends", {tom, priya, sofia}, weekend());
    cast.schedules.push_back(warehouse.save(teams.warehouse));
}

EscalationTarget target(const Schedule& schedule) { return {TargetType::schedule, schedule.id.value}; }

EscalationTarget target(const User& user) { return {TargetType::user, user.id.value}; }

struct Level {
    int delay_minutes;
    std::vector<EscalationTarget> targets;
};

void add_policy(Tx& tx,
                DemoCast& cast,
                const char* name,
                const char* description,
                int loops,
                TeamId team,
                std::initializer_list<Level> levels) {
    EscalationPolicy policy;
    policy.id = tx.new_id<EscalationPolicyId>();
    policy.name = name;
    policy.description = description;
    policy.num_loops = loops;
    policy.team = team;
    policy.created_at = tx.now();
    for (const auto& level : levels) {
        EscalationRule rule;
        rule.id = tx.new_id<EscalationRuleId>();
        rule.escalation_delay_in_minutes = level.delay_minutes;
        rule.targets = level.targets;
        policy.escalation_rules.push_back(std::move(rule));
    }
    tx.insert(policy);
    cast.policies.push_back(std::move(policy));
}

enum PolicyIndex : std::size_t { storefront_policy, payments_policy, platform_policy, data_policy };

void add_policies(Tx& tx, DemoCast& cast, const Teams& teams) {
    using namespace demo;
    const auto& people = cast.people;
    add_policy(tx,
               cast,
               "Storefront first line",
               "The week's person, then the lead, then the platform.",
               2,
               teams.storefront,
               {{5, {target(cast.schedules[0])}}, {15, {target(people[ben])}}, {15, {target(people[mikkel])}}});
    add_policy(tx,
               cast,
               "Payments",
               "Money: the week's person, then the lead, then everybody who knows it.",
               1,
               teams.storefront,
               {{10, {target(cast.schedules[0])}},
                {10, {target(people[ben])}},
                {30, {target(people[priya]), target(people[mikkel])}}});
    add_policy(tx,
               cast,
               "Platform around the clock",
               "Whoever has daylight, then reliability.",
               3,
               teams.platform,
               {{5, {target(cast.schedules[1])}}, {15, {target(people[ana])}}});
    add_policy(tx,
               cast,
               "Data",
               "Can wait a quarter of an hour.",
               0,
               teams.warehouse,
               {{15, {target(cast.schedules[2])}}, {30, {target(people[mikkel])}}});
}

Integration add_integration(Tx& tx, ServiceId service, const char* vendor_id) {
    const auto* vendor = vendor_by_id(vendor_id);
    ASSERT(vendor, "the demonstration names vendors of the table");
    Integration integration;
    integration.id = tx.new_id<IntegrationId>();
    integration.service = service;
    integration.name = vendor->name;
    integration.type = vendor->type;
    integration.vendor = vendor_id;
    integration.integration_key = random_alphanumeric(routing_key_length);
    integration.created_at = tx.now();
    tx.insert(integration);
    return integration;
}

void add_service(
    Tx& tx, DemoCast& cast, PolicyIndex policy, Service service, std::initializer_list<const char*> vendors) {
    service.id = tx.new_id<ServiceId>();
    service.escalation_policy = cast.policies[policy].id;
    service.created_at = tx.now();
    tx.insert(service);
    auto& entry = cast.services.emplace_back(DemoService{service, {}});
    for (const auto* vendor : vendors) entry.integrations.push_back(add_integration(tx, service.id, vendor));
}

AlertGroupingSettingId add_grouping(Tx& tx, AlertGroupingSetting setting) {
    setting.id = tx.new_id<AlertGroupingSettingId>();
    setting.criteria_changed_at = tx.now();
    setting.created_at = tx.now();
    setting.updated_at = tx.now();
    tx.insert(setting);
    return setting.id;
}

Service described(const char* name, const char* description) {
    Service service;
    service.name = name;
    service.description = description;
    return service;
}

constexpr const char* backstage_vendor = "PRO19CT";
constexpr const char* prometheus_vendor = "PRM3THS";
constexpr const char* events_v2_vendor = "PEA2EVS";
constexpr const char* events_v1_vendor = "PEA1EVS";

void add_storefront_services(Tx& tx, DemoCast& cast) {
    auto checkout = described("Checkout API", "Takes the order. If it is down, nobody can buy.");
    checkout.acknowledgement_timeout = hour_seconds / 2;
    checkout.auto_resolve_timeout = 4 * hour_seconds;
    add_service(tx, cast, storefront_policy, checkout, {backstage_vendor, prometheus_vendor});

    auto payments = described("Payments Gateway", "Talks to the card processors and keeps what they answer.");
    payments.acknowledgement_timeout = hour_seconds / 2;
    payments.incident_urgency_rule.urgency = RuleUrgency::severity_based;
    add_service(tx, cast, payments_policy, payments, {backstage_vendor, events_v2_vendor});

    auto search = described("Product Search", "Finds products, and what they go well with.");
    search.incident_urgency_rule.type = UrgencyRuleType::use_support_hours;
    search.support_hours = SupportHours{"Europe/Madrid", {1, 2, 3, 4, 5}, 9 * hour_seconds, 18 * hour_seconds};
    search.scheduled_actions = {{Urgency::high}};
    AlertGroupingSetting by_time;
    by_time.timeout = 600;
    search.alert_grouping_setting = add_grouping(tx, std::move(by_time));
    add_service(tx, cast, storefront_policy, search, {backstage_vendor, prometheus_vendor});
}

void add_other_services(Tx& tx, DemoCast& cast) {
    auto identity = described("Identity", "Who a customer is: log-in, sessions, consent.");
    identity.acknowledgement_timeout = hour_seconds;
    identity.auto_resolve_timeout = 12 * hour_seconds;
    add_service(tx, cast, platform_policy, identity, {backstage_vendor, prometheus_vendor});

    auto kubernetes = described("Kubernetes Platform", "Clusters in Frankfurt and Dublin, and the network between.");
    kubernetes.acknowledgement_timeout = hour_seconds;
    kubernetes.incident_urgency_rule.urgency = RuleUrgency::severity_based;
    AlertGroupingSetting by_component;
    by_component.type = AlertGroupingType::content_based;
    by_component.fields = {"component"};
    by_component.time_window = 300;
    kubernetes.alert_grouping_setting = add_grouping(tx, std::move(by_component));
    add_service(tx, cast, platform_policy, kubernetes, {backstage_vendor, prometheus_vendor});

    auto warehouse = described("Warehouse Pipeline", "Stock levels and the nightly reports.");
    warehouse.alert_creation = AlertCreation::create_incidents;
    add_service(tx, cast, data_policy, warehouse, {events_v1_vendor});

    auto mail = described("Mail Relay", "Order confirmations and newsletters.");
    mail.incident_urgency_rule.urgency = RuleUrgency::low;
    mail.auto_pause_notifications_parameters = {true, 300};
    add_service(tx, cast, platform_policy, mail, {events_v2_vendor, events_v1_vendor});

    Service invoicing;
    invoicing.name = "Legacy Invoicing";
    invoicing.disabled = true;
    add_service(tx, cast, data_policy, invoicing, {});
}

void depends(Tx& tx, const Service& dependent, const Service& supporting) {
    ServiceDependency edge;
    edge.id = tx.new_id<DependencyId>();
    edge.supporting_service = supporting.id.value;
    edge.dependent_service = dependent.id.value;
    tx.insert(edge);
}

void add_dependencies(Tx& tx, const DemoCast& cast, const Teams& teams) {
    using namespace demo;
    auto service = [&](ServiceIndex index) -> const Service& { return cast.services[index].service; };
    depends(tx, service(checkout), service(payments));
    depends(tx, service(checkout), service(identity));
    depends(tx, service(checkout), service(warehouse));
    depends(tx, service(payments), service(kubernetes));
    depends(tx, service(search), service(kubernetes));
    depends(tx, service(search), service(warehouse));
    depends(tx, service(identity), service(kubernetes));
    BusinessService shop;
    shop.id = tx.new_id<BusinessServiceId>();
    shop.name = "Buying online";
    shop.description = "From the search box to the confirmation mail.";
    shop.point_of_contact = cast.people[ben].name;
    shop.team = teams.storefront;
    shop.created_at = tx.now();
    tx.insert(shop);
    for (auto index : {checkout, search, mail}) {
        ServiceDependency edge;
        edge.id = tx.new_id<DependencyId>();
        edge.supporting_service = service(index).id.value;
        edge.dependent_kind = ServiceKind::business_service;
        edge.dependent_service = shop.id.value;
        tx.insert(edge);
    }
}

void add_window(
    Tx& tx, const DemoCast& cast, demo::ServiceIndex service, demo::PersonIndex by, Window window, const char* why) {
    MaintenanceWindow row;
    row.id = tx.new_id<MaintenanceWindowId>();
    row.sequence_number = static_cast<int>(tx.next_number("maintenance_window"));
    row.start_time = window.since;
    row.end_time = window.until;
    row.description = why;
    row.services = {cast.services[service].service.id};
    row.created_by = cast.people[by].id;
    tx.insert(row);
}

}  // namespace

Result<DemoCast>
create_demo_cast(Tx& tx, const Account& account, const std::string& owner_password_hash, Timestamp future) {
    DemoCast cast;
    CHECK_OK(add_people(tx, cast, owner_password_hash));
    auto teams = add_teams(tx, cast);
    add_schedules(tx, cast, teams);
    add_policies(tx, cast, teams);
    add_storefront_services(tx, cast);
    add_other_services(tx, cast);
    add_dependencies(tx, cast, teams);
    auto nine_days_ago = std::chrono::floor<days>(future) - days{9};
    add_window(tx,
               cast,
               demo::kubernetes,
               demo::mikkel,
               {nine_days_ago + hours{22}, nine_days_ago + hours{23} + minutes{30}},
               "New node pool in Frankfurt");
    auto in_three_days = std::chrono::floor<days>(future) + days{3};
    add_window(tx,
               cast,
               demo::payments,
               demo::priya,
               {in_three_days + hours{4}, in_three_days + hours{5}},
               "The card processor changes its certificate");
    cast.api_key = create_api_key(tx, account, {.description = "Demonstration: full access"}).key;
    cast.read_only_api_key =
        create_api_key(tx, account, {.description = "Demonstration: read only", .read_only = true}).key;
    return cast;
}

}  // namespace callboard
