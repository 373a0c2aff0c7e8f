#pragma once
// Carries pages to people: every kind of contact method has its own threads, so that one slow provider delays nobody
// else. What became of a page is decided as soon as its channel says so. Pages whose provider takes no more now wait
// here, and everybody gets their turn (app/page_queue.h).

#include "app/page_message.h"
#include "app/page_queue.h"
#include "app/pager.h"
#include "app/respond.h"
#include "base/clock.h"
#include "channels/limit.h"
#include "daemon/stop_point.h"
#include "daemon/tallies.h"
#include "storage/store.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace callboard {

class PageSender {
public:
    struct Carrier {
        /// Blocks until the message was taken, or was not; at most ten seconds for each provider that is tried. Does
        /// not throw. Calls `begun` when the first provider has made room for it, if one does.
        std::function<PageOutcome(const Page&, const PageMessage&, const std::function<void()>& begun)> carry;
        /// Why none of its providers takes the page now; absent when one does.
        std::function<std::optional<channels::Throttle>(const Page&)> throttle;
    };

    PageSender(Store& store,
               Desk& desk,
               const Clock& clock,
               PageLinks links,
               Carrier carrier,
               StopPoint stop_point,
               Tallies& tallies);

    ~PageSender() { stop(); }

    /// A page that finds no room comes again shortly.
    void send(Page page);
    /// Waits, at most this long, until nothing waits here or is being sent.
    void settle(std::chrono::milliseconds at_most);
    /// Waits for what is being sent; what still waits leaves after the next start.
    void stop();

    /// Of each kind of contact method; each is started when there is a page and no other is free. Many, because they
    /// spend their time waiting: a mail server may take a second for a mail that a thousand people are to get.
    static constexpr std::size_t threads_per_type_max = 16;
    static constexpr std::size_t queue_max = 1'000;
    /// After this a page that waits for its provider says so where people look, and waits on.
    static constexpr seconds waits_unsaid_max{10};

    /// What waits for one kind of contact method, and how often a page was put off because no provider took more.
    struct Load {
        ContactMethodType type = ContactMethodType::email_contact_method;
        std::size_t waiting = 0;
        std::uint64_t throttled = 0;
    };

    std::vector<Load> load();

private:
    struct Lane {
        std::mutex mutex;
        std::condition_variable wake;
        /// Nothing waits, and every thread is idle.
        std::condition_variable settled;
        PageQueue queue{queue_max};
        std::uint64_t throttled = 0;
        bool stopping = false;
        std::vector<std::thread> threads;
        std::size_t idle = 0;
        /// What waits has found no room: one begins after the other, or they would race for it and lose their turns.
        bool tight = false;
        /// Taken, and not with a provider yet.
        std::size_t beginning = 0;
    };

    /// A page that was taken, until a provider has made room for it or it is known that none will.
    class Beginning {
    public:
        explicit Beginning(Lane& lane) : lane_(&lane) {}

        Beginning(const Beginning&) = delete;
        Beginning& operator=(const Beginning&) = delete;

        ~Beginning() { end(); }

        void end();

    private:
        Lane* lane_;
    };

    Lane& lane_of(const Page& page);
    void put(Lane& lane, PageQueue::Waiting waiting);
    [[nodiscard]] PageQueue::MayLeave may_leave() const;
    /// The next page that may leave; absent when it is time to stop. With the lock held.
    std::optional<PageQueue::Waiting> wait_for_page(Lane& lane, std::unique_lock<std::mutex>& lock);
    void carry_until_stopped(Lane& lane);
    void carry(Lane& lane, PageQueue::Waiting waiting);
    /// There was no room: `throttled` says why, and until when.
    void wait_on(Lane& lane, PageQueue::Waiting waiting, PageOutcome throttled);
    void record(const Page& page, const PageOutcome& outcome);

    Store& store_;
    Desk& desk_;
    const Clock& clock_;
    PageLinks links_;
    Carrier carrier_;
    StopPoint stop_point_;
    Tallies& tallies_;
    std::array<Lane, contact_method_types> lanes_;
};

}  // namespace callboard
