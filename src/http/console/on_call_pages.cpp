// Who is called when: escalation policies and schedules.

#include "domain/schedule/render.h"
#include "http/console/pages.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr auto agenda_length = days{14};
/// Nobody reads on beyond that.
constexpr std::size_t agenda_entries_max = 500;

/// Of a list in order, what is shown; says when that is not all.
template <class Entry>
Html shortened(std::vector<Entry>& entries) {
    if (entries.size() <= agenda_entries_max) return {};
    entries.resize(agenda_entries_max);
    return html(R"(<p class="dim">There are more: only the first {} are shown.</p>)", agenda_entries_max);
}

Html target_of(View& view, const EscalationTarget& target) {
    if (target.type == TargetType::user) return view.user_link(UserId{target.id});
    return view.schedule_link(ScheduleId{target.id});
}

/// The coming shifts of a shift-based schedule; several people may be on call at once.
Html shift_agenda(View& view, const ScheduleInTime& loaded) {
    Html rail;
    auto shifts = loaded.shifts({view.now, view.now + agenda_length});
    auto note = shortened(shifts);
    for (const auto& shift : shifts) {
        bool running = !shift.start || *shift.start <= view.now;
        rail.add(rail_entry(running ? html("<time>now</time>") : view.time(*shift.start),
                            icon(running ? Icon::acknowledged : Icon::next),
                            view.people({UserId{shift.user}}),
                            shift.end ? html("until {}", view.time(*shift.end)) : html("and nobody else is planned")));
    }
    if (rail.empty()) return html(R"(<p class="dim">{} is on call.</p>)", view.people({}));
    return html(R"(<ol class="rail">{}</ol>{})", rail, note);
}

std::optional<OverrideKey> override_at(const ScheduleInTime& loaded, const RenderedEntry& entry) {
    for (const auto& override_ : loaded.overrides)
        if (override_.user == entry.user && override_.start <= entry.start && entry.end <= override_.end)
            return override_.id;
    return std::nullopt;
}

/// The coming shifts in order; a stretch without anybody is an entry too.
Html agenda(View& view, const ScheduleInTime& loaded) {
    Window window{view.now, view.now + agenda_length};
    Html rail;
    auto covered = window.since;
    auto hole = [&](Timestamp from, Timestamp to) {
        if (from < to)
            rail.add(
                rail_entry(view.time(from), icon(Icon::triggered), view.people({}), html("until {}", view.time(to))));
    };
    auto entries = final_entries(loaded.history(), loaded.overrides, window);
    auto note = shortened(entries);
    for (const auto& entry : entries) {
        hole(covered, entry.start);
        bool running = entry.start <= view.now;
        auto reason =
            html("until {}{}", view.time(entry.end), override_at(loaded, entry) ? html(", by an override") : Html{});
        rail.add(rail_entry(running ? html("<time>now</time>") : view.time(entry.start),
                            icon(running ? Icon::acknowledged : Icon::next),
                            view.people({UserId{entry.user}}),
                            reason));
        covered = entry.end;
    }
    if (note.empty()) hole(covered, window.until);
    return html(R"(<ol class="rail">{}</ol>{})", rail, note);
}

Html openings_of(const ScheduleLayer& layer) {
    constexpr std::array weekdays{"", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "};
    if (layer.restrictions.empty()) return html("at all hours");
    Html out = html("only ");
    for (std::size_t i = 0; i < layer.restrictions.size(); ++i) {
        const auto& restriction = layer.restrictions[i];
        auto day = static_cast<std::size_t>(std::clamp(restriction.start_day_of_week.value_or(0), 0, 7));
        out.add("{}{}{} for {}",
                i > 0 ? ", " : "",
                weekdays[day],
                wall_clock(restriction.start_time_of_day),
                in_words(seconds{restriction.duration_seconds}));
    }
    return out;
}

Html rotations_of(View& view, const Schedule& schedule) {
    Html rows;
    for (const auto& rotation : schedule.rotations)
        for (const auto& event : rotation.events) {
            std::vector<UserId> users;
            for (auto member : event.members)
                if (member != nobody) users.push_back(UserId{member});
            auto verb = event.strategy == ShiftStrategy::every_member ? "share each shift" : "take turns";
            rows.add(R"(<li><div class="grow"><b>{}</b><small>{} {}, {}</small></div></li>)",
                     event.name,
                     view.people(users),
                     verb,
                     event.recurrence.empty() ? "" : event.recurrence.front());
        }
    if (rows.empty()) return html(R"(<p class="dim">None yet.</p>)");
    return html(R"(<ul class="list">{}</ul>)", rows);
}

Html layers_of(View& view, const Schedule& schedule) {
    Html rows;
    // The last one wins, so it stands on top.
    for (auto layer = schedule.schedule_layers.rbegin(); layer != schedule.schedule_layers.rend(); ++layer) {
        std::vector<UserId> users;
        for (auto user : layer->users) users.push_back(UserId{user});
        rows.add(R"(<li><div class="grow"><b>{}</b><small>{} take turns of {}, {}</small></div></li>)",
                 layer->name,
                 view.people(users),
                 in_words(seconds{layer->rotation_turn_length_seconds}),
                 openings_of(*layer));
    }
    return html(R"(<ul class="list">{}</ul>)", rows);
}

std::vector<UserId> users_at(const ScheduleInTime& loaded, Timestamp t) {
    std::vector<UserId> users;
    for (auto user : loaded.users_on_call_at(t)) users.push_back(UserId{user});
    return users;
}

Html schedule_sentence(View& view, const ScheduleInTime& loaded) {
    auto users = users_at(loaded, view.now);
    auto now = view.people(users);
    auto verb = users.size() > 1 ? "are" : "is";
    auto change = loaded.next_change_after(view.now);
    if (users.empty()) return html("{} is on call{}.", now, change ? html(" until {}", view.time(*change)) : Html{});
    if (!change) return html("{} {} on call, and nobody else is planned.", now, verb);
    auto then = users_at(loaded, *change);
    return html("{} {} on call until {}, then {}.",
                now,
                verb,
                view.time(*change),
                then.empty() ? html("nobody") : view.people(then));
}

Html policies_with(View& view, ScheduleId id) {
    Html rows;
    for (const auto& policy : seen_policies(view))
        for (const auto& rule : policy.escalation_rules)
            if (std::ranges::find(rule.targets, EscalationTarget{TargetType::schedule, id.value}) != rule.targets.end())
                rows.add("<li>{}</li>", view.policy_link(policy.id));
    if (rows.empty()) return html(R"(<p class="dim">No policy uses it: nobody is called by it.</p>)");
    return html(R"(<ul class="list">{}</ul>)", rows);
}

}  // namespace

std::vector<EscalationPolicy> seen_policies(View& view) {
    auto query = Query<EscalationPolicy>().order_by(&EscalationPolicy::name);
    only_seen(view.request, query);
    return view.tx.list(query);
}

Html on_call_list(View& view, const EscalationPolicy& policy) {
    Html rows;
    OnCallReader reader(view.tx, {view.now, view.now});
    auto entries = reader.entries(policy, [](const EscalationTarget&) { return true; });
    for (int level = 1; level <= static_cast<int>(policy.escalation_rules.size()); ++level) {
        bool anyone = false;
        for (const auto& entry : entries) {
            if (entry.escalation_level != level) continue;
            anyone = true;
            rows.add(view.person_row(
                entry.user,
                html("Level {}{}", level, entry.end ? html(", until {}", view.time(*entry.end)) : html(", always"))));
        }
        if (!anyone)
            rows.add(
                R"(<li class="person"><span class="av nobody" aria-hidden="true">–</span><div class="grow">{}<span class="meta">)"
                R"(Level {}. The next level is told at once instead.</span></div></li>)",
                view.people({}),
                level);
    }
    return html(R"(<ul class="people">{}</ul>)", rows);
}

Page on_call_page(View& view) {
    Page page;
    page.title = "On call";
    page.place = "on-call";
    page.main.add("<h1>On call</h1>");
    Html schedules;
    auto seen = view.tx.list(Query<Schedule>().order_by(&Schedule::name));
    view.erase_hidden(seen);
    for (const auto& schedule : seen) {
        auto loaded = load_schedule(view.tx, schedule.id, view.now);
        schedules.add(R"(<li><div class="grow"><b>{}</b><small>{}</small></div></li>)",
                      view.schedule_link(schedule.id),
                      loaded ? schedule_sentence(view, *loaded) : Html{});
    }
    Html policies;
    for (const auto& policy : seen_policies(view))
        policies.add(R"(<li><div class="grow"><b>{}</b><small>{}</small></div></li>)",
                     view.policy_link(policy.id),
                     policy.description.value_or(""));
    page.main.add(section("Schedules", html(R"(<ul class="list">{}</ul>)", schedules)));
    page.main.add(section("Escalation policies", html(R"(<ul class="list">{}</ul>)", policies)));
    return page;
}

Page policy_page(View& view, std::string_view id) {
    auto policy = row_of<EscalationPolicy>(view, id);
    if (!policy) return nothing_here();
    Page page;
    page.title = policy->name;
    page.place = "on-call";
    page.main.add(R"(<p class="crumbs"><a href="/console/on-call">On call</a></p><h1>{}</h1>)", policy->name);
    if (policy->description) page.main.add(R"(<p class="dim lead said">{}</p>)", *policy->description);
    auto levels = on_call_by_level(view.tx, *policy, view.now).levels;
    Html rail;
    Duration after{0};
    for (std::size_t i = 0; i < policy->escalation_rules.size(); ++i) {
        const auto& rule = policy->escalation_rules[i];
        Html targets;
        for (const auto& target : rule.targets)
            targets.add(targets.empty() ? html("{}", target_of(view, target)) : html(", {}", target_of(view, target)));
        rail.add(rail_entry(html("<time>{}</time>", after == Duration{0} ? "at once" : in_words(after)),
                            icon(levels[i].empty() ? Icon::triggered : Icon::next),
                            html("Level {}: {}", i + 1, view.people(levels[i])),
                            html("by {}", targets)));
        after += minutes{rule.escalation_delay_in_minutes};
    }
    auto end = policy->num_loops == 0 ? html("The policy ends. Nobody else is told.")
                                      : html("It starts over, at most {} times.", policy->num_loops);
    rail.add(rail_entry(html("<time>{}</time>", in_words(after)), icon(Icon::info), end));
    Html services;
    auto query = Query<Service>().where(&Service::escalation_policy, policy->id).order_by(&Service::name);
    for (const auto& service : view.tx.list(query))
        services.add(
            R"(<li><div class="grow">{}</div>{}</li>)", view.service_link(service.id), chip(status_of(view, service)));
    if (services.empty()) services.add(R"(<li class="dim">No service follows it.</li>)");
    Html side = section("Services", html(R"(<ul class="list">{}</ul>)", services));
    if (policy->team) side.add(section("Team", view.team_link(*policy->team)));
    page.main.add(R"(<div class="split mid"><div>{}</div><div>{}</div></div>)",
                  section("An incident now would go to", html(R"(<ol class="rail">{}</ol>)", rail)),
                  side);
    return page;
}

Page schedule_page(View& view, std::string_view id) {
    auto schedule = row_of<Schedule>(view, id);
    if (!schedule) return nothing_here();
    auto loaded = load_schedule(view.tx, schedule->id, view.now);
    ASSERT(loaded, "a schedule that was found can be loaded");
    Page page;
    page.title = schedule->name;
    page.place = "on-call";
    page.main.add(R"(<p class="crumbs"><a href="/console/on-call">On call</a></p><h1>{}</h1><p class="has">{}</p>)",
                  schedule->name,
                  schedule_sentence(view, *loaded));
    if (schedule->description) page.main.add(R"(<p class="dim said">{}</p>)", *schedule->description);
    Html side = loaded->is_shift_based()
                    ? section("Rotations", rotations_of(view, *schedule), html("all count at once"))
                    : section("Layers", layers_of(view, *schedule), html("the upper one wins"));
    side.add(section("Used by", policies_with(view, schedule->id)));
    Html teams;
    for (auto team : schedule->teams)
        if (view.shows(team)) teams.add("<li>{}</li>", view.team_link(team));
    if (!teams.empty()) side.add(section("Teams", html("<ul>{}</ul>", teams)));
    side.add(section("Time zone", html("{}", schedule->time_zone)));
    page.main.add(
        R"(<div class="split mid"><div>{}</div><div>{}</div></div>)",
        section("The next two weeks", loaded->is_shift_based() ? shift_agenda(view, *loaded) : agenda(view, *loaded)),
        side);
    return page;
}

}  // namespace callboard::http
