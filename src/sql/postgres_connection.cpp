#include "sql/postgres_connection.h"

#include <charconv>
#include <optional>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace callboard::postgres {

namespace {

/// Run-time SQL kept prepared per connection.
constexpr std::size_t prepared_max = 256;
/// Any number that no other program takes: "callboard" by the keys of a telephone.
constexpr std::int64_t writer_lock = 225'526'273;
constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};

using Result = std::unique_ptr<PGresult, ClearResult>;

sql::Failure failure_of(std::string_view state) {
    auto of_class = [&](std::string_view two) { return state.starts_with(two); };
    if (of_class("53")) return sql::Failure::full;
    // Integrity, data that a column cannot hold, and transactions that another one got in the way of: other decisions
    // of the batch are not to blame.
    if (of_class("23") || of_class("22") || of_class("40")) return sql::Failure::constraint;
    if (of_class("42") || of_class("0A")) return sql::Failure::misuse;
    return sql::Failure::unavailable;
}

std::string_view one_line(std::string_view text) { return text.substr(0, text.find('\n')); }

[[noreturn]] void fail(PGconn* connection, const PGresult* result, std::string_view doing) {
    const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    auto message = result ? PQresultErrorMessage(result) : PQerrorMessage(connection);
    auto failure = state ? failure_of(state) : sql::Failure::unavailable;
    throw sql::StorageError(failure, fmt::format("postgresql: {} while {}", one_line(message), doing));
}

Result checked(PGconn* connection, PGresult* raw, std::string_view doing) {
    Result result(raw);
    auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(connection, result.get(), doing);
    return result;
}

/// Values travel as text: the types of parameters are those of the columns they meet.
class PostgresStatement final : public sql::Statement {
public:
    PostgresStatement(PGconn* connection, std::string name, const std::string& text)
        : connection_(connection), name_(std::move(name)), sql_(text) {
        checked(connection_, PQprepare(connection_, name_.c_str(), text.c_str(), 0, nullptr), text);
        Result described = checked(connection_, PQdescribePrepared(connection_, name_.c_str()), text);
        values_.resize(static_cast<std::size_t>(PQnparams(described.get())));
        is_null_.resize(values_.size());
        pointers_.resize(values_.size());
    }

    [[nodiscard]] const std::string& name() const { return name_; }

    void bind(int parameter, std::int64_t value) override {
        char digits[24];
        auto [end, failed] = std::to_chars(digits, digits + sizeof digits, value);
        put(parameter).assign(digits, end);
    }

    void bind(int parameter, std::string_view text) override {
        auto& value = put(parameter);
        value.assign(text);
        // No text of this engine holds the character of number 0.
        for (auto at = value.find('\0'); at != std::string::npos; at = value.find('\0', at + 1))
            value.replace(at, 1, replacement_character);
    }

    void bind_null(int parameter) override { is_null_.at(static_cast<std::size_t>(parameter) - 1) = true; }

    bool step() override {
        if (!result_) execute();
        return ++row_ < PQntuples(result_.get());
    }

    void reset() override {
        result_.reset();
        row_ = -1;
    }

    std::int64_t run() override {
        reset();
        execute();
        std::int64_t changed = 0;
        std::string_view told = PQcmdTuples(result_.get());
        std::from_chars(told.data(), told.data() + told.size(), changed);
        reset();
        return changed;
    }

    [[nodiscard]] bool is_null(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }

    [[nodiscard]] std::int64_t integer(int column) const override {
        auto digits = text(column);
        std::int64_t value = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return value;
    }

    [[nodiscard]] std::string_view text(int column) const override {
        return {PQgetvalue(result_.get(), row_, column),
                static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
    }

private:
    std::string& put(int parameter) {
        auto index = static_cast<std::size_t>(parameter) - 1;
        is_null_.at(index) = false;
        return values_[index];
    }

    void execute() {
        for (std::size_t i = 0; i < values_.size(); ++i) pointers_[i] = is_null_[i] ? nullptr : values_[i].c_str();
        auto count = static_cast<int>(values_.size());
        result_ = checked(
            connection_,
            PQexecPrepared(connection_, name_.c_str(), count, pointers_.data(), nullptr, nullptr, /*resultFormat=*/0),
            sql_);
        row_ = -1;
    }

    PGconn* connection_;
    std::string name_;
    std::string sql_;
    std::vector<std::string> values_;
    std::vector<bool> is_null_;
    std::vector<const char*> pointers_;
    Result result_;
    int row_ = -1;
};

class PostgresConnection final : public sql::Connection {
public:
    PostgresConnection(const std::string& address, Access access) : connection_(PQconnectdb(address.c_str())) {
        if (PQstatus(connection_.get()) != CONNECTION_OK) fail(connection_.get(), nullptr, "connecting");
        PQsetNoticeProcessor(
            connection_.get(), [](void*, const char*) {}, nullptr);
        PQsetClientEncoding(connection_.get(), "UTF8");
        execute("SET application_name='callboard'; SET standard_conforming_strings=on");
        if (access == Access::read_only)
            execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    }

    sql::Statement& prepared(const sql::FixedSql& sql) override {
        if (fixed_.size() <= sql.slot) fixed_.resize(sql.slot + 1);
        auto& statement = fixed_[sql.slot];
        if (!statement)
            statement =
                std::make_unique<PostgresStatement>(connection_.get(), fmt::format("fixed_{}", sql.slot), sql.text);
        statement->reset();
        return *statement;
    }

    sql::Statement& prepared(const std::string& sql) override {
        auto found = kept_.find(sql);
        if (found == kept_.end()) {
            if (kept_.size() >= prepared_max) forget_kept();
            auto name = fmt::format("kept_{}", ++named_);
            auto statement = std::make_unique<PostgresStatement>(connection_.get(), std::move(name), sql);
            found = kept_.emplace(sql, std::move(statement)).first;
        }
        found->second->reset();
        return *found->second;
    }

    void execute(const std::string& sql) override {
        checked(connection_.get(), PQexec(connection_.get(), sql.c_str()), sql);
    }

    [[nodiscard]] bool in_transaction() const override {
        auto status = PQtransactionStatus(connection_.get());
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
    }

    [[nodiscard]] bool is_alive() const { return PQstatus(connection_.get()) == CONNECTION_OK; }

private:
    void forget_kept() {
        for (const auto& [sql, statement] : kept_) execute("DEALLOCATE " + statement->name());
        kept_.clear();
    }

    struct Close {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };

    std::unique_ptr<PGconn, Close> connection_;
    std::vector<std::unique_ptr<PostgresStatement>> fixed_;
    std::unordered_map<std::string, std::unique_ptr<PostgresStatement>> kept_;
    std::uint64_t named_ = 0;
};

}  // namespace

bool is_address(std::string_view address) {
    return address.starts_with("postgresql://") || address.starts_with("postgres://");
}

std::unique_ptr<sql::Connection> open(const std::string& address, Access access) {
    return std::make_unique<PostgresConnection>(address, access);
}

bool is_alive(const sql::Connection& connection) {
    return dynamic_cast<const PostgresConnection&>(connection).is_alive();
}

bool try_to_lock(sql::Connection& connection) {
    auto& statement = connection.prepared(fmt::format("SELECT pg_try_advisory_lock({})::int", writer_lock));
    statement.step();
    bool locked = statement.integer(0) == 1;
    statement.reset();
    return locked;
}

}  // namespace callboard::postgres
