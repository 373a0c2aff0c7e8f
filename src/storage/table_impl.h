#pragma once
// The definitions of storage/table.h; included by storage/*_tables.cpp only.

#include "storage/sql/codec.h"
#include "storage/table.h"
#include "storage/tables.h"
#include "storage/unreadable.h"

#include <fmt/format.h>

namespace callboard {

namespace table_sql {

template <class T>
std::string column_list(std::string_view format, std::string_view separator) {
    std::string out;
    int parameter = 0;
    T sample{};
    for_each_member(sample, [&](std::string_view name, const auto&) {
        if (!out.empty()) out += separator;
        out += fmt::format(fmt::runtime(format), name, ++parameter);
    });
    return out;
}

template <class T>
constexpr bool has_deleted_at = requires(T row) {
    row.deleted_at;
};

/// Ends the reading of a statement also when a row is not what it should be: left in the middle, it would give its next
/// reader no row.
struct Reading {
    explicit Reading(sql::Statement& s) : statement(s) {}

    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    ~Reading() { statement.reset(); }

    sql::Statement& statement;
};

template <class T>
T read_row(const sql::Statement& row) {
    T value{};
    int column = 0;
    for_each_member(value, [&](std::string_view, auto& member) { sql::read_column(row, column++, member); });
    return value;
}

/// "%", "_" and the escape itself are literal in what the caller searches for.
inline std::string like_pattern(std::string_view text) {
    std::string out = "%";
    for (char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return out + "%";
}

class WhereClause {
public:
    void add(const Condition& condition) {
        text_ += text_.empty() ? " WHERE " : " AND ";
        switch (condition.comparison) {
        case Comparison::equal: return compare(condition, "=");
        case Comparison::not_equal: return compare(condition, "<>");
        case Comparison::at_least: return compare(condition, ">=");
        case Comparison::below: return compare(condition, "<");
        case Comparison::above: return compare(condition, ">");
        case Comparison::is_null: text_ += quoted(condition) + " IS NULL"; return;
        case Comparison::is_not_null: text_ += quoted(condition) + " IS NOT NULL"; return;
        case Comparison::same_text:
            text_ += "lower(" + quoted(condition) + ")=lower(" + parameter(condition.values.front()) + ")";
            return;
        case Comparison::in: return in(condition);
        case Comparison::not_in:
            text_ += "(" + quoted(condition) + " IS NULL OR NOT ";
            in(condition);
            text_ += ")";
            return;
        case Comparison::contains: return contains(condition);
        }
    }

    [[nodiscard]] const std::string& text() const { return text_; }

    [[nodiscard]] const std::vector<sql::Value>& values() const { return values_; }

    std::string parameter(sql::Value value) {
        values_.push_back(std::move(value));
        return fmt::format("${}", values_.size());
    }

private:
    static std::string quoted(const Condition& condition) { return '"' + condition.columns.front() + '"'; }

    void compare(const Condition& condition, std::string_view sign) {
        text_ += quoted(condition);
        text_ += sign;
        text_ += written(condition, condition.values.front());
    }

    std::string written(const Condition& condition, const sql::Value& value) {
        const auto* number = std::get_if<std::int64_t>(&value);
        return condition.constant && number ? std::to_string(*number) : parameter(value);
    }

    void in(const Condition& condition) {
        if (condition.values.empty()) {
            text_ += "1=0";
            return;
        }
        std::string list;
        for (const auto& value : condition.values) list += (list.empty() ? "" : ",") + written(condition, value);
        text_ += quoted(condition) + " IN (" + list + ")";
    }

    void contains(const Condition& condition) {
        auto pattern = parameter(like_pattern(std::get<std::string>(condition.values.front())));
        std::string any;
        for (const auto& column : condition.columns)
            any +=
                fmt::format(R"({}lower("{}") LIKE lower({}) ESCAPE '\')", any.empty() ? "" : " OR ", column, pattern);
        text_ += "(" + any + ")";
    }

    std::string text_;
    std::vector<sql::Value> values_;
};

template <class T>
WhereClause where_of(const Query<T>& query) {
    WhereClause where;
    if constexpr (has_deleted_at<T>)
        if (!query.include_deleted) where.add({{"deleted_at"}, Comparison::is_null, {}, false});
    for (const auto& condition : query.conditions) where.add(condition);
    return where;
}

}  // namespace table_sql

template <class T>
void Table<T>::insert(sql::Connection& connection, const T& row) {
    static const sql::FixedSql sql(fmt::format("INSERT INTO {}({}) VALUES({})",
                                               TableTraits<T>::name,
                                               table_sql::column_list<T>("\"{0}\"", ","),
                                               table_sql::column_list<T>("${1}", ",")));
    auto& statement = connection.prepared(sql);
    sql::Binder binder(statement);
    for_each_member(row, [&](std::string_view, const auto& member) { binder.add(member); });
    statement.run();
}

/// Rows of one statement: half the cost of a row alone, and beyond this little more is gained.
inline constexpr std::size_t rows_per_insert = 8;

template <class T>
std::string insert_many_sql() {
    std::string values;
    int parameter = 0;
    for (std::size_t row = 0; row < rows_per_insert; ++row) {
        values += row == 0 ? "(" : ",(";
        std::size_t column = 0;
        T sample{};
        for_each_member(sample, [&](std::string_view, const auto&) {
            values += fmt::format("{}${}", column++ == 0 ? "" : ",", ++parameter);
        });
        values += ')';
    }
    return fmt::format(
        "INSERT INTO {}({}) VALUES{}", TableTraits<T>::name, table_sql::column_list<T>("\"{0}\"", ","), values);
}

template <class T>
void Table<T>::insert_all(sql::Connection& connection, std::span<const T> rows) {
    static const sql::FixedSql sql(insert_many_sql<T>());
    for (; rows.size() >= rows_per_insert; rows = rows.subspan(rows_per_insert)) {
        auto& statement = connection.prepared(sql);
        sql::Binder binder(statement);
        for (const auto& row : rows.first(rows_per_insert))
            for_each_member(row, [&](std::string_view, const auto& member) { binder.add(member); });
        statement.run();
    }
    for (const auto& row : rows) insert(connection, row);
}

template <class T>
bool Table<T>::update(sql::Connection& connection, const T& row) {
    static const sql::FixedSql sql(fmt::format(
        "UPDATE {} SET {} WHERE id=$1", TableTraits<T>::name, table_sql::column_list<T>("\"{0}\"=${1}", ",")));
    auto& statement = connection.prepared(sql);
    sql::Binder binder(statement);
    for_each_member(row, [&](std::string_view, const auto& member) { binder.add(member); });
    return statement.run() > 0;
}

template <class T>
bool Table<T>::erase(sql::Connection& connection, IdType id) {
    static const sql::FixedSql sql(fmt::format("DELETE FROM {} WHERE id=$1", TableTraits<T>::name));
    auto& statement = connection.prepared(sql);
    statement.bind(1, id.value);
    return statement.run() > 0;
}

template <class T>
std::optional<T> Table<T>::find(sql::Connection& connection, IdType id) {
    static const sql::FixedSql sql(
        fmt::format("SELECT {} FROM {} WHERE id=$1", table_sql::column_list<T>("\"{0}\"", ","), TableTraits<T>::name));
    auto& statement = connection.prepared(sql);
    statement.bind(1, id.value);
    table_sql::Reading reading{statement};
    std::optional<T> found;
    if (!statement.step()) return found;
    try {
        found = table_sql::read_row<T>(statement);
    } catch (const std::exception& problem) {
        throw UnreadableRow(TableTraits<T>::name, IdType::kind, id.value, problem.what());
    }
    return found;
}

template <class T>
std::vector<T> Table<T>::list(sql::Connection& connection, const Query<T>& query, Unreadable unreadable) {
    auto where = table_sql::where_of(query);
    auto sql = fmt::format(
        "SELECT {} FROM {}{}", table_sql::column_list<T>("\"{0}\"", ","), TableTraits<T>::name, where.text());
    std::string order;
    for (const auto& [column, direction] : query.orders)
        order += fmt::format(
            "{}\"{}\"{}", order.empty() ? " ORDER BY " : ",", column, direction == Order::descending ? " DESC" : "");
    // Every list has a stable order: ties, and lists without an order, go by id.
    order += order.empty() ? " ORDER BY id" : ",id";
    sql += order;
    if (query.limit >= 0)
        sql += fmt::format(" LIMIT {} OFFSET {}", where.parameter(query.limit), where.parameter(query.offset));
    auto& statement = connection.prepared(sql);
    int parameter = 0;
    for (const auto& value : where.values()) statement.bind(++parameter, value);
    table_sql::Reading reading{statement};
    std::vector<T> rows;
    while (statement.step()) {
        try {
            rows.push_back(table_sql::read_row<T>(statement));
        } catch (const std::exception& problem) {
            if (unreadable == Unreadable::thrown)
                throw UnreadableRow(TableTraits<T>::name, IdType::kind, statement.integer(0), problem.what());
            report_unreadable(TableTraits<T>::name, statement.integer(0), problem.what());
        }
    }
    return rows;
}

template <class T>
std::int64_t Table<T>::count(sql::Connection& connection, const Query<T>& query) {
    auto where = table_sql::where_of(query);
    auto& statement = connection.prepared(fmt::format("SELECT count(*) FROM {}{}", TableTraits<T>::name, where.text()));
    int parameter = 0;
    for (const auto& value : where.values()) statement.bind(++parameter, value);
    statement.step();
    auto total = statement.integer(0);
    statement.reset();
    return total;
}

template <class T>
std::int64_t Table<T>::last_id(sql::Connection& connection) {
    auto& statement = connection.prepared(fmt::format("SELECT max(id) FROM {}", TableTraits<T>::name));
    statement.step();
    auto last = statement.is_null(0) ? 0 : statement.integer(0);
    statement.reset();
    return last;
}

template <class T>
std::string Table<T>::to_json(const T& row) {
    std::string out;
    sql::append_json(out, row);
    return out;
}

template <class T>
T Table<T>::from_json(std::string_view json) {
    T row{};
    try {
        sql::read_json(boost::json::parse(json), row);
    } catch (const std::exception& problem) {
        throw UnreadableRow(fmt::format("kept {}", TableTraits<T>::name), IdType::kind, row.id.value, problem.what());
    }
    return row;
}

}  // namespace callboard
