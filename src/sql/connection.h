#pragma once
// The seam to a database engine: prepared statements over one connection, nothing else. Everything above
// speaks one SQL text (docs/decisions/0004-one-sql-text.md); an engine only binds, steps and maps its errors.

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace callboard::sql {

enum class Failure {
    constraint,   // a unique or check rule said no: the statement failed, the transaction lives
    full,         // no space: the transaction is gone
    unavailable,  // I/O error, corrupt, lost connection: the transaction is gone
    misuse,       // wrong SQL: a bug of ours
};

/// The database could not do it. Thrown by engines only; caught by the writer, the request loop and main.
class StorageError : public std::runtime_error {
public:
    StorageError(Failure failure, const std::string& what) : std::runtime_error(what), failure(failure) {}

    Failure failure;
};

using Value = std::variant<std::nullptr_t, std::int64_t, std::string>;

/// SQL whose text never changes. Its slot makes finding the prepared statement an array access.
class FixedSql {
public:
    explicit FixedSql(std::string text);

    const std::string text;
    const std::size_t slot;
};

/// Parameters are $1, $2 …; columns count from 0. Texts bound must live until the statement was stepped.
class Statement {
public:
    Statement() = default;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    virtual ~Statement() = default;

    virtual void bind(int parameter, std::int64_t value) = 0;
    virtual void bind(int parameter, std::string_view text) = 0;
    virtual void bind_null(int parameter) = 0;
    void bind(int parameter, const Value& value);

    /// True while there is a row to read. Throws StorageError (after resetting the statement).
    virtual bool step() = 0;
    virtual void reset() = 0;
    /// Steps a statement that yields no row, and resets it. Returns how many rows it changed.
    virtual std::int64_t run() = 0;

    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
    /// Valid until the next step or reset.
    [[nodiscard]] virtual std::string_view text(int column) const = 0;
};

class Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    virtual Statement& prepared(const FixedSql& sql) = 0;
    /// For SQL put together at run time; a bounded number of them is kept prepared.
    virtual Statement& prepared(const std::string& sql) = 0;
    /// One or more statements without parameters.
    virtual void execute(const std::string& sql) = 0;
    /// False once an error has ended the transaction by itself.
    [[nodiscard]] virtual bool in_transaction() const = 0;
};

}  // namespace callboard::sql
