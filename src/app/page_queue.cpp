#include "app/page_queue.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace callboard {

namespace {

/// So many of high urgency go, then it is low urgency's turn.
constexpr int high_in_a_row_max = PageQueue::low_share - 1;

std::size_t place_of(Urgency urgency) { return static_cast<std::size_t>(urgency); }

}  // namespace

std::optional<Page> PageQueue::put(Waiting waiting) {
    Key key{waiting.page.urgency, waiting.page.to};
    auto line = lines_.try_emplace(key, Line{turns_.at(place_of(key.urgency)), {}}).first;
    auto id = waiting.page.notification;
    if (line->second.messages.insert_or_assign(id, std::move(waiting)).second) ++sizes_.at(place_of(key.urgency));
    if (size() <= room_) return std::nullopt;
    return remove(last_of_longest()).page;
}

PageQueue::Place PageQueue::last_of_longest() const {
    // Who never finds room never has a turn.
    bool low_goes = sizes_.at(place_of(Urgency::low)) > room_ / low_share;
    auto last_of = [&](const auto& entry) {
        const auto& messages = entry.second.messages;
        bool is_low = entry.first.urgency == Urgency::low;
        return std::tuple(is_low == low_goes, messages.size(), messages.rbegin()->first);
    };
    auto longest = std::ranges::max_element(lines_, {}, last_of);
    return {longest, std::prev(longest->second.messages.end())};
}

std::optional<PageQueue::Waiting> PageQueue::take(const MayLeave& may_leave) {
    auto place = next(may_leave);
    if (!place) return std::nullopt;
    auto urgency = place->line->first.urgency;
    // A line that had to stand still may be behind: whoever opens one joins the round of the others.
    auto& turns = turns_.at(place_of(urgency));
    turns = std::max(turns, ++lines_.at(place->line->first).turns);
    auto taken = remove(*place);
    taken.counted = count_of(urgency);
    high_in_a_row_ += taken.counted;
    return taken;
}

int PageQueue::count_of(Urgency urgency) const {
    if (urgency == Urgency::high) return high_in_a_row_ < high_in_a_row_max ? 1 : 0;
    // Turns that nobody else wanted are not held against it.
    return -std::clamp(high_in_a_row_, 0, high_in_a_row_max);
}

void PageQueue::give_turn_back(Waiting& taken) { high_in_a_row_ -= std::exchange(taken.counted, 0); }

bool PageQueue::has(const MayLeave& may_leave) const { return next(may_leave).has_value(); }

std::vector<Page> PageQueue::take_all() {
    std::vector<Page> pages;
    while (auto waiting = take([](const Waiting&) { return true; })) pages.push_back(std::move(waiting->page));
    return pages;
}

std::optional<PageQueue::Place> PageQueue::next(const MayLeave& may_leave) const {
    std::optional<Place> best;
    auto goes_first = high_in_a_row_ < high_in_a_row_max ? Urgency::high : Urgency::low;
    auto order = [&](const Place& place) {
        return std::tuple(place.line->first.urgency != goes_first, place.line->second.turns, place.message->first);
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
    --sizes_.at(place_of(line->first.urgency));
    if (line->second.messages.empty()) lines_.erase(line);
    return waiting;
}

}  // namespace callboard
