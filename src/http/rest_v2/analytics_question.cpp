#include "http/rest_v2/analytics_question.h"

#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/resources.h"

#include <algorithm>
#include <unordered_set>

namespace callboard::http {

namespace {

constexpr auto range_max = days{366};  // REST: "one year".
constexpr std::size_t top_priorities = 2;

std::optional<std::vector<std::string>> read_texts(Fields& fields, std::string_view name) {
    const auto* list = fields.array(name);
    if (!list) return std::nullopt;
    std::vector<std::string> texts;
    for (const auto& element : *list) {
        if (!element.is_string()) {
            fields.problem(name, "must hold strings only");
            return std::nullopt;
        }
        texts.emplace_back(element.get_string().data(), element.get_string().size());
    }
    return texts;
}

/// Texts that cannot be ids of that kind match nothing.
template <class AnyId>
std::optional<std::vector<AnyId>> read_ids(Fields& fields, std::string_view name) {
    auto texts = read_texts(fields, name);
    if (!texts) return std::nullopt;
    std::vector<AnyId> ids;
    for (const auto& text : *texts) ids.push_back(fields.request().site.ids.parse<AnyId>(text).value_or(AnyId{}));
    return ids;
}

std::optional<bool> read_flag(Fields& fields, std::string_view name) {
    bool flag = false;
    if (!fields.flag(name, flag)) return std::nullopt;
    return flag;
}

/// Without an end it is now; without a beginning, a year before the end.
Period read_created(Fields& fields) {
    std::optional<Timestamp> start;
    std::optional<Timestamp> end;
    fields.time("created_at_start", start);
    fields.time("created_at_end", end);
    Period period;
    period.end = end.value_or(std::max(fields.request().now, start.value_or(Timestamp{})));
    period.begin = start.value_or(period.end - range_max);
    if (period.end < period.begin) fields.problem("created_at_end", "must not be before created_at_start");
    if (period.end - period.begin > range_max) fields.sentence("The time range must not be longer than one year");
    return period;
}

template <class T>
bool allows(const std::optional<std::vector<T>>& wanted, const T& value) {
    return !wanted || std::ranges::find(*wanted, value) != wanted->end();
}

bool allows_priority(const AnalyticsFilters& filters, const Priority* priority) {
    if (!filters.priorities && !filters.priority_names) return true;
    return priority && allows(filters.priorities, priority->id) && allows(filters.priority_names, priority->name);
}

bool allows_teams(const AnalyticsFilters& filters, const std::vector<TeamId>& teams) {
    return !filters.teams || std::ranges::any_of(teams, [&](TeamId team) { return allows(filters.teams, team); });
}

/// The people in these logs who have more than mail.
Interruptible interruptible_in(Tx& tx, const std::vector<MeasuredIncident>& incidents) {
    std::unordered_set<UserId> assigned;
    for (const auto& incident : incidents)
        for (const auto& entry : incident.facts.log)
            if (entry.type == LogEntryType::assign) assigned.insert(entry.users.begin(), entry.users.end());
    Interruptible found;
    for (auto id : assigned) {
        auto beyond_mail = Query<ContactMethod>()
                               .where(&ContactMethod::user, id)
                               .where_not(&ContactMethod::type, ContactMethodType::email_contact_method);
        if (tx.count(beyond_mail) == 0) continue;
        auto user = tx.find_even_deleted<User>(id);
        auto zone = user && user->time_zone ? Zone::find(*user->time_zone) : std::nullopt;
        found.emplace(id, zone.value_or(account_zone(tx)));
    }
    return found;
}

IncidentFacts facts_of(Tx& tx, const IncidentFigure& figure, const PriorityScale& priorities) {
    IncidentFacts facts;
    facts.id = figure.id;
    facts.service = figure.service;
    facts.escalation_policy = figure.escalation_policy;
    facts.teams = figure.teams;
    facts.urgency = figure.urgency;
    facts.top_priority = priorities.is_top(figure.priority);
    facts.created_at = figure.created_at;
    facts.resolved_at = figure.resolved_at;
    facts.log = log_facts(tx, figure.id);
    return facts;
}

/// As GET /incidents shows them: by the incident's own teams, and to its assignees.
bool is_seen(Request& request, const IncidentFigure& figure) {
    if (callboard::sees(standing_of(request), figure.teams)) return true;
    auto incident = request.tx().find<Incident>(figure.id);
    return incident && knows(request, *incident);
}

}  // namespace

AnalyticsFilters AnalyticsFilters::read(Fields& question) {
    static const json::object none;
    auto sent = question.nested("filters");
    Fields fields = sent ? *sent : Fields(question.request(), none);
    AnalyticsFilters filters;
    if (const auto* object = question.object("filters")) filters.sent = *object;
    filters.created = read_created(fields);
    fields.time("updated_after", filters.updated_after);
    Urgency urgency = Urgency::high;
    if (fields.choice("urgency", urgency)) filters.urgency = urgency;
    filters.major = read_flag(fields, "major");
    filters.pd_advance_used = read_flag(fields, "pd_advance_used");
    // REST spells it so.
    fields.number("min_ackowledgements", filters.min_acknowledgements);
    fields.number("min_timeout_escalations", filters.min_timeout_escalations);
    fields.number("min_manual_escalations", filters.min_manual_escalations);
    filters.teams = read_ids<TeamId>(fields, "team_ids");
    filters.services = read_ids<ServiceId>(fields, "service_ids");
    filters.policies = read_ids<EscalationPolicyId>(fields, "escalation_policy_ids");
    filters.priorities = read_ids<PriorityId>(fields, "priority_ids");
    filters.priority_names = read_texts(fields, "priority_names");
    filters.incident_types = read_texts(fields, "incident_type_ids");
    if (filters.incident_types)
        for (auto& wanted : *filters.incident_types)
            if (auto type = find_incident_type(fields.request(), wanted)) wanted = type->name;
    question.adopt(fields);
    return filters;
}

bool AnalyticsFilters::need_log() const {
    return major || min_acknowledgements > 0 || min_timeout_escalations > 0 || min_manual_escalations > 0;
}

bool AnalyticsFilters::accept(const IncidentMetrics& metrics) const {
    return (!major || *major == metrics.major) && metrics.acknowledgement_count >= min_acknowledgements &&
           metrics.timeout_escalation_count >= min_timeout_escalations &&
           metrics.manual_escalation_count >= min_manual_escalations;
}

AnalyticsQuestion AnalyticsQuestion::read(Fields& fields) {
    AnalyticsQuestion question;
    question.filters = AnalyticsFilters::read(fields);
    fields.text("time_zone", question.time_zone);
    if (auto zone = Zone::find(question.time_zone))
        question.zone = *zone;
    else
        fields.problem("time_zone", "is not a name of the tz database");
    std::string order;
    if (fields.text("order", order)) {
        if (order != "asc" && order != "desc") fields.problem("order", "must be one of: asc, desc");
        question.ascending = order == "asc";
    }
    fields.text("order_by", question.order_by);
    return question;
}

Result<void> check_breadth(const Request& request, const AnalyticsFilters& filters) {
    bool personal = request.actor.kind == Actor::Kind::user_key;
    if (personal && !filters.teams && !filters.services)
        return errors::invalid_input("Filters must name team_ids or service_ids when a user's key is used");
    return {};
}

PriorityScale::PriorityScale(Tx& tx) : highest_first_(tx.list(Query<Priority>().order_by(&Priority::rank))) {}

const Priority* PriorityScale::find(std::optional<PriorityId> id) const {
    if (!id) return nullptr;
    auto found = std::ranges::find(highest_first_, *id, &Priority::id);
    return found == highest_first_.end() ? nullptr : &*found;
}

bool PriorityScale::is_top(std::optional<PriorityId> id) const {
    const auto* priority = find(id);
    return priority && priority - highest_first_.data() < static_cast<std::ptrdiff_t>(top_priorities);
}

int PriorityScale::order_of(const Priority& priority) const {
    return highest_first_.empty() ? 0 : highest_first_.back().rank + 1 - priority.rank;
}

IncidentFigure figure_of(const Incident& incident) {
    return {incident.id,
            incident.service,
            incident.escalation_policy,
            incident.teams,
            incident.urgency,
            incident.priority,
            incident.incident_type,
            incident.created_at,
            incident.updated_at,
            incident.resolved_at};
}

std::vector<IncidentFigure>
figures_for(Request& request, const AnalyticsFilters& filters, const PriorityScale& priorities) {
    bool part = sees_part(request);
    // Nothing here ever used PD Advance.
    if (filters.pd_advance_used == true) return {};
    auto figures = incidents_created(request.tx(), filters.created.begin, filters.created.end, filters.services);
    std::erase_if(figures, [&](const IncidentFigure& figure) {
        bool wanted = (!filters.urgency || figure.urgency == *filters.urgency) &&
                      (!filters.updated_after || figure.updated_at > *filters.updated_after) &&
                      allows(filters.policies, figure.escalation_policy) &&
                      allows(filters.incident_types, figure.incident_type) && allows_teams(filters, figure.teams) &&
                      allows_priority(filters, priorities.find(figure.priority)) && (!part || is_seen(request, figure));
        return !wanted;
    });
    return figures;
}

std::vector<MeasuredIncident>
measure_all(Tx& tx, const std::vector<IncidentFigure>& figures, const PriorityScale& priorities) {
    std::vector<MeasuredIncident> incidents;
    incidents.reserve(figures.size());
    for (const auto& figure : figures) incidents.push_back({facts_of(tx, figure, priorities), {}});
    auto interruptible = interruptible_in(tx, incidents);
    for (auto& incident : incidents) incident.metrics = measure(incident.facts, interruptible, tx.now());
    return incidents;
}

}  // namespace callboard::http
