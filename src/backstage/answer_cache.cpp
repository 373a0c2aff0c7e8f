#include "backstage/answer_cache.h"

namespace callboard::backstage {

namespace {

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

}  // namespace

Duration AnswerCache::age_max(Freshness freshness) {
    switch (freshness) {
    case Freshness::live: return seconds{0};
    case Freshness::moments: return seconds{10};
    case Freshness::directory: return minutes{5};
    case Freshness::statistics: return hours{1};
    }
    return seconds{0};
}

/// Under the mutex.
std::shared_ptr<AnswerCache::Entry> AnswerCache::entry_of(const std::string& key) {
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
    entries_.emplace(key, entry);
    return entry;
}

Answer AnswerCache::get(const Question& question, Timestamp now, const Ask& ask) {
    // Nobody is waited for: what is on its way may have been asked before something that the caller knows of.
    if (question.freshness == Freshness::live) return ask();
    std::unique_lock lock(mutex_);
    auto entry = entry_of(key_of(question));
    auto age = age_max(question.freshness);
    bool young = entry->known && !entry->outdated && now - entry->known->as_of <= age;
    if (young) return kept_answer(entry->known, entry->status);
    if (entry->asking) {
        auto round = entry->round;
        if (!answered_.wait_until(lock, question.deadline, [&] { return entry->round != round; })) {
            Answer late{Answer::End::late};
            late.last_known = entry->known;
            return late;
        }
        return entry->last;
    }
    entry->asking = true;
    auto changes = changes_;
    lock.unlock();
    auto answer = ask();
    lock.lock();
    if (answer.ok()) {
        entry->known = std::make_shared<const Answer::Known>(Answer::Known{answer.body, answer.as_of});
        entry->status = answer.status;
        // A change that was made meanwhile may be missing in it.
        entry->outdated = changes != changes_;
    } else {
        answer.last_known = entry->known;
    }
    entry->asking = false;
    ++entry->round;
    entry->last = answer;
    answered_.notify_all();
    return answer;
}

void AnswerCache::outdate(std::string_view service_id) {
    std::lock_guard lock(mutex_);
    ++changes_;
    for (auto& [key, entry] : entries_) {
        bool about_one = key.find("/services/") != std::string::npos || key.find("service_ids") != std::string::npos;
        bool about_others = about_one && key.find(service_id) == std::string::npos;
        bool about_incidents = key.find("/incidents") != std::string::npos;
        if (service_id.empty() || (about_one && !about_others) || (!about_one && about_incidents))
            entry->outdated = true;
    }
}

}  // namespace callboard::backstage
