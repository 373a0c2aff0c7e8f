#include "storage/migrate.h"

#include "storage/migrations.h"

#include <string>

#include <fmt/format.h>

namespace callboard {

namespace {

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// A plain BIGINT PRIMARY KEY would be a second B-tree in SQLite.
std::string for_sqlite(std::string text) {
    text = replace_all(std::move(text), "{pk}", "INTEGER PRIMARY KEY");
    return replace_all(std::move(text), "{clustered}", " WITHOUT ROWID");
}

/// Texts are compared byte by byte, as in SQLite, whatever the language of the database.
std::string for_postgres(std::string text) {
    text = replace_all(std::move(text), "{pk}", "BIGINT PRIMARY KEY");
    text = replace_all(std::move(text), "{clustered}", "");
    return replace_all(std::move(text), " TEXT", " TEXT COLLATE \"C\"");
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

void migrate(sql::Connection& connection, Dialect dialect) {
    auto version = schema_version(connection);
    if (version > static_cast<std::int64_t>(migrations.size()))
        throw sql::StorageError(sql::Failure::misuse,
                                fmt::format("the database has schema version {}, this program knows {}; "
                                            "start the version that wrote it, or a newer one",
                                            version,
                                            migrations.size()));
    for (auto next = version + 1; next <= static_cast<std::int64_t>(migrations.size()); ++next) {
        std::string text{migrations[static_cast<std::size_t>(next - 1)]};
        connection.execute(dialect == Dialect::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
        connection.execute(dialect == Dialect::sqlite ? for_sqlite(std::move(text)) : for_postgres(std::move(text)));
        connection.execute(fmt::format("INSERT INTO schema_version(version) VALUES({})", next));
        connection.execute("COMMIT");
    }
}

}  // namespace callboard
