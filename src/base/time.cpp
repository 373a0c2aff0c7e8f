#include "base/time.h"

#include <fmt/format.h>

#include <charconv>

namespace callboard {

namespace {

/// Walks over a text, taking fixed-width numbers and single characters.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    std::optional<int> number(std::size_t width) {
        if (rest_.size() < width) return std::nullopt;
        int value = 0;
        auto [end, failed] = std::from_chars(rest_.data(), rest_.data() + width, value);
        if (failed != std::errc{} || end != rest_.data() + width || rest_[0] == '-') return std::nullopt;
        rest_.remove_prefix(width);
        return value;
    }

    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    [[nodiscard]] bool done() const { return rest_.empty(); }

    [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

    void skip() { rest_.remove_prefix(1); }

private:
    std::string_view rest_;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Duration> fraction(Scanner& scan) {
    Duration value{0};
    std::int64_t unit = 100'000;
    if (!is_digit(scan.peek())) return std::nullopt;
    for (; is_digit(scan.peek()); scan.skip()) {
        value += Duration{unit * (scan.peek() - '0')};
        unit /= 10;
    }
    return value;
}

std::optional<Duration> time_of_day(Scanner& scan) {
    auto hour = scan.number(2);
    if (!hour) return std::nullopt;
    int minute = 0;
    int second = 0;
    Duration part{0};
    if (scan.take(':')) {
        auto m = scan.number(2);
        if (!m) return std::nullopt;
        minute = *m;
        if (scan.take(':')) {
            auto s = scan.number(2);
            if (!s) return std::nullopt;
            second = *s;
            if (scan.take('.') || scan.take(',')) {
                auto f = fraction(scan);
                if (!f) return std::nullopt;
                part = *f;
            }
        }
    }
    if (*hour > 24 || minute > 59 || second > 60 || (*hour == 24 && (minute || second))) return std::nullopt;
    return hours{*hour} + minutes{minute} + seconds{second} + part;
}

/// The zone at the end of the text: nothing (no offset), "Z" or a numeric offset.
bool offset(Scanner& scan, std::optional<Duration>& out) {
    if (scan.done()) return true;
    if (scan.take('Z') || scan.take('z')) {
        out = Duration{0};
        return scan.done();
    }
    bool negative = scan.peek() == '-';
    if (!negative && scan.peek() != '+') return false;
    scan.skip();
    auto hour = scan.number(2);
    if (!hour || *hour > 14) return false;
    int minute = 0;
    if (!scan.done()) {
        scan.take(':');
        auto m = scan.number(2);
        if (!m || *m > 59) return false;
        minute = *m;
    }
    Duration value = hours{*hour} + minutes{minute};
    out = negative ? -value : value;
    return scan.done();
}

}  // namespace

std::string format_iso8601(Timestamp t, seconds utc_offset) {
    auto local = std::chrono::floor<seconds>(t) + utc_offset;
    auto day = std::chrono::floor<days>(local);
    std::chrono::year_month_day date{day};
    std::chrono::hh_mm_ss clock{local - day};
    auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                            static_cast<int>(date.year()),
                            static_cast<unsigned>(date.month()),
                            static_cast<unsigned>(date.day()),
                            clock.hours().count(),
                            clock.minutes().count(),
                            clock.seconds().count());
    if (utc_offset == seconds{0}) return text + "Z";
    auto total = std::chrono::abs(utc_offset);
    return text + fmt::format("{}{:02}:{:02}",
                              utc_offset < seconds{0} ? '-' : '+',
                              total.count() / 3600,
                              total.count() / 60 % 60);
}

std::optional<ParsedTime> parse_iso8601(std::string_view text) {
    Scanner scan(text);
    auto year = scan.number(4);
    if (!year || !scan.take('-')) return std::nullopt;
    auto month = scan.number(2);
    if (!month || !scan.take('-')) return std::nullopt;
    auto day = scan.number(2);
    if (!day) return std::nullopt;
    std::chrono::year_month_day date{std::chrono::year{*year},
                                     std::chrono::month{static_cast<unsigned>(*month)},
                                     std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    Timestamp at = std::chrono::sys_days{date};
    std::optional<Duration> zone;
    if (scan.take('T') || scan.take('t') || scan.take(' ')) {
        auto clock = time_of_day(scan);
        if (!clock) return std::nullopt;
        at += *clock;
    }
    if (!offset(scan, zone)) return std::nullopt;
    return ParsedTime{at - zone.value_or(Duration{0}), zone.has_value()};
}

}  // namespace callboard
