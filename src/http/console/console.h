#pragma once
// The console's pages, written by the server: no scripts, nothing from elsewhere, everything that people and machines
// wrote shown as text. Readers are logged in, hold an API key, or look at the demonstration.

#include "http/console/entrance.h"
#include "http/console/forms.h"
#include "http/console/log_in.h"
#include "http/console/pages.h"
#include "http/console/single_sign_on.h"
#include "http/front.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::http {

class Console {
public:
    Console(const Site& site, Router& rest, SingleSignOnOptions single_sign_on = {})
        : site_(site), log_in_(site), entrance_(site, log_in_, rest), single_sign_on_(site, log_in_, single_sign_on),
          acts_(site, rest) {}

    /// Blocks: runs on a worker's thread.
    Response answer(const Copied& request);

    static constexpr std::string_view prefix = "/console";
    /// A header that requests have to be copied with.
    static constexpr std::string_view agent_header = "User-Agent";

private:
    Response get(const Copied& request, std::string_view path);
    Response post(const Copied& request, std::string_view path);
    /// Who reads. Errors: unauthenticated.
    Result<Actor> reader_of(Tx& tx, const Copied& request) const;
    Request reading(Tx& tx, Actor reader) const;
    Response show_log_in(const Copied& request, int status, std::string_view problem, std::string_view email) const;
    /// The pages of those who are not logged in.
    Response show_entrance(const Copied& request, std::string_view path);
    Response log_in(const Copied& request);
    /// To the provider of the single sign-on, and back from there.
    Response go_to_provider(const Copied& request);
    Response come_from_provider(const Copied& request);
    /// A page with a form for somebody who is not logged in: the form is tied to the browser by a cookie.
    Response open_form(const Copied& request, const std::function<Page(std::string_view form_token)>& page) const;
    [[nodiscard]] bool came_from_open_form(const Copied& request, const QueryString& form) const;
    std::optional<Response> come_in(const Copied& request, std::string_view path);
    Response with_session(Response response, std::string_view token) const;
    Response fill_in(const Copied& request, std::string_view path);
    /// A page for somebody, in its frame.
    Response framed(const Copied& request, Tx& tx, Actor reader, const std::function<Page(View&)>& page) const;
    Response log_out(const Copied& request);
    [[nodiscard]] std::string cookie(std::string_view name, std::string_view value, int max_age_seconds) const;

    const Site& site_;
    LogIn log_in_;
    Entrance entrance_;
    SingleSignOn single_sign_on_;
    Acts acts_;
};

}  // namespace callboard::http
