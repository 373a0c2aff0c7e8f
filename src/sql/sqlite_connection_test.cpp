#include "chance.h"
#include "sql/sqlite_connection.h"

#include <filesystem>
#include <map>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

namespace callboard {

namespace {

using Rows = std::map<std::int64_t, std::string>;

const sql::FixedSql insert{"INSERT INTO rows (key, text) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET text = $2"};
const sql::FixedSql select{"SELECT key, text FROM rows ORDER BY key"};

void put(sql::Connection& connection, Rows& rows, chance::Chance& chance) {
    // Keys without order, so that pages in the middle are split and put in order.
    auto key = chance.between(1, 1'000'000'000);
    auto text = std::string(static_cast<std::size_t>(chance.between(0, 900)), static_cast<char>('a' + key % 26));
    auto& statement = connection.prepared(insert);
    statement.bind(1, key);
    statement.bind(2, std::string_view{text});
    statement.run();
    rows[key] = text;
}

Rows stored(sql::Connection& connection) {
    Rows rows;
    auto& statement = connection.prepared(select);
    while (statement.step()) rows.emplace(statement.integer(0), statement.text(1));
    statement.reset();
    return rows;
}

/// A transaction whose parts and whose whole are undone now and then.
void transact(sql::Connection& connection, Rows& rows, chance::Chance& chance) {
    auto before = rows;
    connection.execute("BEGIN IMMEDIATE");
    for (auto parts = chance.between(1, 4); parts > 0; --parts) {
        auto kept = rows;
        connection.execute("SAVEPOINT part");
        for (auto count = chance.between(1, 60); count > 0; --count) put(connection, rows, chance);
        bool undone = chance.one_in(3);
        connection.execute(undone ? "ROLLBACK TO part; RELEASE part" : "RELEASE part");
        if (undone) rows = std::move(kept);
    }
    bool undone = chance.one_in(4);
    connection.execute(undone ? "ROLLBACK" : "COMMIT");
    if (undone) rows = std::move(before);
}

}  // namespace

TEST_CASE("what is undone is gone from the pages in memory too, whatever their order") {
    auto path = std::filesystem::temp_directory_path() / fmt::format("callboard-pages-{}.db", chance::seed());
    std::filesystem::remove(path);
    for (int cache_kib : {40, 65'536}) {
        CAPTURE(cache_kib);
        chance::Chance chance{chance::seed()};
        auto connection = sqlite::open({.path = path, .cache_kib = cache_kib});
        connection->execute("DROP TABLE IF EXISTS rows; CREATE TABLE rows (key INTEGER PRIMARY KEY, text TEXT);"
                            "CREATE INDEX texts ON rows (text)");
        Rows rows;
        for (int i = 0; i < 60; ++i) {
            transact(*connection, rows, chance);
            if (i % 7 == 0) sqlite::checkpoint_passive(*connection);
            REQUIRE(stored(*connection) == rows);
        }
        auto& check = connection->prepared("PRAGMA integrity_check");
        REQUIRE(check.step());
        CHECK(check.text(0) == "ok");
        check.reset();
        CHECK(stored(*sqlite::open({.path = path, .access = sqlite::Access::read_only})) == rows);
        connection.reset();
    }
    for (const auto* rest : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + rest);
}

TEST_CASE("pages of what was undone within a transaction leave memory at its end") {
    auto path = std::filesystem::temp_directory_path() / fmt::format("callboard-undone-{}.db", chance::seed());
    std::filesystem::remove(path);
    // What SQLite is told when it begins holds for all connections; only one of its own says how much it keeps.
    auto connection = sqlite::open({.path = path});
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
    auto run = [&](const char* text) { REQUIRE(sqlite3_exec(other, text, nullptr, nullptr, nullptr) == SQLITE_OK); };
    auto used = [&] {
        int now = 0;
        int most = 0;
        sqlite3_db_status(other, SQLITE_DBSTATUS_CACHE_USED, &now, &most, 0);
        return now;
    };
    run("CREATE TABLE rows (key INTEGER PRIMARY KEY, text TEXT); INSERT INTO rows VALUES (1, 'a')");
    auto before = used();
    run("BEGIN; UPDATE rows SET text = 'b'; SAVEPOINT part;"
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
        "INSERT INTO rows SELECT i, hex(zeroblob(1000)) FROM n;"
        "ROLLBACK TO part; RELEASE part");
    CHECK(used() > 10 * before);

    run("COMMIT");

    CHECK(used() < 2 * before);
    sqlite3_close(other);
    connection.reset();
    for (const auto* rest : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + rest);
}

}  // namespace callboard
