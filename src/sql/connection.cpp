#include "sql/connection.h"

#include <atomic>

namespace callboard::sql {

namespace {

std::size_t next_slot() {
    static std::atomic<std::size_t> slots{0};
    return slots++;
}

}  // namespace

FixedSql::FixedSql(std::string text) : text(std::move(text)), slot(next_slot()) {}

void Statement::bind(int parameter, const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return bind(parameter, *number);
    if (const auto* text = std::get_if<std::string>(&value)) return bind(parameter, std::string_view{*text});
    bind_null(parameter);
}

}  // namespace callboard::sql
