#pragma once
// PagerDuty's REST API over HTTPS, or another server that speaks it: with deadlines, within a budget of requests,
// honouring what it says about coming again, and without asking twice what was answered a moment ago.

#include "backstage/answer_cache.h"
#include "backstage/budget.h"
#include "backstage/config.h"
#include "backstage/token_source.h"
#include "base/clock.h"

#include <atomic>

namespace callboard::backstage {

class RemoteUpstream final : public Upstream {
public:
    /// The clock outlives it.
    RemoteUpstream(AccountConfig config, const Clock& clock);

    Answer call(const Question& question) override;
    Answer send_change(const json::object& event, Deadline deadline) override;

    [[nodiscard]] std::uint64_t changes() const override { return changes_.load(); }

    void outdate(std::string_view service_id) override;

    void forget_refusals() override { cache_.forget_refusals(); }

    void end() override { ended_ = true; }

private:
    Answer ask(const Question& question);
    Answer send(const Question& question, const std::string& authorization);

    AccountConfig config_;
    const Clock& clock_;
    TokenSource tokens_;
    Budget budget_;
    /// Of analytics alone: the other side has a smaller limit for these, and where it is reached the rest goes on.
    Budget analytics_;
    AnswerCache cache_;
    std::atomic<std::uint64_t> changes_{0};
    std::atomic<bool> ended_{false};
};

}  // namespace callboard::backstage
