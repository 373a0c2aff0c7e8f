#pragma once
// What to list, said in terms of a struct's members:
//   tx.list(Query<Service>().where(&Service::escalation_policy, id).order_by(&Service::name).page(25, 0))
// Objects with a `deleted_at` are left out once it is set, unless asked for.

#include "storage/sql/codec.h"

#include <string>
#include <string_view>
#include <vector>

namespace callboard {

enum class Order { ascending, descending };

enum class Comparison {
    equal,
    not_equal,
    same_text,
    in,
    not_in,
    at_least,
    below,
    above,
    contains,
    is_null,
    is_not_null,
};

struct Condition {
    /// `contains` may name several columns: one of them must match.
    std::vector<std::string> columns;
    Comparison comparison = Comparison::equal;
    std::vector<sql::Value> values;
    /// Written into the SQL instead of bound: lets the planner use indexes with a condition of their own, such as
    /// "open incidents only". For enums and flags, which have few values.
    bool constant = false;
};

/// The column of a described member.
template <class T, class M>
std::string column_of(M T::*member) {
    std::string found;
    using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto d) {
        if constexpr (std::is_same_v<decltype(d.pointer), M T::*const> ||
                      std::is_same_v<std::remove_cv_t<decltype(d.pointer)>, M T::*>) {
            if (d.pointer == member) found = api_name(d.name);
        }
    });
    ASSERT(!found.empty(), "a query may only name described members");
    return found;
}

template <class T>
class Query {
public:
    template <class M, class V>
    Query& where(M T::*member, const V& value) {
        return add(member, Comparison::equal, {sql::value_of(value)});
    }

    template <class M, class V>
    Query& where_not(M T::*member, const V& value) {
        return add(member, Comparison::not_equal, {sql::value_of(value)});
    }

    /// Equal without regard to case, as the unique indexes of names and addresses compare.
    template <class M>
    Query& where_same_text(M T::*member, std::string_view text) {
        return add(member, Comparison::same_text, {std::string{text}});
    }

    /// One of `values`; none matches nothing.
    template <class M, class V>
    Query& where_in(M T::*member, const std::vector<V>& values) {
        std::vector<sql::Value> list;
        for (const auto& value : values) list.push_back(sql::value_of(value));
        return add(member, Comparison::in, std::move(list));
    }

    /// None of `values`; an absent member is none of them.
    template <class M, class V>
    Query& where_not_in(M T::*member, const std::vector<V>& values) {
        if (values.empty()) return *this;
        std::vector<sql::Value> list;
        for (const auto& value : values) list.push_back(sql::value_of(value));
        return add(member, Comparison::not_in, std::move(list));
    }

    template <class M, class V>
    Query& at_least(M T::*member, const V& value) {
        return add(member, Comparison::at_least, {sql::value_of(value)});
    }

    template <class M, class V>
    Query& below(M T::*member, const V& value) {
        return add(member, Comparison::below, {sql::value_of(value)});
    }

    template <class M, class V>
    Query& above(M T::*member, const V& value) {
        return add(member, Comparison::above, {sql::value_of(value)});
    }

    template <class M>
    Query& is_null(M T::*member) {
        return add(member, Comparison::is_null, {});
    }

    template <class M>
    Query& is_not_null(M T::*member) {
        return add(member, Comparison::is_not_null, {});
    }

    /// Case-insensitive substring in one of the members.
    template <class... M>
    Query& contains(std::string_view text, M T::*... members) {
        conditions.push_back({{column_of(members)...}, Comparison::contains, {std::string{text}}, false});
        return *this;
    }

    template <class M>
    Query& order_by(M T::*member, Order order = Order::ascending) {
        orders.emplace_back(column_of(member), order);
        return *this;
    }

    /// `limit` < 0: all.
    Query& page(std::int64_t limit_, std::int64_t offset_ = 0) {
        limit = limit_;
        offset = offset_;
        return *this;
    }

    Query& with_deleted() {
        include_deleted = true;
        return *this;
    }

    std::vector<Condition> conditions;
    std::vector<std::pair<std::string, Order>> orders;
    std::int64_t limit = -1;
    std::int64_t offset = 0;
    bool include_deleted = false;

private:
    template <class M>
    Query& add(M T::*member, Comparison comparison, std::vector<sql::Value> values) {
        constexpr bool constant = std::is_enum_v<M> || std::is_same_v<M, bool>;
        conditions.push_back({{column_of(member)}, comparison, std::move(values), constant});
        return *this;
    }
};

}  // namespace callboard
