#include "storage/tx.h"

namespace callboard {

namespace {

std::optional<std::string> one_text(sql::Statement& statement) {
    std::optional<std::string> found;
    if (statement.step()) found = std::string{statement.text(0)};
    statement.reset();
    return found;
}

}  // namespace

void Tx::schedule(const Due& due) {
    static const sql::FixedSql sql(R"(INSERT INTO due("at",kind,subject) VALUES($1,$2,$3) ON CONFLICT DO NOTHING)");
    writing();
    auto& statement = connection_.prepared(sql);
    statement.bind(1, to_micros(due.at));
    statement.bind(2, static_cast<std::int64_t>(due.kind));
    statement.bind(3, due.subject);
    statement.run();
    if (!earliest_scheduled_ || due.at < *earliest_scheduled_) earliest_scheduled_ = due.at;
}

void Tx::cancel(const Due& due) {
    static const sql::FixedSql sql(R"(DELETE FROM due WHERE "at"=$1 AND kind=$2 AND subject=$3)");
    writing();
    auto& statement = connection_.prepared(sql);
    statement.bind(1, to_micros(due.at));
    statement.bind(2, static_cast<std::int64_t>(due.kind));
    statement.bind(3, due.subject);
    statement.run();
}

std::vector<Due> Tx::due_until(Timestamp until, int limit) {
    static const sql::FixedSql sql(
        R"(SELECT "at",kind,subject FROM due WHERE "at"<=$1 ORDER BY "at",kind,subject LIMIT $2)");
    auto& statement = connection_.prepared(sql);
    statement.bind(1, to_micros(until));
    statement.bind(2, static_cast<std::int64_t>(limit));
    std::vector<Due> rows;
    while (statement.step())
        rows.push_back(
            {from_micros(statement.integer(0)), static_cast<DueKind>(statement.integer(1)), statement.integer(2)});
    statement.reset();
    return rows;
}

std::optional<Timestamp> Tx::next_due_at() {
    static const sql::FixedSql sql(R"(SELECT "at" FROM due ORDER BY "at",kind,subject LIMIT 1)");
    auto& statement = connection_.prepared(sql);
    std::optional<Timestamp> at;
    if (statement.step()) at = from_micros(statement.integer(0));
    statement.reset();
    return at;
}

std::optional<std::string> Tx::setting(const std::string& name) {
    static const sql::FixedSql sql("SELECT value FROM settings WHERE name=$1");
    auto& statement = connection_.prepared(sql);
    statement.bind(1, std::string_view{name});
    return one_text(statement);
}

void Tx::set_setting(const std::string& name, const std::string& value) {
    static const sql::FixedSql sql(
        "INSERT INTO settings(name,value) VALUES($1,$2) ON CONFLICT(name) DO UPDATE SET value=excluded.value");
    writing();
    auto& statement = connection_.prepared(sql);
    statement.bind(1, std::string_view{name});
    statement.bind(2, std::string_view{value});
    statement.run();
}

std::int64_t Tx::last_number(const std::string& counter) {
    static const sql::FixedSql sql("SELECT value FROM counters WHERE name=$1");
    auto& statement = connection_.prepared(sql);
    statement.bind(1, std::string_view{counter});
    std::int64_t number = 0;
    while (statement.step()) number = statement.integer(0);
    statement.reset();
    return number;
}

void Tx::set_last_number(const std::string& counter, std::int64_t number) {
    static const sql::FixedSql sql(
        "INSERT INTO counters(name,value) VALUES($1,$2) ON CONFLICT(name) DO UPDATE SET value=excluded.value");
    writing();
    auto& statement = connection_.prepared(sql);
    statement.bind(1, std::string_view{counter});
    statement.bind(2, number);
    statement.run();
}

std::int64_t Tx::next_number(const std::string& counter) {
    static const sql::FixedSql sql(
        "INSERT INTO counters(name,value) VALUES($1,1) ON CONFLICT(name) DO UPDATE SET value=counters.value+1 "
        "RETURNING value");
    writing();
    auto& statement = connection_.prepared(sql);
    statement.bind(1, std::string_view{counter});
    std::int64_t number = 0;
    while (statement.step()) number = statement.integer(0);
    statement.reset();
    return number;
}

void Tx::save_version(Kind kind, std::int64_t id, int version, const std::string& json) {
    static const sql::FixedSql given(
        "INSERT INTO config_versions(kind,object_id,valid_from,body,version) VALUES($1,$2,$3,$4,$5) "
        "ON CONFLICT(kind,object_id,valid_from) DO UPDATE SET version=excluded.version, body=excluded.body");
    // Changed twice at one instant it is one version.
    static const sql::FixedSql counted(
        "INSERT INTO config_versions(kind,object_id,valid_from,body,version) VALUES($1,$2,$3,$4,"
        "COALESCE((SELECT max(version) FROM config_versions WHERE kind=$1 AND object_id=$2 AND valid_from<>$3),0)+1) "
        "ON CONFLICT(kind,object_id,valid_from) DO UPDATE SET body=excluded.body");
    auto& statement = connection_.prepared(version == 0 ? counted : given);
    statement.bind(1, static_cast<std::int64_t>(kind));
    statement.bind(2, id);
    statement.bind(3, to_micros(now_));
    statement.bind(4, std::string_view{json});
    if (version != 0) statement.bind(5, static_cast<std::int64_t>(version));
    statement.run();
}

int Tx::newest_version(Kind kind, std::int64_t id, Timestamp until) {
    static const sql::FixedSql sql(
        "SELECT version FROM config_versions WHERE kind=$1 AND object_id=$2 AND valid_from<=$3 "
        "ORDER BY valid_from DESC LIMIT 1");
    auto& statement = connection_.prepared(sql);
    statement.bind(1, static_cast<std::int64_t>(kind));
    statement.bind(2, id);
    statement.bind(3, to_micros(until));
    auto version = statement.step() ? static_cast<int>(statement.integer(0)) : 0;
    statement.reset();
    return version;
}

std::optional<Timestamp> Tx::version_begin(Kind kind, std::int64_t id, int version) {
    static const sql::FixedSql sql(
        "SELECT valid_from FROM config_versions WHERE kind=$1 AND object_id=$2 AND version=$3 "
        "ORDER BY valid_from LIMIT 1");
    auto& statement = connection_.prepared(sql);
    statement.bind(1, static_cast<std::int64_t>(kind));
    statement.bind(2, id);
    statement.bind(3, static_cast<std::int64_t>(version));
    std::optional<Timestamp> begin;
    if (statement.step()) begin = from_micros(statement.integer(0));
    statement.reset();
    return begin;
}

int Tx::keep_text(Kind kind, std::int64_t id, const std::string& text) {
    bool is_same = newest_text(kind, id) == text;
    if (batch_ && !is_same) {
        writing();
        save_version(kind, id, 0, text);
    }
    return newest_version(kind, id, Timestamp::max());
}

void Tx::keep_number(Kind kind, std::int64_t id, std::int64_t number) {
    writing();
    save_version(kind, id, static_cast<int>(number), std::to_string(number));
}

std::optional<std::string> Tx::newest_text(Kind kind, std::int64_t id) {
    static const sql::FixedSql sql(
        "SELECT body FROM config_versions WHERE kind=$1 AND object_id=$2 ORDER BY valid_from DESC LIMIT 1");
    auto& statement = connection_.prepared(sql);
    statement.bind(1, static_cast<std::int64_t>(kind));
    statement.bind(2, id);
    return one_text(statement);
}

std::optional<std::string> Tx::version_json(Kind kind, std::int64_t id, int version) {
    static const sql::FixedSql sql("SELECT body FROM config_versions WHERE kind=$1 AND object_id=$2 AND version=$3 "
                                   "ORDER BY valid_from DESC LIMIT 1");
    auto& statement = connection_.prepared(sql);
    statement.bind(1, static_cast<std::int64_t>(kind));
    statement.bind(2, id);
    statement.bind(3, static_cast<std::int64_t>(version));
    return one_text(statement);
}

std::optional<std::string> Tx::json_as_of(Kind kind, std::int64_t id, Timestamp at) {
    static const sql::FixedSql sql("SELECT body FROM config_versions WHERE kind=$1 AND object_id=$2 AND valid_from<=$3 "
                                   "ORDER BY valid_from DESC LIMIT 1");
    auto& statement = connection_.prepared(sql);
    statement.bind(1, static_cast<std::int64_t>(kind));
    statement.bind(2, id);
    statement.bind(3, to_micros(at));
    return one_text(statement);
}

std::vector<Version<std::string>> Tx::json_between(Kind kind, std::int64_t id, Timestamp since, Timestamp until) {
    static const sql::FixedSql sql(
        "SELECT valid_from, body FROM config_versions WHERE kind=$1 AND object_id=$2 AND valid_from<$3 "
        "AND valid_from>=COALESCE((SELECT max(valid_from) FROM config_versions "
        "WHERE kind=$1 AND object_id=$2 AND valid_from<=$4),$4) ORDER BY valid_from");
    auto& statement = connection_.prepared(sql);
    statement.bind(1, static_cast<std::int64_t>(kind));
    statement.bind(2, id);
    statement.bind(3, to_micros(until));
    statement.bind(4, to_micros(since));
    std::vector<Version<std::string>> rows;
    while (statement.step()) rows.push_back({from_micros(statement.integer(0)), std::string{statement.text(1)}});
    statement.reset();
    return rows;
}

}  // namespace callboard
