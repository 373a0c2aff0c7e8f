#pragma once
// The console's forms: pages that ask for something, and what is done with the answer. Whatever REST can do is done by
// the same REST operation, in the name of who is logged in, so its rules and its words are the same.

#include "http/console/pages.h"
#include "http/kit/router.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::http {

/// A form as it came back, with what was wrong with it; empty on the first look.
struct SentForm {
    QueryString values;
    std::vector<std::string> problems;
};

/// The page of a form at this address; absent where there is none. `query` is that of the address.
std::optional<Page> form_page(View& view, const std::vector<std::string_view>& segments, const QueryString& query);

/// What came of a form: either somewhere else to go, or a page to show.
struct Acted {
    std::string redirect;
    std::function<Page(View&)> page;
};

class Acts {
public:
    Acts(const Site& site, Router& rest) : site_(site), rest_(rest) {}

    /// Absent where no form leads. Blocks: runs on a worker's thread.
    std::optional<Acted> act(const User& user, const std::vector<std::string_view>& segments, const QueryString& form);

private:
    /// The problems in REST's own words; none when it succeeded.
    struct Done {
        std::vector<std::string> problems;
        json::value body;
    };

    Done rest(const User& user, std::string method, const std::string& target, json::value body);
    Acted create_key(const User& user, const QueryString& form);
    Acted change_key(const User& user, std::string_view id, std::string_view what);
    Acted add_integration(const User& user, std::string_view service, const QueryString& form);
    Acted rename_integration(const User& user, std::string_view service, std::string_view id, const QueryString& form);
    Acted create_service(const User& user, const QueryString& form);
    Acted page_as_a_test(const User& user, std::string_view service);
    Acted invite(const User& user, std::string_view id);
    Acted answer_incident(const User& user, std::string_view id, std::string_view what);

    const Site& site_;
    Router& rest_;
};

/// Whether who looks may do `need` with the service's things. Never for guests and API keys: they have no forms.
bool may(View& view, const Service& service, Need need);

/// One button that posts: nothing for those who have no forms.
Html button_form(View& view, const std::string& action, std::string_view word, std::string_view style);

}  // namespace callboard::http
