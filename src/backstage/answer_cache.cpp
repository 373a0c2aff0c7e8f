#include "backstage/answer_cache.h"

#include "backstage/json_read.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

/// More than one, so that a slow answer does not make everybody wait for the next.
constexpr int out_max = 2;
/// An open page asks every 20 seconds: what was used within this time will be used again.
constexpr auto used_lately = seconds{30};
/// For how long a question goes with fewer, or alone, after one about several did not answer it.
constexpr auto narrow_time = minutes{10};
/// By how much fewer: the one that is to blame is soon alone, and the others are not for long.
constexpr std::size_t narrowing = 4;
/// Until then what was known is given when the other side may not be asked.
constexpr auto stale_max = hours{1};
/// By how much longer answers are kept when the budget is scarce.
constexpr int stretch = 6;
constexpr int pages_max = 20;

std::string key_of(const Question& question) {
    if (!question.same_as.empty()) return question.same_as;
    auto key = question.method + " " + question.target;
    if (!question.body.is_null()) key += "\n" + json::serialize(question.body);
    return key;
}

Answer kept_answer(const std::shared_ptr<const Answer::Known>& known, int status) {
    Answer answer;
    answer.status = status;
    answer.body = known->body;
    answer.as_of = known->as_of;
    return answer;
}

/// Of a question about many: one of its ids may be to blame, or there is no such question there.
bool may_be_of_one(const Answer& answer) {
    return answer.end == Answer::End::answered &&
           (answer.status == 400 || answer.status == 404 || answer.status == 413 || answer.status == 414);
}

/// It would be refused again.
bool is_refusal(const Answer& answer) {
    return answer.end == Answer::End::answered && answer.status >= 400 && answer.status < 500 && answer.status != 429;
}

/// What comes in between two pages moves the last of one to the next: it is there once.
void append_new(json::array& items, const json::array& more) {
    std::set<std::string, std::less<>> there;
    for (const auto& item : items) there.insert(std::string{text_at(item, "id")});
    for (const auto& item : more)
        if (auto id = text_at(item, "id"); id.empty() || there.insert(std::string{id}).second) items.push_back(item);
}

/// All pages as one answer; nothing when that did not work and each should be asked alone.
std::optional<Answer> ask_all(const Question& one, const std::vector<std::string>& ids, const AnswerCache::Ask& ask) {
    auto question = one;
    one.family->name_all(question, ids);
    auto target = question.target;
    auto paged = one.family->paged;
    auto answer = ask(question);
    std::size_t offset = 0;
    for (int pages = 1; answer.ok() && !paged.empty(); ++pages) {
        const auto* more = member(answer.body, {"more"});
        if (!more || !more->is_bool() || !more->get_bool()) break;
        if (pages == pages_max) return std::nullopt;
        auto& items = answer.body.get_object()[paged];
        if (!items.is_array()) return std::nullopt;
        if (pages == 1) offset = items.get_array().size();
        question.target = fmt::format("{}&offset={}", target, offset);
        auto next = ask(question);
        if (!next.ok()) return next;
        const auto& page = list_at(next.body, paged);
        if (page.empty()) return std::nullopt;
        offset += page.size();
        append_new(items.get_array(), page);
        answer.body.get_object()["more"] = value_at(next.body, {"more"});
    }
    if (may_be_of_one(answer)) return std::nullopt;
    return answer;
}

}  // namespace

Duration AnswerCache::age_max(Freshness freshness, Supply supply) {
    int times = supply == Supply::scarce ? stretch : 1;
    switch (freshness) {
    case Freshness::live: return seconds{0};
    case Freshness::moments: return times * seconds{10};
    case Freshness::directory: return times * minutes{5};
    case Freshness::statistics: return times * hours{1};
    }
    return seconds{0};
}

/// Under the mutex, as all that follow.
AnswerCache::Shared AnswerCache::entry_of(const Question& question) {
    auto key = key_of(question);
    auto found = entries_.find(key);
    if (found != entries_.end()) {
        order_.splice(order_.begin(), order_, found->second->place);
        return found->second;
    }
    if (entries_.size() >= entries_max) {
        entries_.erase(order_.back());
        order_.pop_back();
    }
    order_.push_front(key);
    auto entry = std::make_shared<Entry>();
    entry->place = order_.begin();
    entry->family = question.family;
    entry->id = question.id;
    entries_.emplace(key, entry);
    return entry;
}

/// How many it may be asked together with, itself included.
std::size_t AnswerCache::together(const Entry& entry, Timestamp now) {
    if (!entry.family) return 1;
    return now < entry.narrow_until ? entry.together_max : entry.family->ids_max;
}

/// While questions of a family are out, who comes waits and goes with the next.
bool AnswerCache::may_go(const Entry& entry, Timestamp now) const {
    if (entry.asking) return false;
    auto out = out_.find(entry.family);
    return together(entry, now) == 1 || out == out_.end() || out->second < out_max;
}

/// With it what is waited for, and then what was used the longest ago of what is in use: that is asked for next.
std::vector<AnswerCache::Shared> AnswerCache::batch_of(const Shared& entry, Timestamp now, Duration age) const {
    std::vector<Shared> batch{entry};
    auto room = together(*entry, now);
    if (room == 1) return batch;
    std::vector<Shared> wanted;
    std::vector<Shared> soon;
    for (auto key = order_.rbegin(); key != order_.rend(); ++key) {
        const auto& other = entries_.at(*key);
        if (other == entry || other->family != entry->family || other->asking) continue;
        bool old = !other->known || other->outdated || now - other->known->as_of > age / 2;
        if (other->waiting > 0)
            wanted.push_back(other);
        else if (old && now - other->used_at <= used_lately && !is_refusal(other->last))
            soon.push_back(other);
    }
    wanted.insert(wanted.end(), soon.begin(), soon.end());
    for (auto& other : wanted) {
        auto fewer = std::min(room, together(*other, now));
        if (batch.size() >= fewer) continue;
        room = fewer;
        batch.push_back(std::move(other));
    }
    return batch;
}

void AnswerCache::settle(Entry& entry, Answer answer) {
    if (answer.ok()) {
        entry.known = std::make_shared<const Answer::Known>(Answer::Known{answer.body, answer.as_of});
        entry.status = answer.status;
        entry.outdated = entry.changed;
    } else {
        answer.last_known = entry.known;
    }
    ++entry.round;
    entry.last = std::move(answer);
}

void AnswerCache::narrow(Entry& entry, std::size_t together_max, Timestamp now) {
    entry.together_max = std::max<std::size_t>(together_max, 1);
    entry.narrow_until = now + narrow_time;
}

/// Whoever waits for a question goes on when it has ended, also by an exception.
class AnswerCache::OnTheWay {
public:
    /// Under the lock, which it takes again at its end. All of them outlive it; `out` counts it.
    OnTheWay(AnswerCache& cache, const std::vector<Shared>& batch, int& out, std::unique_lock<std::mutex>& lock)
        : cache_(cache), batch_(batch), out_(out), lock_(lock) {
        ++out_;
        for (const auto& one : batch_) {
            one->asking = true;
            one->changed = false;
        }
    }

    ~OnTheWay() {
        if (!lock_.owns_lock()) lock_.lock();
        --out_;
        for (const auto& one : batch_) one->asking = false;
        cache_.answered_.notify_all();
    }

    OnTheWay(const OnTheWay&) = delete;
    OnTheWay& operator=(const OnTheWay&) = delete;

private:
    AnswerCache& cache_;
    const std::vector<Shared>& batch_;
    int& out_;
    std::unique_lock<std::mutex>& lock_;
};

/// Asks for the entry and for those that go along. Nothing may have come of it, and then they go with fewer. False when
/// the caller's own time is over: those who have more of it ask themselves.
bool AnswerCache::lead(const Shared& entry,
                       const Question& question,
                       Timestamp now,
                       Duration age,
                       const Ask& ask,
                       std::unique_lock<std::mutex>& lock) {
    auto batch = batch_of(entry, now, age);
    std::vector<std::string> ids;
    for (const auto& one : batch) ids.push_back(one->id);
    auto& out = out_[together(*entry, now) > 1 ? entry->family : nullptr];
    OnTheWay on_the_way(*this, batch, out, lock);
    lock.unlock();
    auto answer = batch.size() == 1 ? ask(question) : ask_all(question, ids, ask);
    lock.lock();
    if (answer && answer->end == Answer::End::late && std::chrono::steady_clock::now() >= question.deadline)
        return false;
    for (const auto& one : batch) {
        if (!answer) {
            narrow(*one, batch.size() / narrowing, now);
        } else if (batch.size() == 1 || !answer->ok()) {
            settle(*one, *answer);
        } else if (auto piece = one->family->piece(answer->body, one->id)) {
            settle(*one, {.status = answer->status, .body = *std::move(piece), .as_of = answer->as_of});
            one->narrow_until = {};
        } else {
            narrow(*one, 1, now);
        }
    }
    return true;
}

/// What is too old to be given as if it were of now is given as what it is, when the other side may not be asked.
Answer AnswerCache::given(const Entry& entry, Timestamp now) {
    const auto& last = entry.last;
    bool refused = last.end == Answer::End::answered && last.status == 429;
    if (!refused || !entry.known || now - entry.known->as_of > stale_max) return last;
    auto answer = kept_answer(entry.known, entry.status);
    answer.stale = true;
    answer.retry_after = last.retry_after;
    return answer;
}

Answer AnswerCache::get(const Question& question, Timestamp now, const Ask& ask, Supply supply) {
    // Nobody is waited for: what is on its way may have been asked before something that the caller knows of.
    if (question.freshness == Freshness::live) return ask(question);
    std::unique_lock lock(mutex_);
    auto entry = entry_of(question);
    entry->used_at = now;
    auto age = age_max(question.freshness, supply);
    bool young = entry->known && !entry->outdated && now - entry->known->as_of <= age;
    if (young) return kept_answer(entry->known, entry->status);
    auto late = [&] {
        Answer answer{Answer::End::late};
        answer.last_known = entry->known;
        return answer;
    };
    // What is on its way and was asked before a change that the caller may know of is not what it waits for.
    auto round = entry->round + (entry->asking && entry->changed ? 2 : 1);
    while (entry->round < round) {
        ++entry->waiting;
        bool in_time =
            answered_.wait_until(lock, question.deadline, [&] { return entry->round >= round || may_go(*entry, now); });
        --entry->waiting;
        if (!in_time) return late();
        if (entry->round < round && !lead(entry, question, now, age, ask, lock)) return late();
    }
    return given(*entry, now);
}

void AnswerCache::outdate(std::string_view service_id) {
    std::lock_guard lock(mutex_);
    for (auto& [key, entry] : entries_) {
        bool about_one = key.find("/services/") != std::string::npos || key.find("service_ids") != std::string::npos;
        bool about_others = about_one && key.find(service_id) == std::string::npos;
        bool about_incidents = key.find("/incidents") != std::string::npos;
        if (service_id.empty() || (about_one && !about_others) || (!about_one && about_incidents))
            entry->outdated = entry->changed = true;
    }
}

}  // namespace callboard::backstage
