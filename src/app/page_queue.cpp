#include "app/page_queue.h"

#include <algorithm>
#include <tuple>

namespace callboard {

std::optional<Page> PageQueue::put(Waiting waiting) {
    Key key{waiting.page.urgency, waiting.page.to};
    auto [line, is_new] = lines_.try_emplace(key, Line{turns_.at(static_cast<std::size_t>(key.urgency)), {}});
    auto id = waiting.page.notification;
    if (line->second.messages.insert_or_assign(id, std::move(waiting)).second) ++size_;
    if (size_ <= room_) return std::nullopt;
    auto last_of = [](const auto& entry) {
        const auto& messages = entry.second.messages;
        return std::tuple(entry.first.urgency, messages.size(), messages.rbegin()->first);
    };
    auto longest = std::ranges::max_element(lines_, {}, last_of);
    return remove({longest, std::prev(longest->second.messages.end())}).page;
}

std::optional<PageQueue::Waiting> PageQueue::take(const MayLeave& may_leave) {
    auto place = next(may_leave);
    if (!place) return std::nullopt;
    auto& line = lines_.at(place->line->first);
    turns_.at(static_cast<std::size_t>(place->line->first.urgency)) = line.turns++;
    return remove(*place);
}

bool PageQueue::has(const MayLeave& may_leave) const { return next(may_leave).has_value(); }

std::vector<Page> PageQueue::take_all() {
    std::vector<Page> pages;
    while (auto waiting = take([](const Waiting&) { return true; })) pages.push_back(std::move(waiting->page));
    return pages;
}

std::optional<PageQueue::Place> PageQueue::next(const MayLeave& may_leave) const {
    std::optional<Place> best;
    auto order = [](const Place& place) {
        return std::tuple(place.line->first.urgency, place.line->second.turns, place.message->first);
    };
    for (auto line = lines_.begin(); line != lines_.end(); ++line) {
        const auto& messages = line->second.messages;
        auto first = std::ranges::find_if(messages, [&](const auto& entry) { return may_leave(entry.second); });
        if (first == messages.end()) continue;
        Place place{line, first};
        if (!best || order(place) < order(*best)) best = place;
    }
    return best;
}

PageQueue::Waiting PageQueue::remove(const Place& place) {
    auto line = lines_.find(place.line->first);
    auto message = line->second.messages.find(place.message->first);
    auto waiting = std::move(message->second);
    line->second.messages.erase(message);
    if (line->second.messages.empty()) lines_.erase(line);
    --size_;
    return waiting;
}

}  // namespace callboard
