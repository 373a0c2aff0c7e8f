#pragma once
// One row per operation. The table is the documentation: `callboard routes` prints it, tests read it, and a row
// without a scope does not compile unless it says `no_scope`.

#include "http/kit/request.h"

#include <span>
#include <string_view>

namespace callboard::http {

/// How a row touches the store: get reads a snapshot; post, put, patch and del run as one decision;
/// post_reads is a read that happens to be a POST; post_rehearses runs as a decision that is undone whatever comes of
/// it, and tells its reply.
enum class Verb { get, post, put, patch, del, post_reads, post_rehearses };

class Scope {
public:
    /// A scope's name as in OAuth tokens, "services.read".
    consteval Scope(const char* name) : name_(name) {  // NOLINT(google-explicit-constructor)
        if (name_.empty()) throw "a route needs a scope; say no_scope when it has none";
    }

    [[nodiscard]] constexpr std::string_view name() const { return name_; }

    static consteval Scope none() { return Scope(None{}); }

private:
    struct None {};

    consteval explicit Scope(None) {}

    std::string_view name_;
};

inline constexpr Scope no_scope = Scope::none();

using RouteHandler = Result<Reply> (*)(Request&);

/// Who asks whether the requester may.
enum class Reach {
    /// The router, once: by the base role, which says the same for every object of the account.
    account,
    /// The handler, when it knows whose object it is (http/kit/permit.h). Before that the router turns away those
    /// who could on no object.
    team,
};

struct Route {
    Verb verb;
    /// "/services/{id}", spelled as in the API's description.
    std::string_view path;
    Scope scope;
    Need need;
    RouteHandler handler;
    Reach reach = Reach::account;
    /// What others must be asked first: runs outside of transactions, may block, and an error ends the request.
    Result<void> (*ask_first)(Request&) = nullptr;
};

constexpr std::string_view method_of(Verb verb) {
    switch (verb) {
    case Verb::get: return "GET";
    case Verb::post:
    case Verb::post_reads:
    case Verb::post_rehearses: return "POST";
    case Verb::put: return "PUT";
    case Verb::patch: return "PATCH";
    case Verb::del: return "DELETE";
    }
    return {};
}

constexpr bool writes(Verb verb) { return verb != Verb::get && verb != Verb::post_reads; }

}  // namespace callboard::http
