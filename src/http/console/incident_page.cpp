// The page of an incident: what happens next and to whom, then how it came to this.

#include "app/stored_json.h"
#include "http/console/forms.h"
#include "storage/unreadable.h"

#include <boost/json.hpp>

namespace callboard::http {

namespace {

/// Steps of the escalation that are foretold.
constexpr int steps_foretold_max = 12;
constexpr int entries_shown_max = 200;

std::vector<UserId> assignees_of(const Incident& incident) {
    std::vector<UserId> users;
    for (const auto& assignment : incident.assignments) users.push_back(assignment.assignee);
    return users;
}

Html sentence_of(View& view, const Incident& incident) {
    switch (incident.status) {
    case IncidentStatus::triggered:
        if (incident.assignments.empty()) return html("<b>Nobody has it,</b> and nobody was on call when it began.");
        return html("<b>Nobody has acknowledged it yet.</b> It is with {}.", view.people(assignees_of(incident)));
    case IncidentStatus::acknowledged: {
        if (incident.acknowledgements.empty()) return html("It is acknowledged.");
        const auto& last = incident.acknowledgements.back();
        return html("{} has it since {}.", view.agent(last.acknowledger), view.time(last.at));
    }
    case IncidentStatus::resolved:
        return html("Over since {}, ended by {}. It took {}.",
                    view.time(incident.resolved_at.value_or(incident.last_status_change_at)),
                    view.agent(incident.last_status_change_by),
                    in_words(incident.resolved_at.value_or(view.now) - incident.created_at));
    }
    return {};
}

/// The policy in the version that the incident follows. One that cannot be read does not hide the incident.
std::optional<EscalationPolicy> policy_of(View& view, const Incident& incident) {
    auto policy = if_readable(
        [&] { return view.tx.version<EscalationPolicy>(incident.escalation_policy, incident.policy_version); });
    if (policy) return policy;
    return if_readable([&] { return view.tx.find_even_deleted<EscalationPolicy>(incident.escalation_policy); });
}

bool shows_policy(View& view, const Incident& incident) {
    const auto* policy = view.policy(incident.escalation_policy);
    return policy && view.shows(*policy);
}

Html whom_a_step_tells(View& view, const EscalationStep& step) {
    switch (step.kind) {
    case EscalationStepKind::assign:
        return html("Level {}: {}{}",
                    step.state.level,
                    view.people(step.users),
                    step.repeated ? html(", the policy starts over") : Html{});
    case EscalationStepKind::exhausted: return html("The policy ends. Nobody else is told.");
    case EscalationStepKind::nobody_on_call:
        return html("{} is on call at any level. It is tried again.", view.people({}));
    }
    return {};
}

Html reason_of_a_step(const EscalationStep& step) {
    if (step.skipped_levels.empty()) return {};
    Html levels;
    for (int level : step.skipped_levels) levels.add(" {}", level);
    return html("Passed over because nobody is on call there: level{}", levels);
}

/// Walks the policy into the future with the rules that will walk it then.
Html foretell_escalation(View& view, const Incident& incident) {
    Html entries;
    auto policy = policy_of(view, incident);
    if (!policy || !incident.escalate_at) return entries;
    // Who answers an incident of a team that is not theirs learns when it moves on, not to whom.
    if (!shows_policy(view, incident))
        return rail_entry(view.exact_time(*incident.escalate_at), icon(Icon::next), html("It is escalated"));
    EscalationState state{incident.escalation_level, incident.escalation_loop};
    auto at = *incident.escalate_at;
    for (int i = 0; i < steps_foretold_max; ++i) {
        auto step = next_step(*policy, on_call_by_level(view.tx, *policy, at).levels, state);
        auto mark = step.kind == EscalationStepKind::assign ? icon(Icon::next) : icon(Icon::info);
        entries.add(rail_entry(view.exact_time(at), mark, whom_a_step_tells(view, step), reason_of_a_step(step)));
        if (step.kind != EscalationStepKind::assign) break;
        state = step.state;
        at += step.next_delay;
    }
    return entries;
}

Html foretell(View& view, const Incident& incident) {
    if (incident.status == IncidentStatus::resolved) return {};
    auto entries = foretell_escalation(view, incident);
    if (incident.unacknowledge_at)
        entries.add(rail_entry(view.exact_time(*incident.unacknowledge_at),
                               icon(Icon::triggered),
                               incident.snoozed ? html("It wakes up and needs somebody again")
                                                : html("It counts as forgotten and needs somebody again"),
                               html("Unless it is resolved before")));
    if (incident.urgency_change_at)
        entries.add(rail_entry(view.exact_time(*incident.urgency_change_at),
                               icon(Icon::next),
                               html("Its urgency rises to high"),
                               html("The service's support hours begin")));
    if (incident.resolve_at)
        entries.add(rail_entry(view.exact_time(*incident.resolve_at),
                               icon(Icon::resolved),
                               html("It is resolved by itself"),
                               html("The service's auto-resolve time-out")));
    if (entries.empty()) return html(R"(<p class="dim">Nothing, until somebody acts.</p>)");
    return html(R"(<ol class="rail">{}</ol>)", entries);
}

Html mark_of(LogEntryType type) {
    switch (type) {
    case LogEntryType::trigger:
    case LogEntryType::unacknowledge:
    case LogEntryType::reopen:
    case LogEntryType::exhaust_escalation_path: return icon(Icon::triggered);
    case LogEntryType::acknowledge: return icon(Icon::acknowledged);
    case LogEntryType::resolve: return icon(Icon::resolved);
    case LogEntryType::snooze: return icon(Icon::snoozed);
    case LogEntryType::assign:
    case LogEntryType::delegate:
    case LogEntryType::escalate:
    case LogEntryType::repeat_escalation_path: return icon(Icon::next);
    case LogEntryType::notify:
    case LogEntryType::annotate:
    case LogEntryType::urgency_change:
    case LogEntryType::reach_ack_limit:
    case LogEntryType::reach_trigger_limit:
    case LogEntryType::field_value_change:
    case LogEntryType::custom_field_value_change:
    case LogEntryType::responder_request:
    case LogEntryType::responder_reply:
    case LogEntryType::responder_cancel:
    case LogEntryType::merge: return icon(Icon::info);
    }
    return {};
}

Html sentence_of(View& view, const LogEntry& entry) {
    auto who = view.agent(entry.agent);
    switch (entry.type) {
    case LogEntryType::trigger: return html("<b>Triggered</b> by {}", who);
    case LogEntryType::acknowledge: return html("{} <b>acknowledged</b>", who);
    case LogEntryType::unacknowledge: return html("<b>Needs somebody again</b>");
    case LogEntryType::assign: return html("Assigned to {}", view.people(entry.users));
    case LogEntryType::delegate: return html("Moved to another policy by {}", who);
    case LogEntryType::escalate:
        return entry.users.empty() ? html("Escalated") : html("Escalated to {}", view.people(entry.users));
    case LogEntryType::exhaust_escalation_path: return html("The policy has ended: nobody else is told");
    case LogEntryType::repeat_escalation_path: return html("The policy starts over");
    case LogEntryType::notify: return html("Told {}", view.people(entry.users));
    case LogEntryType::resolve: return html("<b>Resolved</b> by {}", who);
    case LogEntryType::snooze: return html("Snoozed by {}", who);
    case LogEntryType::annotate: return html("Note by {}", who);
    case LogEntryType::urgency_change: return html("Urgency changed by {}", who);
    case LogEntryType::reach_ack_limit: return html("Further acknowledgements are not logged");
    case LogEntryType::reach_trigger_limit: return html("Further triggers are not logged");
    case LogEntryType::field_value_change:
    case LogEntryType::custom_field_value_change: return html("A field was changed by {}", who);
    case LogEntryType::merge: return html("Other incidents were merged into this one by {}", who);
    case LogEntryType::reopen: return html("Reopened by {}", who);
    case LogEntryType::responder_request: return html("{} asked {} to help", who, view.people(entry.users));
    case LogEntryType::responder_reply: return html("{} answered a request for help", who);
    case LogEntryType::responder_cancel: return html("{} took back the request to {}", who, view.people(entry.users));
    }
    return {};
}

/// By what somebody acted, as people call it.
std::string_view words_of(Channel channel) {
    switch (channel) {
    case Channel::api: return "API";
    case Channel::email: return "e-mail";
    case Channel::sms: return "text message";
    case Channel::phone: return "telephone call";
    case Channel::auto_:
    case Channel::timeout:
    case Channel::website:
    case Channel::note:
    case Channel::mobile:
    case Channel::web_trigger: break;
    }
    return text_of(channel);
}

Html reason_of(View& view, const LogEntry& entry) {
    if (entry.note) return html("{}", *entry.note);
    if (entry.until) return html("until {}", view.time(*entry.until));
    if (entry.agent.type == AgentType::user && entry.channel != Channel::auto_)
        return html("by {}", words_of(entry.channel));
    return {};
}

Html timeline(View& view, IncidentId id) {
    auto entries = view.tx.list(Query<LogEntry>()
                                    .where(&LogEntry::incident, id)
                                    .order_by(&LogEntry::id, Order::descending)
                                    .page(entries_shown_max));
    Html rail;
    for (const auto& entry : entries)
        rail.add(rail_entry(
            view.exact_time(entry.created_at), mark_of(entry.type), sentence_of(view, entry), reason_of(view, entry)));
    return html(R"(<ol class="rail">{}</ol>)", rail);
}

Html alerts_of(View& view, const Incident& incident) {
    Html rows;
    auto alerts = view.tx.list(
        Query<Alert>().where(&Alert::incident, incident.id).order_by(&Alert::id, Order::descending).page(100));
    for (const auto& alert : alerts)
        rows.add(R"(<li>{}<div class="grow"><a href="/console/alerts/{}">{}</a><small class="mono">{}</small></div>)"
                 R"(<span class="small dim nowrap">{}, {}</span></li>)",
                 icon(alert.status == AlertStatus::resolved ? Icon::resolved : Icon::triggered),
                 view.id(alert.id),
                 alert.summary,
                 alert.alert_key,
                 text_of(alert.severity),
                 text_of(alert.status));
    return html(R"(<ul class="list">{}</ul>)", rows);
}

Html facts_of(View& view, const Incident& incident) {
    Facts facts;
    facts.add("Service", view.service_link(incident.service));
    facts.add("Policy", view.policy_link(incident.escalation_policy));
    facts.add("Urgency", html("{}", text_of(incident.urgency)));
    if (incident.priority)
        if (auto priority = view.tx.find<Priority>(*incident.priority))
            facts.add("Priority", html("{}", priority->name));
    facts.add("Opened", view.exact_time(incident.created_at));
    auto target = incident.merged_into ? view.tx.find<Incident>(*incident.merged_into) : std::nullopt;
    if (target && view.shows(*target))
        facts.add("Merged into", html(R"(<a href="/console/incidents/{}">another incident</a>)", view.id(target->id)));
    if (incident.body) facts.add("Details", html(R"(<span class="said">{}</span>)", *incident.body));
    return facts.list();
}

}  // namespace

namespace {

/// What can be done with it now, by those who may.
Html answer_buttons(View& view, const Incident& incident) {
    if (!view.viewer || incident.status == IncidentStatus::resolved) return {};
    auto before = std::exchange(view.request.need, Need::respond);
    bool responds = permit_incident(view.request, incident).ok();
    view.request.need = before;
    if (!responds) return {};
    auto address = "/console/incidents/" + view.id(incident.id);
    Html buttons;
    if (incident.status == IncidentStatus::triggered)
        buttons.add(button_form(view, address + "/acknowledge", "Acknowledge", "ack"));
    buttons.add(button_form(view, address + "/resolve", "Resolve", "res"));
    auto is_theirs = [&](const Acknowledgement& one) { return one.acknowledger == agent_of(view.viewer->id); };
    if (!incident.acknowledgements.empty() && std::ranges::all_of(incident.acknowledgements, is_theirs))
        buttons.add(button_form(view, address + "/give-back", "Give back", ""));
    return html(R"(<div class="row wrap act">{}</div>)", buttons);
}

}  // namespace

Page incident_page(View& view, std::string_view id) {
    auto incident = row_of<Incident>(view, id);
    if (!incident) return nothing_here();
    Page page;
    page.title = fmt::format("#{} {}", incident->incident_number, incident->title);
    page.place = "incidents";
    page.main.add(R"(<div class="slab {}"><p class="line1">{}<span>#{}</span><span>{} urgency</span>{}</p>)",
                  text_of(incident->status),
                  chip(*incident),
                  incident->incident_number,
                  text_of(incident->urgency),
                  view.service_link(incident->service));
    page.main.add(R"(<h1>{}</h1><p class="has">{}</p>{}</div>)",
                  incident->title,
                  sentence_of(view, *incident),
                  answer_buttons(view, *incident));
    Html first;
    auto next = foretell(view, *incident);
    if (!next.empty()) first.add(section("What happens next, if nobody acts", next));
    if (incident->alert_count > 0)
        first.add(section("Alerts", alerts_of(view, *incident), html("{}", incident->alert_count)));
    page.main.add(R"(<div class="split wide three"><div>{}</div><div>{}</div><div>{}</div></div>)",
                  first,
                  section("Timeline", timeline(view, incident->id)),
                  section("Facts", facts_of(view, *incident)));
    return page;
}

namespace {

/// The event's members as a list; what is nested stays JSON.
Html event_facts(const std::string& document) {
    auto value = parse_stored(document);
    const auto* object = value.if_object();
    if (!object) return {};
    Facts facts;
    for (const auto& [name, member] : *object) {
        std::string_view key{name.data(), name.size()};
        if (const auto* text = member.if_string()) {
            std::string_view words{text->data(), text->size()};
            facts.add(key, key == "client_url" ? outside_link(words, words) : html("{}", words));
        } else {
            facts.add(key, html(R"(<code>{}</code>)", json::serialize(member)));
        }
    }
    return facts.list();
}

/// An alert is its incident's; a suppressed one is its service's, and one that no rule led to a service everybody's.
bool shows_alert(View& view, const Alert& alert) {
    if (auto incident = alert.incident ? view.tx.find<Incident>(*alert.incident) : std::nullopt)
        return view.shows(*incident);
    if (!alert.service) return true;
    const auto* service = view.service(alert.service);
    return service && view.shows(*service);
}

}  // namespace

Page alert_page(View& view, std::string_view id) {
    auto alert = row_of<Alert>(view, id);
    if (!alert || !shows_alert(view, *alert)) return nothing_here();
    Page page;
    page.title = alert->summary;
    page.place = "incidents";
    bool over = alert->status == AlertStatus::resolved;
    page.main.add(R"(<p class="crumbs">Alert of {}</p><h1>{}</h1>)", view.service_link(alert->service), alert->summary);
    page.main.add(R"(<p class="lead">{} Severity {}, {} since {}.</p>)",
                  icon(over ? Icon::resolved : Icon::triggered),
                  text_of(alert->severity),
                  text_of(alert->status),
                  view.exact_time(over ? alert->resolved_at.value_or(alert->updated_at) : alert->created_at));
    Facts facts;
    if (alert->incident)
        if (auto incident = view.tx.find<Incident>(*alert->incident))
            facts.add("Incident",
                      html(R"(<a href="/console/incidents/{}">#{} {}</a>)",
                           view.id(incident->id),
                           incident->incident_number,
                           incident->title));
    if (alert->placement_note) facts.add("Why it is here", html("{}", *alert->placement_note));
    if (alert->integration) facts.add("Came through", view.agent(agent_of(*alert->integration)));
    facts.add("Key", html(R"(<span class="mono">{}</span>)", alert->alert_key));
    facts.add("First event", view.exact_time(alert->created_at));
    facts.add("Newest event", view.exact_time(alert->updated_at));
    page.main.add(section("Facts", facts.list()));
    auto event = event_facts(newest_event(view.tx, *alert));
    if (!event.empty()) page.main.add(section("What the newest event said", event));
    return page;
}

}  // namespace callboard::http
