#pragma once
// One transaction as the application sees it: typed rows in, typed rows out, one instant, growing ids.
// A writing Tx exists only inside Store::decide; a reading one inside Store::read.

#include "base/id.h"
#include "base/time.h"
#include "base/version.h"
#include "storage/insert_buffers.h"
#include "storage/query.h"
#include "storage/table.h"
#include "storage/tables.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// What falls due later. One row says that `subject` has to be looked at, at `at`.
enum class DueKind {
    incident = 1,
    housekeeping = 2,
    notification = 3,
    webhook = 4,
    heartbeat = 5,
    handoff = 6,
    webhook_drop = 7,
    alert = 10,
    responder = 11,
    responder_target = 12
};

struct Due {
    Timestamp at;
    DueKind kind = DueKind::incident;
    std::int64_t subject = 0;

    bool operator==(const Due&) const = default;
};

class Tx {
public:
    /// What a writing transaction shares with the others of its batch.
    struct Batch {
        IdSource& ids;
        std::uint64_t& config_generation;
        InsertBuffers& inserts;
    };

    /// Reads when there is no batch.
    Tx(sql::Connection& connection, Timestamp now, Batch* batch) : connection_(connection), now_(now), batch_(batch) {}

    Tx(const Tx&) = delete;
    Tx& operator=(const Tx&) = delete;

    /// The one instant of this transaction.
    [[nodiscard]] Timestamp now() const { return now_; }

    template <class AnyId>
    AnyId new_id() {
        writing();
        return AnyId{batch_->ids.next(now_)};
    }

    template <class T>
    void insert(const T& row) {
        writing();
        if constexpr (InsertBuffers::holds<T>)
            batch_->inserts.add(connection_, row);
        else
            Table<T>::insert(connection_, row);
        if constexpr (TableTraits<T>::kind != TableKind::plain) config_changed();
        if constexpr (TableTraits<T>::kind == TableKind::versioned) keep_version(row);
    }

    /// False when there is no such row.
    template <class T>
    bool update(const T& row) {
        writing();
        settle<T>();
        if (!Table<T>::update(connection_, row)) return false;
        if constexpr (TableTraits<T>::kind != TableKind::plain) config_changed();
        if constexpr (TableTraits<T>::kind == TableKind::versioned) keep_version(row);
        return true;
    }

    /// Writes some members only: set<Alert>(id, &Alert::event, text, &Alert::updated_at, now). For tables that are
    /// plain; false when there is no such row.
    template <class T, class... MembersAndValues>
    bool set(decltype(T::id) id, const MembersAndValues&... members_and_values) {
        static_assert(TableTraits<T>::kind == TableKind::plain, "configuration is written whole");
        writing();
        settle<T>();
        std::string sql{"UPDATE "};
        sql += TableTraits<T>::name;
        int parameter = 0;
        name_members<T>(sql, parameter, members_and_values...);
        sql += " WHERE id=$" + std::to_string(++parameter);
        auto& statement = connection_.prepared(sql);
        sql::Binder binder(statement);
        bind_values(binder, members_and_values...);
        binder.add(id);
        return statement.run() > 0;
    }

    template <class T>
    bool erase(decltype(T::id) id) {
        writing();
        settle<T>();
        if constexpr (TableTraits<T>::kind != TableKind::plain) config_changed();
        return Table<T>::erase(connection_, id);
    }

    /// Absent when unknown or deleted.
    template <class T>
    std::optional<T> find(decltype(T::id) id) {
        settle<T>();
        auto found = Table<T>::find(connection_, id);
        if constexpr (requires(T row) { row.deleted_at; })
            if (found && found->deleted_at) return std::nullopt;
        return found;
    }

    /// Deleted ones too: history goes on showing their names.
    template <class T>
    std::optional<T> find_even_deleted(decltype(T::id) id) {
        settle<T>();
        return Table<T>::find(connection_, id);
    }

    template <class T>
    std::vector<T> list(const Query<T>& query) {
        settle<T>();
        return Table<T>::list(connection_, query, Unreadable::left_out);
    }

    template <class T>
    std::optional<T> first(Query<T> query) {
        settle<T>();
        auto rows = Table<T>::list(connection_, query.page(1), Unreadable::thrown);
        if (rows.empty()) return std::nullopt;
        return std::move(rows.front());
    }

    template <class T>
    std::int64_t count(const Query<T>& query) {
        settle<T>();
        return Table<T>::count(connection_, query);
    }

    /// A versioned object as it was in its n-th version, and as it was at a moment (absent before it was made).
    template <class T>
    std::optional<T> version(decltype(T::id) id, int version) {
        auto json = version_json(decltype(T::id)::kind, id.value, version);
        if (!json) return std::nullopt;
        return Table<T>::from_json(*json);
    }

    template <class T>
    std::optional<T> as_of(decltype(T::id) id, Timestamp at) {
        auto json = json_as_of(decltype(T::id)::kind, id.value, at);
        if (!json) return std::nullopt;
        return Table<T>::from_json(*json);
    }

    /// The versions of an object that were valid at some moment of [since, until), oldest first; none when it was made
    /// later.
    template <class T>
    std::vector<Version<T>> versions_between(decltype(T::id) id, Timestamp since, Timestamp until) {
        std::vector<Version<T>> versions;
        for (const auto& row : json_between(decltype(T::id)::kind, id.value, since, until))
            versions.push_back({row.valid_from, Table<T>::from_json(row.object)});
        return versions;
    }

    /// The number of an object's newest version, from 1; 0 when none was kept.
    template <class T>
    int version_number(decltype(T::id) id) {
        return newest_version(decltype(T::id)::kind, id.value, Timestamp::max());
    }

    /// Of the version that held at a moment.
    template <class T>
    int version_number_at(decltype(T::id) id, Timestamp at) {
        return newest_version(decltype(T::id)::kind, id.value, at);
    }

    /// Since when a version holds.
    std::optional<Timestamp> version_begin(Kind kind, std::int64_t id, int version);

    /// Of what is no object with a table of its own: kept as a new version when it is not what the newest one says. Its
    /// number; a reading transaction keeps nothing.
    int keep_text(Kind kind, std::int64_t id, const std::string& text);

    /// The same of a number that only grows, which is its own version.
    void keep_number(Kind kind, std::int64_t id, std::int64_t number);

    void schedule(const Due& due);
    /// Removing what is not there is fine.
    void cancel(const Due& due);
    /// In order of time, at most `limit`.
    std::vector<Due> due_until(Timestamp until, int limit);
    std::optional<Timestamp> next_due_at();

    /// Small values of the account: "account.name", "ids.key" … Absent when never set.
    std::optional<std::string> setting(const std::string& name);
    void set_setting(const std::string& name, const std::string& value);

    /// The next number of a named counter, from 1.
    std::int64_t next_number(const std::string& counter);
    /// The last one that was given; 0 before the first. And the next one is to be the one after `number`.
    std::int64_t last_number(const std::string& counter);
    void set_last_number(const std::string& counter, std::int64_t number);

    /// For the few questions that no Query can put; SQL text comes from storage only (storage/reports.h).
    sql::Connection& connection() {
        if (batch_) batch_->inserts.write_out_all(connection_);
        return connection_;
    }

    /// Grows whenever configuration may have changed; caches of configuration compare it.
    [[nodiscard]] std::uint64_t config_generation() const { return batch_ ? batch_->config_generation : 0; }

    [[nodiscard]] bool has_written() const { return has_written_; }

    /// The earliest instant that schedule() was given in this transaction.
    [[nodiscard]] std::optional<Timestamp> earliest_scheduled() const { return earliest_scheduled_; }

private:
    void writing() {
        ASSERT(batch_, "a reading transaction cannot write");
        has_written_ = true;
    }

    /// New rows of this table are written before anybody looks at it.
    template <class T>
    void settle() {
        if constexpr (InsertBuffers::holds<T>)
            if (batch_) batch_->inserts.write_out<T>(connection_);
    }

    void config_changed() { ++batch_->config_generation; }

    template <class T>
    void keep_version(const T& row) {
        int version = 0;
        if constexpr (requires { row.version; }) version = row.version;
        save_version(decltype(T::id)::kind, row.id.value, version, Table<T>::to_json(row));
    }

    template <class T, class M, class V, class... Rest>
    static void name_members(std::string& sql, int& parameter, M T::*member, const V&, const Rest&... rest) {
        sql += parameter == 0 ? " SET \"" : ",\"";
        sql += column_of(member) + "\"=$" + std::to_string(++parameter);
        if constexpr (sizeof...(rest) > 0) name_members<T>(sql, parameter, rest...);
    }

    template <class Member, class V, class... Rest>
    static void bind_values(sql::Binder& binder, const Member&, const V& value, const Rest&... rest) {
        binder.add(value);
        if constexpr (sizeof...(rest) > 0) bind_values(binder, rest...);
    }

    /// Version 0: the next number.
    void save_version(Kind kind, std::int64_t id, int version, const std::string& json);
    int newest_version(Kind kind, std::int64_t id, Timestamp until);
    std::optional<std::string> newest_text(Kind kind, std::int64_t id);
    std::optional<std::string> version_json(Kind kind, std::int64_t id, int version);
    std::optional<std::string> json_as_of(Kind kind, std::int64_t id, Timestamp at);
    std::vector<Version<std::string>> json_between(Kind kind, std::int64_t id, Timestamp since, Timestamp until);

    sql::Connection& connection_;
    Timestamp now_;
    Batch* batch_;
    bool has_written_ = false;
    std::optional<Timestamp> earliest_scheduled_;
};

}  // namespace callboard
