#pragma once
// Matching all services with all components takes seconds where there are thousands, so it is a job: started, then
// asked about. Jobs are kept for half an hour, and few run at one time.

#include "backstage/route.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace callboard::backstage {

class AutoMatchJobs {
public:
    struct Job {
        enum class Status { pending, running, completed, failed };
        Status status = Status::pending;
        Timestamp created_at;
        std::optional<Timestamp> completed_at;
        /// JSON. As text, as thousands of matches are many megabytes as values.
        std::shared_ptr<const std::string> result;
        std::string error;
    };

    /// The id of the new job; absent when too many are kept already.
    std::optional<std::string> add(Timestamp now);
    /// Absent when unknown or forgotten.
    std::optional<Job> find(const std::string& id, Timestamp now);
    void update(const std::string& id, Job::Status status, Timestamp now);
    void complete(const std::string& id, std::string result, Timestamp now);
    void fail(const std::string& id, std::string why, Timestamp now);

private:
    void forget_old(Timestamp now);

    static constexpr std::size_t jobs_max = 32;
    static constexpr std::ptrdiff_t at_work_max = 4;

    std::mutex mutex_;
    std::map<std::string, Job> jobs_;
};

}  // namespace callboard::backstage
