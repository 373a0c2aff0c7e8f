#include "backstage/answer_cache.h"

#include "backstage/failure.h"
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
/// The same when it came too late: the other side is slow, and more questions would make it slower.
constexpr auto late_time = minutes{1};
/// By how much fewer: the one that is to blame is soon alone, and the others are not for long.
constexpr std::size_t narrowing = 4;
/// Until then what was known is given when the other side may not be asked.
constexpr auto stale_max = hours{1};
/// By how much longer answers are kept when the budget is scarce.
constexpr int stretch = 6;
/// How soon somebody who has mended what was refused sees that.
constexpr auto refusal_time = seconds{30};
constexpr std::size_t pages_max = 20;
/// What is new is a small part of what there is; and never more pages than there would be questions without it.
constexpr std::size_t news_pages_max = 3;
/// What is new is asked for from so long before what is known: it is listed by the time that its sender gives it, and
/// some time after it has come.
constexpr auto news_overlap = minutes{5};
/// For how long what is new is enough. What was sent later than the overlap allows for is found then.
constexpr auto whole_time = minutes{10};

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
    return answer.end == Answer::End::answered && lacking_scope(answer).empty() &&
           (answer.status == 400 || answer.status == 403 || answer.status == 404 || answer.status == 413 ||
            answer.status == 414);
}

/// Until somebody changes something it will be said again.
bool is_believed(const Answer& answer) {
    return answer.end == Answer::End::answered &&
           (answer.status == 402 || answer.status == 403 || answer.status == 404);
}

/// Asked alone, none would be answered otherwise: the other side is there and does not mind the question.
bool is_about_all(const Answer& answer) {
    bool nobody_asked = answer.end == Answer::End::unreachable || answer.end == Answer::End::not_configured;
    return answer.ok() || nobody_asked || (answer.end == Answer::End::answered && answer.status == 429);
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
std::optional<Answer> ask_all(Question question, std::size_t pages_most, const AnswerCache::Ask& ask) {
    auto target = question.target;
    auto paged = question.family->paged;
    auto answer = ask(question);
    std::size_t offset = 0;
    for (std::size_t pages = 1; answer.ok() && !paged.empty(); ++pages) {
        const auto* more = member(answer.body, {"more"});
        if (!more || !more->is_bool() || !more->get_bool()) break;
        if (pages == pages_most) return std::nullopt;
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

Duration AnswerCache::refusal_age_max(Freshness freshness, Supply supply) {
    int times = supply == Supply::scarce ? stretch : 1;
    return std::min<Duration>(age_max(freshness, Supply::plenty), refusal_time) * times;
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

/// What is new can be added to what is known of it.
bool AnswerCache::takes_news(const Entry& entry, Timestamp now) const {
    auto going = going_.find(entry.family);
    bool told = going == going_.end() || now >= going->second.alone_until;
    return told && entry.known && now - entry.whole_at <= whole_time;
}

/// How many it may be asked together with, itself included.
std::size_t AnswerCache::together(const Entry& entry, Timestamp now) const {
    if (!entry.family || (entry.family->name_new && !takes_news(entry, now))) return 1;
    return now < entry.narrow_until ? entry.together_max : entry.family->ids_max;
}

/// While questions of a family are out, who comes waits and goes with the next.
bool AnswerCache::may_go(const Entry& entry, Timestamp now) const {
    if (entry.asking) return false;
    auto going = going_.find(entry.family);
    return together(entry, now) == 1 || going == going_.end() || going->second.out < out_max;
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

/// The question of one of them as one about all.
Question AnswerCache::about_all(Question question, const std::vector<Shared>& batch) {
    if (question.family->name_new) {
        auto oldest = batch.front()->known->as_of;
        for (const auto& one : batch) oldest = std::min(oldest, one->known->as_of);
        question.family->name_new(question, oldest - news_overlap);
        return question;
    }
    std::vector<std::string> ids;
    for (const auto& one : batch) ids.push_back(one->id);
    question.family->name_all(question, ids);
    return question;
}

void AnswerCache::settle(Entry& entry, Answer answer) {
    if (answer.ok()) {
        entry.known = std::make_shared<const Answer::Known>(Answer::Known{answer.body, answer.as_of});
        entry.status = answer.status;
        entry.outdated = entry.changed;
    } else {
        answer.last_known = entry.known;
    }
    entry.refused_at = is_believed(answer) && !entry.changed ? answer.as_of : Timestamp{};
    ++entry.round;
    entry.last = std::move(answer);
}

/// Of what was answered about all of them each is given its own.
void AnswerCache::settle_all(const std::vector<Shared>& batch, const Answer& answer, Timestamp now) {
    for (const auto& one : batch) {
        if (batch.size() == 1 || !answer.ok()) {
            settle(*one, answer);
            if (answer.ok()) one->whole_at = answer.as_of;
            continue;
        }
        const auto& family = *one->family;
        auto piece = family.piece(answer.body, one->id);
        if (!piece) {
            narrow(*one, 1, now);
            continue;
        }
        if (family.name_new)
            append_new(piece->get_object()[family.paged].as_array(), list_at(one->known->body, family.paged));
        settle(*one, {.status = answer.status, .body = *std::move(piece), .as_of = answer.as_of});
        one->narrow_until = {};
    }
}

/// What the credentials may not ask about one they may not ask about any.
void AnswerCache::remember_scope(Going& going, const Entry& entry, const Answer& answer) {
    if (answer.ok()) going.refused_at = {};
    if (lacking_scope(answer).empty() || entry.changed) return;
    going.refused_at = answer.as_of;
    going.refusal = answer;
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
    bool alone = batch.size() == 1;
    bool news = !alone && entry->family->name_new;
    auto asked = alone ? question : about_all(question, batch);
    auto& going = going_[together(*entry, now) > 1 ? entry->family : nullptr];
    OnTheWay on_the_way(*this, batch, going.out, lock);
    lock.unlock();
    auto pages_most = news ? std::min(news_pages_max, batch.size()) : pages_max;
    auto answer = alone ? ask(asked) : ask_all(asked, pages_most, ask);
    lock.lock();
    if (news && !(answer && is_about_all(*answer))) {
        going.alone_until = now + (answer && answer->end == Answer::End::late ? late_time : narrow_time);
        return true;
    }
    if (answer && answer->end == Answer::End::late && std::chrono::steady_clock::now() >= question.deadline)
        return false;
    if (answer) {
        if (!news && entry->family) remember_scope(going_[entry->family], *entry, *answer);
        settle_all(batch, *answer, now);
    } else {
        for (const auto& one : batch) narrow(*one, batch.size() / narrowing, now);
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
    auto refusal_age = refusal_age_max(question.freshness, supply);
    if (now - entry->refused_at <= refusal_age) return entry->last;
    if (question.family) {
        auto& going = going_[question.family];
        if (now - going.refused_at <= refusal_age) {
            auto refusal = going.refusal;
            refusal.last_known = entry->known;
            return refusal;
        }
        // One tries whether the scope is there by now; the others are told meanwhile what was said before.
        if (going.refused_at != Timestamp{}) going.refused_at = now;
    }
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
        if (!service_id.empty() && (about_one ? about_others : !about_incidents)) continue;
        entry->outdated = entry->changed = true;
        entry->refused_at = {};
    }
    if (service_id.empty()) forget_scopes();
}

/// Under the mutex.
void AnswerCache::forget_scopes() {
    for (auto& [family, going] : going_) going.refused_at = {};
}

void AnswerCache::forget_refusals() {
    std::lock_guard lock(mutex_);
    forget_scopes();
    for (auto& [key, entry] : entries_) entry->refused_at = {};
}

}  // namespace callboard::backstage
