#include "storage/migrate.h"

#include <fmt/format.h>

#include <string>

#include "storage/migrations.h"

namespace callboard {

namespace {

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// A plain BIGINT PRIMARY KEY would be a second B-tree in SQLite.
std::string for_sqlite(std::string_view sql) {
    auto text = replace_all(std::string{sql}, "{pk}", "INTEGER PRIMARY KEY");
    return replace_all(std::move(text), "{clustered}", " WITHOUT ROWID");
}

std::int64_t schema_version(sql::Connection& connection) {
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version(version BIGINT NOT NULL)");
    auto& statement = connection.prepared(std::string{"SELECT max(version) FROM schema_version"});
    statement.step();
    auto version = statement.is_null(0) ? 0 : statement.integer(0);
    statement.reset();
    return version;
}

}  // namespace

void migrate(sql::Connection& connection) {
    auto version = schema_version(connection);
    if (version > static_cast<std::int64_t>(migrations.size()))
        throw sql::StorageError(sql::Failure::misuse,
                                fmt::format("the database has schema version {}, this program knows {}; "
                                            "start the version that wrote it, or a newer one",
                                            version,
                                            migrations.size()));
    for (auto next = version + 1; next <= static_cast<std::int64_t>(migrations.size()); ++next) {
        connection.execute("BEGIN IMMEDIATE");
        connection.execute(for_sqlite(migrations[static_cast<std::size_t>(next - 1)]));
        connection.execute(fmt::format("INSERT INTO schema_version(version) VALUES({})", next));
        connection.execute("COMMIT");
    }
}

}  // namespace callboard
