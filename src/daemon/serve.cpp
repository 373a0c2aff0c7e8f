#include "daemon/serve.h"

#include "app/account.h"
#include "app/demo.h"
#include "app/engine.h"
#include "app/set_back.h"
#include "base/log.h"
#include "base/secret.h"
#include "daemon/backstage_mount.h"
#include "daemon/callbacks.h"
#include "daemon/carrier.h"
#include "daemon/clock_control.h"
#include "daemon/data_lock.h"
#include "daemon/demo_file.h"
#include "daemon/engine_thread.h"
#include "daemon/hook_sender.h"
#include "daemon/hook_tokens.h"
#include "daemon/metrics.h"
#include "daemon/oidc_provider.h"
#include "daemon/page_sender.h"
#include "daemon/signals.h"
#include "daemon/stop_point.h"
#include "http/calendar_feeds.h"
#include "http/console/console.h"
#include "http/console/live.h"
#include "http/console/page_answers.h"
#include "http/front.h"
#include "http/heartbeat_calls.h"
#include "http/oauth_token.h"
#include "http/rest_v2/resources.h"
#include "http/server/server.h"
#include "storage/unreadable.h"

#include <atomic>

#include <fmt/format.h>
#include <malloc.h>

namespace callboard {

namespace {

/// Bodies and rows are freed on other threads than they were made on; giving every bit back to the system, only to
/// ask for it again, costs more than the rest of the allocator.
void keep_freed_memory() {
    mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
    mallopt(M_TOP_PAD, 1024 * 1024);
}

/// POST /test/stop {"at": "claimed"}: see daemon/stop_point.h.
http::Response arm_stop(const http::Copied& copied, StopPoints& stops) {
    boost::system::error_code failed;
    auto body = boost::json::parse(copied.body, failed);
    const auto* object = failed ? nullptr : body.if_object();
    const auto* at = object ? object->if_contains("at") : nullptr;
    http::Response response;
    response.status = at && at->is_string() && stops.arm(at->get_string()) ? 204 : 400;
    return response;
}

struct Start {
    Timestamp at;
    /// When the store was last told of anything. Absent of an account in tests, which move their clock.
    std::optional<Timestamp> told_at = {};
};

/// Time goes on from when the store was last told of anything. An entry that cannot be read stops no start.
Start take_up_time(AdjustableClock& clock, Store& store, const ServeConfig& config) {
    if (config.clock_control) return {clock.now()};
    auto newest = Query<LogEntry>().order_by(&LogEntry::id, Order::descending);
    auto entry = store.read(clock.now(), [&](Tx& tx) { return if_readable([&] { return tx.first(newest); }); });
    if (!entry) return {clock.now()};
    clock.go_on_from(entry->created_at);
    return {clock.now(), entry->created_at};
}

void take_up_interrupted(Store& store, Timestamp now, std::optional<Timestamp> told_at) {
    auto done = store.decide(now, [&](Tx& tx) -> Result<void> {
        if (told_at) move_back_after_start(tx, *told_at);
        take_up_interrupted_pages(tx);
        take_up_interrupted_deliveries(tx);
        begin_housekeeping(tx);
        return {};
    });
    ASSERT(done.ok(), "taking up what was interrupted is never refused");
}

void serve_until_signal(http::Front& front, const http::Site& site, const sigset_t& signals) {
    front.set_ready(true);
    log::info("server.ready", {{"url", site.public_url}, {"version", CALLBOARD_VERSION}});
    wait_for_signal(signals);
    front.set_ready(false);
}

/// Everything on the port that is not REST or events.
std::vector<http::Mount> mounts_of(const http::Site& site,
                                   http::Console& console,
                                   http::Live& live,
                                   http::PageAnswers& page_answers,
                                   BackstageMount& backstage,
                                   PageSender& pages,
                                   const Tallies& tallies,
                                   http::Server* const& listening) {
    std::vector<http::Mount> mounts;
    // The first that fits answers.
    mounts.push_back({.prefix = std::string{http::Live::path},
                      .answer_later = [&](const http::Copied& copied, std::shared_ptr<http::Responder> responder) {
                          live.wait(copied, std::move(responder));
                      }});
    mounts.push_back({.prefix = std::string{http::Console::prefix},
                      .answer = [&](const http::Copied& copied) { return console.answer(copied); },
                      .headers = {http::Console::agent_header}});
    mounts.push_back({std::string{http::PageAnswers::prefix},
                      [&](const http::Copied& copied) { return page_answers.answer(copied); }});
    mounts.push_back({std::string{http::heartbeat_prefix},
                      [&](const http::Copied& copied) { return http::answer_heartbeat(site, copied); }});
    mounts.push_back({std::string{http::calendar_feed_prefix},
                      [&](const http::Copied& copied) { return http::answer_calendar_feed(site, copied); }});
    mounts.push_back({std::string{http::oauth_prefix},
                      [&](const http::Copied& copied) { return http::answer_oauth(site, copied); },
                      {},
                      http::refuse_oauth});
    mounts.push_back(backstage.mount());
    // The front desk is built before the server that this tells about.
    mounts.push_back({"/metrics", [&](const http::Copied&) {
                          http::Response response;
                          response.content_type = "text/plain; version=0.0.4; charset=utf-8";
                          response.body = metrics_text(site.store, *listening, pages, tallies, site.clock.now());
                          return response;
                      }});
    return mounts;
}

http::Mount callback_mount(ProviderCalls& calls, http::WorkerPool& workers) {
    return {.prefix = std::string{ProviderCalls::prefix},
            .answer = [&](const http::Copied& copied) { return calls.answer(copied); },
            .workers = &workers,
            .headers = {std::begin(channels::callback_headers), std::end(channels::callback_headers)}};
}

void add_test_mounts(std::vector<http::Mount>& mounts, const ClockControl& clock_control, StopPoints& stops) {
    mounts.push_back({"/test/stop", [&](const http::Copied& copied) { return arm_stop(copied, stops); }});
    mounts.push_back({"/test/clock", [&](const http::Copied& copied) { return clock_control.answer(copied); }});
}

StoreOptions store_options(const ServeConfig& config, StopPoints& stops, const sigset_t& signals) {
    StoreOptions options{.path = config.store.empty() ? config.data : config.store};
    options.wait_for_turn = [&] { return !signal_waits(signals); };
    if (config.clock_control) options.before_commit = [&] { stops.pass("decided"); };
    return options;
}

void fill_or_keep_demo(
    bool fill, const ServeConfig& config, const http::Site& site, const Account& account, Timestamp now) {
    if (fill)
        make_demo(site, account, config.data, now);
    else if (config.demo)
        keep_demo(site, config.data);
}

/// `demo`: whether what is in the store, or soon will be, is the demonstration. Guests see that, and nothing else.
http::Site
site_of(const ServeConfig& config, bool demo, const Account& account, Store& store, Desk& desk, const Clock& clock) {
    return {.store = store,
            .desk = desk,
            .clock = clock,
            .ids = PublicIds(account.ids_key),
            .public_url = config.public_url,
            .hash_key = account.hash_key,
            .rest_requests_per_minute = config.rest_requests_per_minute,
            .event_limits = {config.events_per_minute},
            .demo = demo,
            .channels = names_of_channels(config.channels),
            .try_oauth_client =
                [addresses = config.channels.typed_addresses](const OAuthClient& client, Timestamp now) {
                    return try_oauth_client(client, addresses, now);
                },
            .may_call = [addresses = config.channels.typed_addresses](
                            const std::string& url) { return addresses.may_lead(url); }};
}

void report_engine(const std::string& what) { log::error("engine.failed", {{"why", what}}); }

Senders senders_of(PageSender& pages, HookSender& hooks) {
    return {[&](Page page) { pages.send(std::move(page)); }, [&](HookCall call) { hooks.send(std::move(call)); }};
}

/// Until there is an owner, whoever can read this log may become one.
void tell_first_run(const http::Site& site) {
    if (site.store.read(site.clock.now(), http::has_owner)) return;
    log::info("console.first_run", {{"url", site.console("/first-run?code=" + http::setup_code(site))}});
}

/// What providers call back can wait for a chat's answer.
void follow_commits(Store& store, StopPoints& stops, EngineThread& engine, std::atomic<std::uint64_t>& commits) {
    store.after_batch([&](const Committed& committed) {
        stops.pass("committed");
        engine.committed(committed);
        ++commits;
    });
}

constexpr int callback_threads = 2;

http::ServerOptions server_options(const ServeConfig& config) {
    return {.host = config.host,
            .port = config.port,
            .threads = config.io_threads,
            .request_seconds_max = config.request_seconds_max};
}

}  // namespace

int serve(const ServeConfig& config) {
    auto signals = block_signals();
    keep_freed_memory();
    init_secrets();
    AdjustableClock clock;
    auto held_at = parse_iso8601(config.clock_at);
    if (held_at) clock.hold(held_at->at);
    Desk desk;
    DataLock lock(config.data);
    std::atomic<std::uint64_t> commits{1};
    StopPoints stops;
    Store store(store_options(config, stops, signals));
    auto [started, told_at] = take_up_time(clock, store, config);
    bool make_demo_account = config.demo && never_used(store, started);
    auto account = open_account(store, make_demo_account ? demo_begins(started) : started);
    bool demo = make_demo_account || (config.demo && is_demo(store, started));
    auto site = site_of(config, demo, account, store, desk, clock);
    PageLinks links{site.public_url, site.hash_key, site.ids};
    auto providers = std::make_shared<const channels::Providers>(channels::make_providers(config.channels));
    Tallies tallies;
    PageSender sender(store, desk, clock, links, carrier_of(providers, clock), stop_point_of(stops), tallies);
    HookSender hook_sender(site, config.channels.typed_addresses, providers, links, stop_point_of(stops), tallies);
    Engine engine(store, desk, report_engine, senders_of(sender, hook_sender));
    EngineThread engine_thread(engine, clock, tallies);
    if (held_at) engine_thread.hold();
    follow_commits(store, stops, engine_thread, commits);

    http::Router rest(site, http::rest_routes());
    LocalSide local{site, rest, commits};
    http::WorkerPool workers(config.workers, 1'024);
    OidcProvider oidc(config.oidc);
    http::Console console(site, rest, {config.oidc.issuer.empty() ? nullptr : &oidc, config.oidc_new_users});
    http::Live live(site);
    store.after_batch([&](const Committed&) { live.changed(); });
    http::PageAnswers page_answers(site, links);
    ProviderCalls provider_calls(site, links, config.channels);
    http::WorkerPool callback_workers(callback_threads, 1'024);
    http::Server* listening = nullptr;
    BackstageMount backstage(config.backstage, config.data, local);
    auto mounts = mounts_of(site, console, live, page_answers, backstage, sender, tallies, listening);
    mounts.push_back(callback_mount(provider_calls, callback_workers));
    ClockControl clock_control{clock, engine_thread, sender, hook_sender};
    if (config.clock_control) add_test_mounts(mounts, clock_control, stops);
    http::Front front(site, rest, workers, std::move(mounts));
    http::Server server(server_options(config), front);
    listening = &server;
    store.after_batch([&](const Committed&) { server.wake(); });
    attach(store, desk);
    take_up_interrupted(store, started, told_at);
    fill_or_keep_demo(make_demo_account, config, site, account, started);
    tell_first_run(site);
    server.start();
    engine_thread.start();
    backstage.start();
    serve_until_signal(front, site, signals);
    engine_thread.stop();
    sender.stop();
    hook_sender.stop();
    live.stop();
    backstage.let_go();
    server.drain_and_stop(10);
    workers.stop();
    backstage.stop();
    callback_workers.stop();
    store.stop();
    return 0;
}

}  // namespace callboard
