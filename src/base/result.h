#pragma once
// Result<T>: a value or an Error, for failures that are part of the contract. TRY returns the error to the
// caller; ASSERT states what only a bug of ours can break and stays on in release builds.

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>
#include <variant>

#include "base/error.h"

namespace callboard {

template <class T>
class [[nodiscard]] Result {
public:
    // NOLINTNEXTLINE(google-explicit-constructor): `return value;` and `return error;` are the point.
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}

    // NOLINTNEXTLINE(google-explicit-constructor)
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const { return state_.index() == 0; }

    explicit operator bool() const { return ok(); }

    T& value() & { return std::get<0>(state_); }

    const T& value() const& { return std::get<0>(state_); }

    T&& value() && { return std::get<0>(std::move(state_)); }

    const Error& error() const& { return std::get<1>(state_); }

    Error&& error() && { return std::get<1>(std::move(state_)); }

    T& operator*() & { return value(); }

    const T& operator*() const& { return value(); }

    T&& operator*() && { return std::move(*this).value(); }

    T* operator->() { return &value(); }

    const T* operator->() const { return &value(); }

private:
    std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;

    // NOLINTNEXTLINE(google-explicit-constructor)
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const { return !error_; }

    explicit operator bool() const { return ok(); }

    const Error& error() const& { return *error_; }

    Error&& error() && { return *std::move(error_); }

private:
    std::optional<Error> error_;
};

[[noreturn]] inline void assertion_failed(const char* condition, const char* why, const char* file, int line) {
    std::fprintf(stderr, "callboard: %s:%d: assertion failed: %s (%s)\n", file, line, condition, why);
    std::abort();
}

}  // namespace callboard

#define CALLBOARD_JOIN_(a, b) a##b
#define CALLBOARD_JOIN(a, b) CALLBOARD_JOIN_(a, b)

/// TRY(auto x, expression); declares x or returns the error.
#define TRY(declaration, ...)                                                       \
    auto CALLBOARD_JOIN(try_result_, __LINE__) = (__VA_ARGS__);                     \
    if (!CALLBOARD_JOIN(try_result_, __LINE__).ok())                                \
        return std::move(CALLBOARD_JOIN(try_result_, __LINE__)).error();            \
    declaration = std::move(CALLBOARD_JOIN(try_result_, __LINE__)).value()

/// CHECK_OK(expression); returns the error of a Result<void> or any Result whose value is not wanted.
#define CHECK_OK(...)                                                               \
    do {                                                                            \
        if (auto check_result_ = (__VA_ARGS__); !check_result_.ok())                \
            return std::move(check_result_).error();                                \
    } while (false)

#define ASSERT(condition, why) \
    ((condition) ? static_cast<void>(0) : ::callboard::assertion_failed(#condition, why, __FILE__, __LINE__))
