#include "domain/calendar/icalendar.h"

namespace callboard {

namespace {

constexpr std::size_t line_octets_max = 75;

bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string calendar_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        switch (c) {
        case '\\': out += "\\\\"; break;
        case ';': out += "\\;"; break;
        case ',': out += "\\,"; break;
        case '\n': out += "\\n"; break;
        default:
            if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c;
        }
    }
    return out;
}

std::string calendar_line(std::string_view name, std::string_view value) {
    std::string line{name};
    line += ':';
    line += value;
    std::string out;
    std::size_t octets = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        std::size_t length = 1;
        while (i + length < line.size() && continues_a_character(line[i + length])) ++length;
        if (octets + length > line_octets_max) {
            out += "\r\n ";
            octets = 1;
        }
        out.append(line, i, length);
        octets += length;
        i += length - 1;
    }
    return out + "\r\n";
}

std::string calendar_instant(Timestamp at) {
    auto text = format_iso8601(at);
    std::erase(text, '-');
    std::erase(text, ':');
    return text;
}

std::string write_calendar(std::string_view name, std::span<const CalendarEvent> events, Timestamp written_at) {
    std::string out = calendar_line("BEGIN", "VCALENDAR") + calendar_line("VERSION", "2.0") +
                      calendar_line("PRODID", "-//Callboard//On-call shifts//EN") +
                      calendar_line("CALSCALE", "GREGORIAN") + calendar_line("METHOD", "PUBLISH");
    // The second of each pair is what older readers know.
    out += calendar_line("NAME", calendar_text(name)) + calendar_line("X-WR-CALNAME", calendar_text(name));
    out += calendar_line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H") + calendar_line("X-PUBLISHED-TTL", "PT1H");
    for (const auto& event : events) {
        out += calendar_line("BEGIN", "VEVENT") + calendar_line("UID", event.uid);
        out += calendar_line("DTSTAMP", calendar_instant(written_at));
        out += calendar_line("DTSTART", calendar_instant(event.start));
        out += calendar_line("DTEND", calendar_instant(event.end));
        out += calendar_line("SUMMARY", calendar_text(event.summary));
        if (!event.description.empty()) out += calendar_line("DESCRIPTION", calendar_text(event.description));
        if (!event.url.empty()) out += calendar_line("URL", event.url);
        // Being on call leaves time for meetings.
        out += calendar_line("TRANSP", "TRANSPARENT") + calendar_line("END", "VEVENT");
    }
    return out + calendar_line("END", "VCALENDAR");
}

}  // namespace callboard
