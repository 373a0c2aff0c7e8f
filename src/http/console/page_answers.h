#pragma once
// The pages behind the links that a message carries. They work without a login and without scripts. Looking at one
// changes nothing, since mail filters and chat previews look too; its one button does, whenever it is pressed: whoever
// presses it half asleep means now, also with an old message about an incident that was acknowledged before. But each
// press acts once: a browser that sends its last form again, as telephones do when they bring back a tab, must not
// acknowledge what somebody else is about to be called for.

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
    enum class Press { first, repeated };

    Response ask(const PageRequest& asked, const std::string& target, Press press);
    Response act(const PageRequest& asked, const Copied& request);
    Response refused(const PageRequest& asked);

    const Site& site_;
    PageLinks links_;
};

}  // namespace callboard::http
