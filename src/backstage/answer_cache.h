#pragma once
// Answers that are young enough not to be asked for again, and the last good ones for the time when nothing comes. What
// was refused is not asked again at once either, and what the credentials lack the scope for not about anything else.
// Of several who ask the same at once one goes, and the others wait for what comes back. Questions of a family go
// together: who asks takes along what others wait for and what will be asked for soon, so that two hundred open pages
// are some questions and not hundreds.

#include "backstage/upstream.h"

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace callboard::backstage {

/// How much may still be asked: when it is little, answers are kept for longer.
enum class Supply { plenty, scarce };

class AnswerCache {
public:
    using Ask = std::function<Answer(const Question&)>;

    /// `ask` is called by the calling thread.
    Answer get(const Question& question, Timestamp now, const Ask& ask, Supply supply = Supply::plenty);
    /// After a change: what is kept is no longer given as if it were of now. It is still the last that is known. Of a
    /// change about one service only what was asked about it, and about incidents of several.
    void outdate(std::string_view service_id = {});
    /// After a change here that may be the answer to a refusal.
    void forget_refusals();

    static Duration age_max(Freshness freshness, Supply supply);
    /// For how long it is believed that something is not there, not allowed or not part of the plan.
    static Duration refusal_age_max(Freshness freshness, Supply supply);

private:
    struct Entry {
        std::shared_ptr<const Answer::Known> known;
        /// When it was asked about alone; what is known since may be that and what was new.
        Timestamp whole_at{};
        int status = 200;
        bool outdated = false;
        bool asking = false;
        /// Something has changed since it was asked: what comes back may lack it.
        bool changed = false;
        /// When `last` was answered, if that is a refusal to be believed for a while.
        Timestamp refused_at{};
        /// What the others wait for, and how many there were.
        Answer last{};
        std::uint64_t round = 0;
        std::list<std::string>::iterator place;
        const Family* family = nullptr;
        std::string id;
        int waiting = 0;
        Timestamp used_at{};
        /// A question about more than so many did not answer this one; until when that is remembered.
        std::size_t together_max = 0;
        Timestamp narrow_until{};
    };

    using Shared = std::shared_ptr<Entry>;
    class OnTheWay;

    /// Questions of a family.
    struct Going {
        /// How many are on their way.
        int out = 0;
        /// The question about what is new was not answered: until then each goes alone.
        Timestamp alone_until{};
        /// When the credentials were refused for lack of a scope, and with what; believed for a while of each question.
        Timestamp refused_at{};
        Answer refusal{};
    };

    Shared entry_of(const Question& question);
    [[nodiscard]] bool takes_news(const Entry& entry, Timestamp now) const;
    [[nodiscard]] std::size_t together(const Entry& entry, Timestamp now) const;
    [[nodiscard]] bool may_go(const Entry& entry, Timestamp now) const;
    std::vector<Shared> batch_of(const Shared& entry, Timestamp now, Duration age) const;
    bool lead(const Shared& entry,
              const Question& question,
              Timestamp now,
              Duration age,
              const Ask& ask,
              std::unique_lock<std::mutex>& lock);
    static Question about_all(Question question, const std::vector<Shared>& batch);
    static void settle(Entry& entry, Answer answer);
    static void settle_all(const std::vector<Shared>& batch, const Answer& answer, Timestamp now);
    static void remember_scope(Going& going, const Entry& entry, const Answer& answer);
    void forget_scopes();
    static void narrow(Entry& entry, std::size_t together_max, Timestamp now);
    static Answer given(const Entry& entry, Timestamp now);

    static constexpr std::size_t entries_max = 4'096;

    std::mutex mutex_;
    std::condition_variable answered_;
    std::unordered_map<std::string, Shared> entries_;
    /// The one that was used last comes first.
    std::list<std::string> order_;
    std::map<const Family*, Going> going_;
};

}  // namespace callboard::backstage
