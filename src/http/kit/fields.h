#pragma once
// Reads the members of a request body, each with its rule, and collects every problem before anyone acts.
// Members that were not sent leave their target alone (PUT changes only what is sent); unknown ones are ignored.
//
//   TRY(auto fields, Fields::of(request, "service"));
//   fields.text("name", service.name, {.required = true, .max = 100});
//   CHECK_OK(fields.check());

#include "http/kit/permit.h"
#include "http/kit/request.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace callboard::http {

struct TextRule {
    /// Missing or blank is a problem.
    bool required = false;
    std::size_t min = 0;
    /// Characters, not bytes.
    std::size_t max = 65'535;
};

struct NumberRule {
    bool required = false;
    std::int64_t min = INT64_MIN;
    std::int64_t max = INT64_MAX;
};

class Fields {
public:
    /// The object under `wrapper`, or the body itself when `wrapper` is empty.
    static Result<Fields> of(Request& request, std::string_view wrapper);

    Fields(Request& request, const json::object& object, std::string prefix = {}, std::string place = {})
        : request_(&request), object_(&object), prefix_(std::move(prefix)), place_(std::move(place)) {}

    /// For documents of many levels: problems are told by their place, "sets[0].rules[2].label is too long", which is
    /// `prefix` and what comes below; everything nested does the same.
    Fields& speak_of_places(std::string prefix = {}) {
        by_place_ = true;
        place_ = std::move(prefix);
        return *this;
    }

    [[nodiscard]] bool sent(std::string_view name) const { return object_->contains(name); }

    [[nodiscard]] const json::value* raw(std::string_view name) const { return object_->if_contains(name); }

    bool text(std::string_view name, std::string& target, TextRule rule = {});
    /// null clears it.
    bool text(std::string_view name, std::optional<std::string>& target, TextRule rule = {});
    bool number(std::string_view name, int& target, NumberRule rule = {});
    bool number(std::string_view name, std::int64_t& target, NumberRule rule = {});
    bool number(std::string_view name, std::optional<int>& target, NumberRule rule = {});
    bool flag(std::string_view name, bool& target);
    bool time(std::string_view name, Timestamp& target, bool required = false);
    bool time(std::string_view name, std::optional<Timestamp>& target);

    /// An enumerator by its API name.
    template <class E>
    bool choice(std::string_view name, E& target) {
        std::string text_value;
        if (!text(name, text_value)) return false;
        auto parsed = parse_enum<E>(text_value);
        if (!parsed) {
            problem(name, "must be one of: " + all_texts_of<E>());
            return false;
        }
        target = *parsed;
        return true;
    }

    /// The id in {"id":…,"type":…}. A reference to something of another kind, or unknown, is a problem.
    template <class T>
    bool reference(std::string_view name, decltype(T::id)& target, bool required = false) {
        auto id_text = reference_id(name, required);
        if (!id_text) return false;
        auto id = request_->site.ids.parse<decltype(T::id)>(*id_text);
        if (!id || !is_known<T>(*id)) {
            not_found(name);
            return false;
        }
        target = *id;
        return true;
    }

    template <class T>
    bool reference(std::string_view name, std::optional<decltype(T::id)>& target) {
        if (sent_null(name)) {
            target.reset();
            return true;
        }
        decltype(T::id) id;
        if (!reference<T>(name, id)) return false;
        target = id;
        return true;
    }

    /// A list of references.
    template <class T>
    bool references(std::string_view name, std::vector<decltype(T::id)>& target) {
        const auto* list = array(name);
        if (!list) return false;
        target.clear();
        for (const auto& element : *list) {
            auto id_text = id_of(element);
            auto id = id_text ? request_->site.ids.parse<decltype(T::id)>(*id_text) : std::nullopt;
            if (!id || !is_known<T>(*id)) {
                not_found(name);
                return false;
            }
            target.push_back(*id);
        }
        return true;
    }

    /// Null when not sent, null or not an array (the last is a problem).
    const json::array* array(std::string_view name, bool required = false);
    const json::object* object(std::string_view name);
    /// The members of a nested object; absent when not sent, null or not an object (a problem).
    std::optional<Fields> nested(std::string_view name);
    /// The elements of a list that are objects; another element is a problem.
    std::vector<Fields> elements(std::string_view name, bool required = false);

    [[nodiscard]] bool sent_null(std::string_view name) const;

    /// "Name is too long": the member's name in words, as the API speaks, then what is wrong.
    void problem(std::string_view name, std::string_view what);

    void sentence(std::string text) { add(place_.substr(0, place_.empty() ? 0 : place_.size() - 1), std::move(text)); }

    /// A problem and where it is: "assignment_strategy.members".
    struct Located {
        std::string place;
        std::string sentence;
    };

    [[nodiscard]] const std::vector<Located>& problems() const { return problems_; }

    /// Takes over the problems of a nested reader.
    void adopt(const Fields& nested);

    /// "Name has already been taken" when another row has the same text there, without regard to case.
    template <class T>
    void unique(std::string_view name, const T& row, std::string T::*member) {
        if ((row.*member).empty()) return;
        for (const auto& other : request_->tx().list(Query<T>().where_same_text(member, row.*member)))
            if (other.id != row.id) return problem(name, "has already been taken");
    }

    [[nodiscard]] Result<void> check() const;

    [[nodiscard]] Request& request() const { return *request_; }

    static std::optional<std::string> id_of(const json::value& reference);

private:
    [[nodiscard]] Fields below(const json::object& object, std::string_view name, std::string_view index) const;

    /// There is such an object, and it is not hidden from the requester.
    template <class T>
    bool is_known(decltype(T::id) id) {
        auto row = request_->tx().template find<T>(id);
        if constexpr (requires { teams_of(request_->tx(), *row); })
            return row && knows(*request_, *row);
        else
            return row.has_value();
    }

    std::optional<std::string> reference_id(std::string_view name, bool required);
    void not_found(std::string_view name);
    bool wrong_type(std::string_view name, std::string_view expected);
    std::optional<std::int64_t> whole_number(std::string_view name, NumberRule rule);

    void add(std::string place, std::string text) { problems_.push_back({std::move(place), std::move(text)}); }

    Request* request_;
    const json::object* object_;
    /// The names on the way here in words, and as they are: "Escalation rules ", "escalation_rules.".
    std::string prefix_;
    std::string place_;
    bool by_place_ = false;
    std::vector<Located> problems_;
};

/// "escalation_policy" as "Escalation policy".
std::string in_words(std::string_view member);

}  // namespace callboard::http
