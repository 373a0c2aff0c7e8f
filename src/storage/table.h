#pragma once
// A table of described structs: the statements every table has, generated from the description.
// Declared here, instantiated once per type in storage/*_tables.cpp, so that users compile quickly.

#include "sql/connection.h"
#include "storage/query.h"

#include <optional>
#include <span>
#include <vector>

namespace callboard {

/// What a list does with a row that is not what it should be, because somebody or something broke it.
enum class Unreadable {
    /// It is reported (storage/unreadable.h), and the rest goes on without it.
    left_out,
    /// Whoever needs that very row is told by an exception.
    thrown,
};

template <class T>
struct Table {
    using IdType = decltype(T::id);

    static void insert(sql::Connection& connection, const T& row);
    /// Several rows by as few statements as possible.
    static void insert_all(sql::Connection& connection, std::span<const T> rows);
    /// Writes every member; false when there is no such row.
    static bool update(sql::Connection& connection, const T& row);
    static bool erase(sql::Connection& connection, IdType id);
    /// Deleted ones included.
    static std::optional<T> find(sql::Connection& connection, IdType id);
    static std::vector<T> list(sql::Connection& connection, const Query<T>& query, Unreadable unreadable);
    static std::int64_t count(sql::Connection& connection, const Query<T>& query);
    static std::int64_t last_id(sql::Connection& connection);
    static std::string to_json(const T& row);
    static T from_json(std::string_view json);
};

/// What a table is called and how it is treated. Specialised in storage/tables.h.
template <class T>
struct TableTraits;

}  // namespace callboard
