#include "domain/notify/text.h"

#include "domain/calendar/zone.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr std::size_t named_shortly_max = 3;

std::string one_line(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return text;
}

std::string local_time(Timestamp at, const std::string& zone_name) {
    auto zone = Zone::find(zone_name).value_or(Zone{});
    auto day = std::chrono::year_month_day{zone.local_day_of(at)};
    auto time = std::chrono::floor<minutes>(zone.time_of_day(at));
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} {}",
                       static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()),
                       time.count() / 60,
                       time.count() % 60,
                       zone.name());
}

PageText text_of_one(const PagedIncident& incident, Urgency urgency, const std::string& zone) {
    auto title = one_line(incident.title);
    auto service = one_line(incident.service);
    PageText page;
    page.subject = fmt::format("#{} {} [{}]", incident.number, title, service);
    page.text = fmt::format("{}\n\nService: {}\nIncident: #{}, {} urgency\nSince: {}\n",
                            title,
                            service,
                            incident.number,
                            text_of(urgency),
                            local_time(incident.created_at, zone));
    page.short_text = fmt::format("#{} on {}: {}", incident.number, service, title);
    if (incident.nobody_on_call) {
        page.subject = "Nobody is on call: " + page.subject;
        page.text += "\nNobody is on call for it. You are told because you administer the account.\n";
        page.short_text = "Nobody is on call: " + page.short_text;
    }
    if (!incident.asked_by.empty()) {
        auto asks = fmt::format("{} asks you to help", one_line(incident.asked_by));
        page.subject = asks + ": " + page.subject;
        page.text += fmt::format("\n{}{}\n", asks, incident.asked_with.empty() ? "." : ":\n" + incident.asked_with);
        page.short_text = fmt::format("{}: {}. {}", asks, page.short_text, one_line(incident.asked_with));
    }
    return page;
}

std::string_view why_told(const PagedIncident& incident) {
    if (incident.nobody_on_call) return "; nobody is on call for it";
    return incident.asked_by.empty() ? "" : "; you are asked to help";
}

}  // namespace

std::string text_of_handoff(bool begins, Timestamp at, std::span<const HandoffDuty> duties, const std::string& zone) {
    std::string names;
    for (std::size_t i = 0; i < std::min(duties.size(), named_max); ++i)
        names += fmt::format("{}{} (level {})", i == 0 ? "" : ", ", one_line(duties[i].policy), duties[i].level);
    if (duties.size() > named_max) names += fmt::format(" and {} more", duties.size() - named_max);
    return fmt::format("You go {} call at {} for {}.", begins ? "on" : "off", local_time(at, zone), names);
}

PageText
text_of_page(std::span<const PagedIncident> incidents, std::size_t total, Urgency urgency, const std::string& zone) {
    if (total == 1) return text_of_one(incidents.front(), urgency, zone);
    PageText page;
    const auto& first = incidents.front();
    page.subject = fmt::format("{} incidents, the first: #{} {}", total, first.number, one_line(first.title));
    page.text = fmt::format("{} incidents of {} urgency are yours.\n\n", total, text_of(urgency));
    page.short_text = fmt::format("{} incidents:", total);
    for (std::size_t i = 0; i < std::min(incidents.size(), named_max); ++i) {
        const auto& incident = incidents[i];
        page.text += fmt::format("#{} {} [{}], since {}{}\n",
                                 incident.number,
                                 one_line(incident.title),
                                 one_line(incident.service),
                                 local_time(incident.created_at, zone),
                                 why_told(incident));
        if (i < named_shortly_max)
            page.short_text += fmt::format("{} #{} {}", i == 0 ? "" : ";", incident.number, one_line(incident.title));
    }
    if (total > named_max) page.text += fmt::format("and {} more.\n", total - named_max);
    if (total > named_shortly_max) page.short_text += fmt::format("; and {} more", total - named_shortly_max);
    return page;
}

}  // namespace callboard
