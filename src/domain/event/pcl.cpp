#include "domain/event/pcl.h"

#include "domain/calendar/zone.h"
#include "domain/event/event.h"
#include "domain/event/pattern.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <compare>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace callboard {

using NodePtr = std::shared_ptr<const PclNode>;

namespace {

struct Literal {
    EventValue value;
};

struct Moment {
    Timestamp at;
    /// As it was written.
    std::string text;
};

struct Field {
    FieldPath path;
};

struct Now {};

struct Count {
    bool resets = false;
    seconds span{0};
    std::string span_text;
    /// Which of the condition's counts it is.
    int number = 0;
};

struct Not {
    NodePtr inner;
};

struct Both {
    NodePtr left;
    NodePtr right;
};

struct Either {
    NodePtr left;
    NodePtr right;
};

enum class Comparator { equal, less, at_most, more, at_least };

constexpr std::string_view symbols[] = {"==", "<", "<=", ">", ">="};

struct Compare {
    Comparator comparator = Comparator::equal;
    NodePtr left;
    NodePtr right;
};

struct Match {
    enum class Kind { whole, part, regex };
    Kind kind = Kind::whole;
    Pattern::Case letters = Pattern::Case::ignore;
    NodePtr left;
    NodePtr right;
    /// Where the right side is written out.
    std::optional<Pattern> pattern;
};

struct Exists {
    FieldPath path;
};

constexpr std::string_view day_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/// `now in …`
struct InSchedule {
    std::array<bool, 7> days{};
    /// Seconds of the day; the end counts.
    int start = 0;
    int end = 0;
    Zone zone;

    [[nodiscard]] bool has(Timestamp now) const {
        auto monday = std::chrono::weekday{zone.local_day_of(now)}.iso_encoding() - 1;
        auto second = std::chrono::floor<seconds>(zone.time_of_day(now)).count();
        if (start < end) return days[monday] && second >= start && second <= end;
        bool began_yesterday = days[(monday + 6) % 7];
        return (days[monday] && second >= start) || (began_yesterday && second <= end);
    }
};

}  // namespace

struct PclNode {
    std::variant<Literal, Moment, Field, Now, Count, Not, Both, Either, Compare, Match, Exists, InSchedule> data;
};

namespace {

// --- reading
// ----------------------------------------------------------------------------------------------------------

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c); }

/// Thrown inside the reader only.
struct Stop {
    PclProblem problem;
};

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    NodePtr read() {
        if (text_.size() > pcl_text_max) fail("is longer than 2048 bytes");
        auto node = either(0);
        skip_blanks();
        if (at_ < text_.size()) fail("expected the end, `and` or `or`");
        if (!is_truth(*node)) fail("is neither true nor false");
        return node;
    }

private:
    [[noreturn]] void fail(std::string what) const { fail_at(at_, std::move(what)); }

    [[noreturn]] void fail_at(std::size_t at, std::string what) const {
        throw Stop{{std::move(what), count_chars(text_.substr(0, std::min(at, text_.size()))) + 1}};
    }

    template <class T>
    static NodePtr make(T data) {
        return std::make_shared<const PclNode>(PclNode{std::move(data)});
    }

    static bool is_truth(const PclNode& node) {
        if (const auto* literal = std::get_if<Literal>(&node.data))
            return std::holds_alternative<bool>(literal->value.data);
        return !std::holds_alternative<Moment>(node.data) && !std::holds_alternative<Now>(node.data) &&
               !std::holds_alternative<Count>(node.data);
    }

    void skip_blanks() {
        while (at_ < text_.size() && std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos) ++at_;
    }

    [[nodiscard]] std::string_view peek_word() const {
        auto end = at_;
        while (end < text_.size() && is_word(text_[end])) ++end;
        return text_.substr(at_, end - at_);
    }

    bool take_word(std::string_view word) {
        skip_blanks();
        if (peek_word() != word) return false;
        at_ += word.size();
        return true;
    }

    bool take(std::string_view symbol) {
        skip_blanks();
        if (!text_.substr(at_).starts_with(symbol)) return false;
        at_ += symbol.size();
        return true;
    }

    void descend(int depth) const {
        if (depth > pcl_depth_max) fail("is nested deeper than 32 levels");
    }

    NodePtr either(int depth) {
        descend(depth);
        auto left = both(depth);
        while (take_word("or")) left = make(Either{left, both(depth)});
        return left;
    }

    NodePtr both(int depth) {
        auto left = negation(depth);
        while (take_word("and")) left = make(Both{left, negation(depth)});
        return left;
    }

    NodePtr negation(int depth) {
        descend(depth);
        if (take_word("not")) return make(Not{negation(depth + 1)});
        return comparison(depth);
    }

    NodePtr comparison(int depth) {
        if (++comparisons_ > pcl_comparisons_max) fail("has more than 64 comparisons");
        auto left = operand(depth);
        for (auto comparator :
             {Comparator::equal, Comparator::at_most, Comparator::at_least, Comparator::less, Comparator::more})
            if (take(symbols[static_cast<std::size_t>(comparator)]))
                return make(Compare{comparator, left, operand(depth)});
        if (take_word("matches")) return match(std::move(left), depth);
        if (take_word("exists")) {
            const auto* field = std::get_if<Field>(&left->data);
            if (!field) fail("only a path can exist");
            return make(Exists{field->path});
        }
        if (take_word("in")) {
            if (!std::holds_alternative<Now>(left->data)) fail("only `now` can be in a schedule");
            return schedule();
        }
        return left;
    }

    NodePtr match(NodePtr left, int depth) {
        Match out;
        out.left = std::move(left);
        if (take_word("part")) out.kind = Match::Kind::part;
        if (take_word("regex")) {
            if (out.kind == Match::Kind::part) fail("`matches part` and `matches regex` exclude each other");
            out.kind = Match::Kind::regex;
        }
        if (take_word("exactly")) out.letters = Pattern::Case::respect;
        skip_blanks();
        auto begin = at_;
        out.right = operand(depth);
        const auto* literal = std::get_if<Literal>(&out.right->data);
        if (out.kind == Match::Kind::regex) {
            const auto* text = literal ? std::get_if<std::string>(&literal->value.data) : nullptr;
            if (!text) fail_at(begin, "a regular expression must be written out in quotes");
            auto compiled = Pattern::condition(*text, out.letters);
            if (auto* problem = std::get_if<Pattern::Problem>(&compiled))
                fail_at(begin, "is not a regular expression of RE2: " + problem->what);
            out.pattern = std::get<Pattern>(std::move(compiled));
        } else if (literal) {
            out.pattern = Pattern::literal(text_of(literal->value), out.letters, out.kind == Match::Kind::whole);
        }
        return make(std::move(out));
    }

    NodePtr operand(int depth) {
        skip_blanks();
        if (at_ >= text_.size()) fail("expected a value");
        if (take("(")) {
            auto inner = either(depth + 1);
            if (!take(")")) fail("expected `)`");
            return inner;
        }
        if (text_[at_] == '\'') return text_literal();
        if (is_digit(text_[at_]) || text_[at_] == '-') return is_date() ? moment() : number();
        if (take_word("true")) return make(Literal{EventValue{true}});
        if (take_word("false")) return make(Literal{EventValue{false}});
        if (take_word("now")) return make(Now{});
        if (take_word("trigger_count")) return count(false);
        if (take_word("resetting_trigger_count")) return count(true);
        auto begin = at_;
        auto path = read_path(text_, at_);
        if (!path) fail("expected a value");
        if (!is_rule_root(path->root()))
            fail_at(begin, "a path begins with event, raw_event, variables or cache_var, not with " + path->root());
        return make(Field{std::move(*path)});
    }

    NodePtr text_literal() {
        auto begin = at_;
        auto text = read_quoted(text_, at_);
        if (!text) fail_at(begin, "expected a closing quote");
        if (text->size() > pcl_literal_max) fail_at(begin, "a text is longer than 1024 bytes");
        return make(Literal{EventValue{std::move(*text)}});
    }

    NodePtr number() {
        auto end = at_ + (text_[at_] == '-' ? 1 : 0);
        auto digits = [&] {
            auto begin = end;
            while (end < text_.size() && is_digit(text_[end])) ++end;
            return end > begin;
        };
        if (!digits()) fail("expected a number");
        bool fraction = end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1]);
        if (fraction) {
            ++end;
            digits();
            if (end < text_.size() && text_[end] == 'e') {
                ++end;
                if (end < text_.size() && (text_[end] == '-' || text_[end] == '+')) ++end;
                if (!digits()) fail("expected an exponent");
            }
        }
        auto out = fraction ? read_as<double>(end) : read_as<std::int64_t>(end);
        at_ = end;
        if (at_ < text_.size() && is_word(text_[at_])) fail("expected the end of a number");
        return make(Literal{std::move(out)});
    }

    template <class Number>
    EventValue read_as(std::size_t end) const {
        Number value{};
        auto [_, failed] = std::from_chars(text_.data() + at_, text_.data() + end, value);
        if (failed != std::errc{}) fail("the number is too large");
        return EventValue{value};
    }

    [[nodiscard]] bool is_date() const {
        auto text = text_.substr(at_, 10);
        constexpr std::string_view shape = "0000-00-00";
        return text.size() == shape.size() && std::ranges::equal(text, shape, [](char c, char expected) {
                   return expected == '0' ? is_digit(c) : c == expected;
               });
    }

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i, ++at_) {
            if (at_ >= text_.size() || !is_digit(text_[at_])) fail("expected a digit");
            value = value * 10 + (text_[at_] - '0');
        }
        return value;
    }

    void expect(std::string_view symbol) {
        if (!text_.substr(at_).starts_with(symbol)) fail(fmt::format("expected `{}`", symbol));
        at_ += symbol.size();
    }

    /// 09:00:00 as seconds.
    int time_of_day() {
        skip_blanks();
        auto begin = at_;
        int hour = digits(2);
        expect(":");
        int minute = digits(2);
        expect(":");
        int second = digits(2);
        if (hour > 23 || minute > 59 || second > 59) fail_at(begin, "is no time of day");
        return hour * 3600 + minute * 60 + second;
    }

    Zone zone() {
        skip_blanks();
        auto end = at_;
        while (end < text_.size() &&
               (is_word(text_[end]) || std::string_view{"/+-"}.find(text_[end]) != std::string_view::npos))
            ++end;
        auto found = Zone::find(text_.substr(at_, end - at_));
        if (!found) fail("expected a time zone, as Europe/Madrid");
        at_ = end;
        return *found;
    }

    NodePtr moment() {
        auto begin = at_;
        int year = digits(4);
        expect("-");
        auto month = static_cast<unsigned>(digits(2));
        expect("-");
        auto day = static_cast<unsigned>(digits(2));
        std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
        if (!date.ok()) fail_at(begin, "is no date");
        int second = time_of_day();
        auto in_zone = zone();
        auto at = in_zone.to_instant(local_days{date} + seconds{second});
        return make(Moment{at, std::string{text_.substr(begin, at_ - begin)}});
    }

    NodePtr schedule() {
        InSchedule out;
        skip_blanks();
        do {
            const auto* day = std::ranges::find(day_names, peek_word());
            if (day == std::end(day_names)) fail("expected a day: Mon, Tue, Wed, Thu, Fri, Sat or Sun");
            out.days[static_cast<std::size_t>(day - std::begin(day_names))] = true;
            at_ += day->size();
        } while (at_ < text_.size() && text_[at_] == ',' && ++at_);
        out.start = time_of_day();
        if (!take_word("to")) fail("expected `to`");
        out.end = time_of_day();
        out.zone = zone();
        return make(out);
    }

    NodePtr count(bool resets) {
        if (!take_word("over")) fail("expected `over`");
        Count out;
        out.resets = resets;
        out.number = counts_++;
        skip_blanks();
        auto begin = at_;
        auto end = at_;
        std::array<bool, 4> named{};
        while (at_ < text_.size() && is_digit(text_[at_])) {
            out.span += duration_part(named);
            end = at_;
            skip_blanks();
        }
        if (out.span < seconds{1} || out.span > days{30}) fail_at(begin, "expected a time span of at most 30 days");
        out.span_text = text_.substr(begin, end - begin);
        return make(std::move(out));
    }

    /// "5 minutes"; each unit once.
    seconds duration_part(std::array<bool, 4>& named) {
        auto begin = at_;
        std::int64_t amount = 0;
        for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) {
            amount = amount * 10 + (text_[at_] - '0');
            if (amount > 100'000'000) fail_at(begin, "the time span is too long");
        }
        skip_blanks();
        auto word = peek_word();
        at_ += word.size();
        if (word.ends_with('s')) word.remove_suffix(1);
        constexpr std::pair<std::string_view, std::int64_t> units[] = {
            {"second", 1}, {"minute", 60}, {"hour", 3'600}, {"day", 86'400}};
        const auto* unit = std::ranges::find(units, word, &std::pair<std::string_view, std::int64_t>::first);
        if (unit == std::end(units)) fail_at(begin, "expected seconds, minutes, hours or days");
        auto& is_named = named[static_cast<std::size_t>(unit - std::begin(units))];
        if (is_named) fail_at(begin, "has a unit twice");
        is_named = true;
        return seconds{amount * unit->second};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int comparisons_ = 0;
    int counts_ = 0;
};

// --- evaluating
// -------------------------------------------------------------------------------------------------------

/// What a side of a comparison is; the first is nil. Lists and objects stay in the tree.
using Operand =
    std::variant<std::monostate, bool, std::int64_t, double, std::string_view, const EventValue*, Timestamp>;

Operand operand_of(const EventValue& value) {
    struct Visitor {
        const EventValue& value;

        Operand operator()(std::monostate) const { return {}; }

        Operand operator()(bool v) const { return v; }

        Operand operator()(std::int64_t v) const { return v; }

        Operand operator()(double v) const { return v; }

        Operand operator()(const std::string& v) const { return std::string_view{v}; }

        Operand operator()(const EventList&) const { return &value; }

        Operand operator()(const EventObject&) const { return &value; }
    };

    return std::visit(Visitor{value}, value.data);
}

std::string count_name(const PclContext& context, const Count& count) {
    return fmt::format("{}/{}", context.name, count.number);
}

std::int64_t counted(const PclContext& context, const Count& count) {
    auto& recent = context.counts.by_name[count_name(context, count)];
    if (context.counts.counting) recent.add(context.now, count.span);
    return std::max<std::int64_t>(recent.total(context.now, count.span), 1);
}

bool holds(const PclNode& node, const PclContext& context);

Operand evaluate(const PclNode& node, const PclContext& context) {
    if (const auto* literal = std::get_if<Literal>(&node.data)) return operand_of(literal->value);
    if (const auto* moment = std::get_if<Moment>(&node.data)) return moment->at;
    if (std::holds_alternative<Now>(node.data)) return context.now;
    if (const auto* count = std::get_if<Count>(&node.data)) return counted(context, *count);
    if (const auto* field = std::get_if<Field>(&node.data)) {
        const auto* value = at_path(context.root, field->path);
        return value ? operand_of(*value) : Operand{};
    }
    return holds(node, context);
}

/// As the reference has it: up to 2^53 the whole number becomes a fraction, beyond it the other way around.
std::partial_ordering order(std::int64_t whole, double fraction) {
    constexpr double exact = 9'007'199'254'740'992.0;
    if (std::isnan(fraction)) return std::partial_ordering::unordered;
    if (std::abs(fraction) <= exact) return static_cast<double>(whole) <=> fraction;
    if (fraction >= 9.2233720368547758e18) return std::partial_ordering::less;
    if (fraction < -9.2233720368547758e18) return std::partial_ordering::greater;
    return whole <=> static_cast<std::int64_t>(fraction);
}

std::partial_ordering reversed(std::partial_ordering order) {
    if (order == std::partial_ordering::less) return std::partial_ordering::greater;
    if (order == std::partial_ordering::greater) return std::partial_ordering::less;
    return order;
}

/// Unordered for what has no order.
std::partial_ordering order(const Operand& left, const Operand& right) {
    const auto* left_whole = std::get_if<std::int64_t>(&left);
    const auto* right_whole = std::get_if<std::int64_t>(&right);
    const auto* left_fraction = std::get_if<double>(&left);
    const auto* right_fraction = std::get_if<double>(&right);
    if (left_whole && right_whole) return *left_whole <=> *right_whole;
    if (left_fraction && right_fraction) return *left_fraction <=> *right_fraction;
    if (left_whole && right_fraction) return order(*left_whole, *right_fraction);
    if (left_fraction && right_whole) return reversed(order(*right_whole, *left_fraction));
    const auto* left_moment = std::get_if<Timestamp>(&left);
    const auto* right_moment = std::get_if<Timestamp>(&right);
    if (left_moment && right_moment) return *left_moment <=> *right_moment;
    return std::partial_ordering::unordered;
}

bool is_equal(const Operand& left, const Operand& right) {
    auto ordered = order(left, right);
    if (ordered != std::partial_ordering::unordered) return ordered == std::partial_ordering::equivalent;
    if (left.index() != right.index()) return false;
    if (const auto* text = std::get_if<std::string_view>(&left)) return *text == std::get<std::string_view>(right);
    if (const auto* flag = std::get_if<bool>(&left)) return *flag == std::get<bool>(right);
    if (const auto* tree = std::get_if<const EventValue*>(&left)) return **tree == *std::get<const EventValue*>(right);
    return false;
}

bool compare(const Compare& node, const PclContext& context) {
    auto left = evaluate(*node.left, context);
    auto right = evaluate(*node.right, context);
    bool result = false;
    switch (node.comparator) {
    case Comparator::equal: result = is_equal(left, right); break;
    case Comparator::less: result = order(left, right) < 0; break;
    case Comparator::at_most: result = order(left, right) <= 0; break;
    case Comparator::more: result = order(left, right) > 0; break;
    case Comparator::at_least: result = order(left, right) >= 0; break;
    }
    for (const auto* side : {&node.left, &node.right}) {
        const auto* count = std::get_if<Count>(&(*side)->data);
        if (count && count->resets && result) context.counts.by_name[count_name(context, *count)] = {};
    }
    return result;
}

/// A value as text; absent for nil and for moments.
std::optional<std::string> text_of_operand(const Operand& operand) {
    std::optional<std::string> out;
    if (const auto* text = std::get_if<std::string_view>(&operand)) out = *text;
    if (const auto* flag = std::get_if<bool>(&operand)) out = *flag ? "true" : "false";
    if (const auto* whole = std::get_if<std::int64_t>(&operand)) out = text_of(EventValue{*whole});
    if (const auto* fraction = std::get_if<double>(&operand)) out = text_of(EventValue{*fraction});
    if (const auto* tree = std::get_if<const EventValue*>(&operand)) out = text_of(**tree);
    if (out && out->size() > pcl_compared_max) out->resize(pcl_compared_max);
    return out;
}

/// What making a pattern of one byte of a text takes.
constexpr std::uint64_t compile_work = 64;

bool is_spent(const PclContext& context) { return context.work && context.work->is_spent; }

bool take(const PclContext& context, std::uint64_t work) { return !context.work || context.work->take(work); }

bool match(const Match& node, const PclContext& context) {
    if (is_spent(context)) return false;
    auto left = text_of_operand(evaluate(*node.left, context));
    if (!left) return false;
    if (node.pattern) return take(context, node.pattern->work_for(*left)) && node.pattern->is_in(*left);
    auto right = text_of_operand(evaluate(*node.right, context));
    if (!right || !take(context, left->size() + compile_work * right->size())) return false;
    auto pattern = Pattern::literal(*right, node.letters, node.kind == Match::Kind::whole);
    return pattern && pattern->is_in(*left);
}

bool holds(const PclNode& node, const PclContext& context) {
    if (const auto* inner = std::get_if<Not>(&node.data)) return !holds(*inner->inner, context);
    if (const auto* pair = std::get_if<Both>(&node.data))
        return holds(*pair->left, context) && holds(*pair->right, context);
    if (const auto* pair = std::get_if<Either>(&node.data))
        return holds(*pair->left, context) || holds(*pair->right, context);
    if (const auto* comparison = std::get_if<Compare>(&node.data)) return compare(*comparison, context);
    if (const auto* matching = std::get_if<Match>(&node.data)) return match(*matching, context);
    if (const auto* exists = std::get_if<Exists>(&node.data)) return at_path(context.root, exists->path) != nullptr;
    if (const auto* schedule = std::get_if<InSchedule>(&node.data)) return schedule->has(context.now);
    auto value = evaluate(node, context);
    const auto* flag = std::get_if<bool>(&value);
    return flag && *flag;
}

// --- writing
// ----------------------------------------------------------------------------------------------------------

/// How tightly a node holds together; what is looser than its place is put into parentheses.
enum class Grip { either, both, negation, comparison, operand };

struct Writer {
    std::string out;

    void write(const PclNode& node, Grip place) {
        bool loose = grip_of(node) < place;
        if (loose) out += '(';
        std::visit([&](const auto& data) { add(data); }, node.data);
        if (loose) out += ')';
    }

private:
    static Grip grip_of(const PclNode& node) {
        switch (node.data.index()) {
        case 5: return Grip::negation;
        case 6: return Grip::both;
        case 7: return Grip::either;
        case 8:
        case 9:
        case 10:
        case 11: return Grip::comparison;
        default: return Grip::operand;
        }
    }

    void add(const Literal& literal) {
        if (const auto* text = std::get_if<std::string>(&literal.value.data))
            append_quoted(out, *text);
        else if (std::holds_alternative<double>(literal.value.data))
            add_fraction(text_of(literal.value));
        else
            out += text_of(literal.value);
    }

    /// What has an exponent has a point before it: `1.0e+30`.
    void add_fraction(std::string text) {
        auto exponent = text.find('e');
        if (exponent != std::string::npos && text.find('.') == std::string::npos) text.insert(exponent, ".0");
        out += text;
    }

    void add(const Moment& moment) { out += moment.text; }

    void add(const Field& field) { out += text_of(field.path); }

    void add(const Now&) { out += "now"; }

    void add(const Count& count) {
        out += count.resets ? "resetting_trigger_count over " : "trigger_count over ";
        out += count.span_text;
    }

    void add(const Not& negation) {
        out += "not ";
        write(*negation.inner, Grip::negation);
    }

    void add(const Both& pair) { join(pair.left, " and ", pair.right, Grip::both); }

    void add(const Either& pair) { join(pair.left, " or ", pair.right, Grip::either); }

    void join(const NodePtr& left, std::string_view word, const NodePtr& right, Grip grip) {
        write(*left, grip);
        out += word;
        write(*right, static_cast<Grip>(static_cast<int>(grip) + 1));
    }

    void add(const Compare& node) {
        write(*node.left, Grip::operand);
        out += fmt::format(" {} ", symbols[static_cast<std::size_t>(node.comparator)]);
        write(*node.right, Grip::operand);
    }

    void add(const Match& node) {
        write(*node.left, Grip::operand);
        out += " matches ";
        if (node.kind == Match::Kind::part) out += "part ";
        if (node.kind == Match::Kind::regex) out += "regex ";
        if (node.letters == Pattern::Case::respect) out += "exactly ";
        write(*node.right, Grip::operand);
    }

    void add(const Exists& node) { out += text_of(node.path) + " exists"; }

    void add(const InSchedule& node) {
        out += "now in ";
        char before = ' ';
        for (std::size_t day = 0; day < node.days.size(); ++day) {
            if (!node.days[day]) continue;
            if (before == ',') out += before;
            out += day_names[day];
            before = ',';
        }
        auto clock = [](int second) {
            return fmt::format("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        };
        out += fmt::format(" {} to {} {}", clock(node.start), clock(node.end), node.zone.name());
    }
};

/// Whether `asks(node)` is true for the node or one below it.
template <class Asks>
bool any_of(const PclNode& node, const Asks& asks) {
    if (asks(node)) return true;
    auto of_pair = [&](const auto& pair) { return any_of(*pair.left, asks) || any_of(*pair.right, asks); };
    if (const auto* inner = std::get_if<Not>(&node.data)) return any_of(*inner->inner, asks);
    if (const auto* pair = std::get_if<Both>(&node.data)) return of_pair(*pair);
    if (const auto* pair = std::get_if<Either>(&node.data)) return of_pair(*pair);
    if (const auto* pair = std::get_if<Compare>(&node.data)) return of_pair(*pair);
    if (const auto* pair = std::get_if<Match>(&node.data)) return of_pair(*pair);
    return false;
}

}  // namespace

void RecentCount::move_to(std::int64_t slot) {
    if (slot <= newest) return;
    auto empty = std::min<std::int64_t>(slot - newest, slots);
    for (std::int64_t i = 0; i < empty; ++i) counts[static_cast<std::size_t>((slot - i) % std::int64_t{slots})] = 0;
    newest = slot;
}

namespace {

std::int64_t slot_of(Timestamp now, seconds span) {
    auto width = std::chrono::duration_cast<Duration>(span) / std::int64_t{RecentCount::slots};
    return now.time_since_epoch() / width;
}

}  // namespace

void RecentCount::add(Timestamp now, seconds span) {
    auto slot = slot_of(now, span);
    move_to(slot);
    ++counts[static_cast<std::size_t>(newest % std::int64_t{slots})];
}

std::int64_t RecentCount::total(Timestamp now, seconds span) const {
    auto moved = *this;
    moved.move_to(slot_of(now, span));
    std::int64_t sum = 0;
    for (auto count : moved.counts) sum += count;
    return sum;
}

std::string PclProblem::sentence() const { return fmt::format("{} at character {}", what, character); }

std::variant<PclCondition, PclProblem> PclCondition::parse(std::string_view text) {
    try {
        return PclCondition(Reader(text).read());
    } catch (Stop& stop) {
        return std::move(stop.problem);
    }
}

bool PclCondition::holds(const PclContext& context) const {
    return callboard::holds(*node_, context) && !is_spent(context);
}

std::string PclCondition::text() const {
    Writer writer;
    writer.write(*node_, Grip::either);
    return std::move(writer.out);
}

bool PclCondition::counts() const {
    return any_of(*node_, [](const PclNode& node) { return std::holds_alternative<Count>(node.data); });
}

bool PclCondition::is_too_complicated() const {
    return any_of(*node_, [](const PclNode& node) {
        const auto* match = std::get_if<Match>(&node.data);
        return match && match->pattern && match->pattern->is_too_complicated();
    });
}

bool PclCondition::looks_at_clock() const {
    return any_of(*node_, [](const PclNode& node) {
        return std::holds_alternative<Now>(node.data) || std::holds_alternative<InSchedule>(node.data);
    });
}

bool PclCondition::looks_at(std::string_view root) const {
    return any_of(*node_, [&](const PclNode& node) {
        const auto* field = std::get_if<Field>(&node.data);
        const auto* exists = std::get_if<Exists>(&node.data);
        return (field && field->path.root() == root) || (exists && exists->path.root() == root);
    });
}

bool is_rule_root(std::string_view name) {
    return name == "event" || name == "raw_event" || name == "variables" || name == "cache_var";
}

}  // namespace callboard
