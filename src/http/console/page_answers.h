#pragma once
// The pages behind the links that a message carries. They work without a login and without scripts. Looking at one
// changes nothing, since mail filters and chat previews look too; its one button does.

#include "app/page_message.h"
#include "http/front.h"

namespace callboard::http {

class PageAnswers {
public:
    PageAnswers(const Site& site, PageLinks links) : site_(site), links_(std::move(links)) {}

    /// Blocks: runs on a worker's thread.
    Response answer(const Copied& request);

    static constexpr std::string_view prefix = "/p";

private:
    Response ask(const PageRequest& asked, const std::string& target);
    Response act(const PageRequest& asked);
    Response refused(const PageRequest& asked);

    const Site& site_;
    PageLinks links_;
};

}  // namespace callboard::http
