#pragma once
// One description per type. DESCRIBE lists a struct's members once; the SQL row, the stored JSON and generic
// comparisons are derived from it. DESCRIBE_ENUM gives enumerators their API spelling: a trailing underscore, needed
// for C++ keywords, is stripped.

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <optional>
#include <string>
#include <string_view>

#define DESCRIBE(Type, ...) BOOST_DESCRIBE_STRUCT(Type, (), (__VA_ARGS__))
#define DESCRIBE_ENUM(Type, ...) BOOST_DESCRIBE_ENUM(Type, __VA_ARGS__)

namespace callboard {

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;

template <class E>
concept DescribedEnum = boost::describe::has_describe_enumerators<E>::value;

constexpr std::string_view api_name(std::string_view name) {
    if (name.ends_with('_')) name.remove_suffix(1);
    return name;
}

/// The enumerator as the API spells it.
template <DescribedEnum E>
constexpr std::string_view text_of(E value) {
    std::string_view found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (d.value == value) found = api_name(d.name);
    });
    return found;
}

template <DescribedEnum E>
constexpr std::optional<E> parse_enum(std::string_view text) {
    std::optional<E> found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (api_name(d.name) == text) found = d.value;
    });
    return found;
}

/// "high, low, severity_based": for messages that list what is allowed.
template <DescribedEnum E>
std::string all_texts_of() {
    std::string out;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (!out.empty()) out += ", ";
        out += api_name(d.name);
    });
    return out;
}

/// Calls f(name, member reference) for each described member, in order.
template <class T, class F>
    requires Described<std::remove_const_t<T>>
constexpr void for_each_member(T& object, F&& f) {
    using Members = boost::describe::describe_members<std::remove_const_t<T>, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto d) { f(api_name(d.name), object.*d.pointer); });
}

}  // namespace callboard
