#pragma once
// Answers that are young enough not to be asked for again, and the last good ones for the time when nothing comes. Of
// several who ask the same at once one goes, and the others wait for what comes back.

#include "backstage/upstream.h"

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace callboard::backstage {

class AnswerCache {
public:
    using Ask = std::function<Answer()>;

    /// `ask` is called at most once, by the calling thread.
    Answer get(const Question& question, Timestamp now, const Ask& ask);
    /// After a change: what is kept is no longer given as if it were of now. It is still the last that is known. Of a
    /// change about one service only what was asked about it, and about incidents of several.
    void outdate(std::string_view service_id = {});

    static Duration age_max(Freshness freshness);

private:
    struct Entry {
        std::shared_ptr<const Answer::Known> known;
        int status = 200;
        bool outdated = false;
        bool asking = false;
        /// What the others wait for, and how many there were.
        Answer last{};
        std::uint64_t round = 0;
        std::list<std::string>::iterator place;
    };

    std::shared_ptr<Entry> entry_of(const std::string& key);

    static constexpr std::size_t entries_max = 4'096;

    std::mutex mutex_;
    std::condition_variable answered_;
    std::unordered_map<std::string, std::shared_ptr<Entry>> entries_;
    /// The one that was used last comes first.
    std::list<std::string> order_;
    std::uint64_t changes_ = 0;
};

}  // namespace callboard::backstage
