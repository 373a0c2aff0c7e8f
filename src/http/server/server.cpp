#include "http/server/server.h"

#include <atomic>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

namespace callboard::http {

namespace net = boost::asio;
namespace beast = boost::beast;
using tcp = net::ip::tcp;
using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<tcp, Executor>;
using Acceptor = net::basic_socket_acceptor<tcp, Executor>;
using SteadyClock = std::chrono::steady_clock;
using Timer = net::basic_waitable_timer<SteadyClock, net::wait_traits<SteadyClock>, Executor>;
using Task = net::awaitable<void, Executor>;
constexpr auto as_result = net::as_tuple(net::use_awaitable_t<Executor>{});

namespace {

constexpr std::size_t read_chunk_bytes = 8 * 1024;
constexpr auto sweep_interval = std::chrono::seconds{1};
/// How long the client may take to read an answer, and the program to give one.
constexpr auto write_time_max = std::chrono::seconds{30};
constexpr auto answer_time_max = std::chrono::seconds{120};
/// What is still read from a client that was refused, so that it sees the answer rather than a reset.
constexpr std::size_t refused_bytes_read_max = 16 * 1024 * 1024;

std::string_view reason_of(int status) {
    return std::string_view{beast::http::obsolete_reason(static_cast<beast::http::status>(status))};
}

/// "Wed, 25 Nov 2026 03:54:23 GMT", made anew once a second per thread.
std::string http_date(std::time_t t) {
    std::tm parts{};
    gmtime_r(&t, &parts);
    char text[40];
    auto size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text, size};
}

/// A request may name the server in front of the path, as to a proxy; RFC 9112, 3.2.2.
std::string_view without_authority(std::string_view target) {
    if (target.starts_with('/')) return target;
    for (std::string_view scheme : {"http://", "https://"}) {
        if (!target.starts_with(scheme)) continue;
        auto path = target.find_first_of("/?", scheme.size());
        return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
    }
    return target;
}

bool is_loopback(const net::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

/// An address, or a name that stands for one; IPv4 first where it stands for several.
tcp::endpoint endpoint_of(const std::string& host, std::uint16_t port) {
    boost::system::error_code failed;
    auto address = net::ip::make_address(host, failed);
    if (!failed) return {address, port};
    net::io_context io;
    auto found = tcp::resolver(io).resolve(host, std::to_string(port), failed);
    if (failed || found.empty())
        throw std::runtime_error(fmt::format("cannot listen on {}: {}", host, failed.message()));
    for (const auto& entry : found)
        if (entry.endpoint().address().is_v4()) return entry.endpoint();
    return found.begin()->endpoint();
}

/// Our sockets share their address among each other (SO_REUSEPORT), and would with another server's of the same user:
/// a socket that shares with nobody finds out whether there is one.
void require_unused(const tcp::endpoint& endpoint) {
    net::io_context io;
    tcp::acceptor probe(io);
    boost::system::error_code failed;
    probe.open(endpoint.protocol());
    // Connections of a server that has ended do not count.
    probe.set_option(net::socket_base::reuse_address(true));
    probe.bind(endpoint, failed);
    if (failed)
        throw std::runtime_error(fmt::format(
            "cannot listen on {} port {}: {}", endpoint.address().to_string(), endpoint.port(), failed.message()));
}

}  // namespace

class Session;

/// One thread's share of the server.
struct Shard {
    net::io_context io{1};
    Acceptor acceptor{io.get_executor()};
    Timer sweep{io.get_executor()};
    std::list<std::weak_ptr<Session>> sessions;
    std::string date;

    std::mutex ready_mutex;
    std::vector<std::shared_ptr<Session>> ready;

    void push(std::shared_ptr<Session> session, bool wake);
    void deliver();
};

struct Server::Impl {
    Impl(ServerOptions o, Handler& h) : options(std::move(o)), handler(h) {}

    ServerOptions options;
    Handler& handler;
    std::vector<std::unique_ptr<Shard>> shards;
    std::vector<std::thread> threads;
    std::atomic<std::size_t> connections{0};
    std::atomic<std::size_t> bodies_bytes{0};
    std::atomic<std::size_t> answers_bytes{0};
    std::atomic<bool> draining{false};
    std::uint16_t port = 0;

    void listen(Shard& shard, std::uint16_t wanted_port);
    Task accept(Shard& shard);
    Task sweep(Shard& shard);
};

/// One connection: reads a request, has it answered, writes the answer, in this order, until one side ends it.
class Session final : public Message, public Responder, public std::enable_shared_from_this<Session> {
public:
    Session(Server::Impl& server, Shard& shard, Socket socket)
        : server_(server), shard_(shard), socket_(std::move(socket)) {
        server_.connections.fetch_add(1, std::memory_order_relaxed);
        buffer_.reserve(read_chunk_bytes);
    }

    ~Session() override {
        release_body();
        release_answer();
        server_.connections.fetch_sub(1, std::memory_order_relaxed);
    }

    // Message
    [[nodiscard]] std::string_view method() const override { return to_view(request().method_string()); }

    [[nodiscard]] std::string_view target() const override { return without_authority(to_view(request().target())); }

    [[nodiscard]] std::string_view header(std::string_view name) const override {
        auto found = request().find(beast::string_view{name.data(), name.size()});
        return found == request().end() ? std::string_view{} : to_view(found->value());
    }

    [[nodiscard]] std::string& body() override { return parser_->get().body(); }

    [[nodiscard]] std::string peer_address() const override {
        boost::system::error_code failed;
        auto endpoint = socket_.remote_endpoint(failed);
        if (failed) return {};
        auto address = endpoint.address();
        if (is_loopback(address))
            if (auto forwarded = forwarded_for()) address = *forwarded;
        return address.to_string();
    }

    // Responder
    void send(Response response) override {
        response_ = std::move(response);
        if (handling_now == this)
            answered_ = true;
        else
            shard_.push(shared_from_this(), /*wake=*/true);
    }

    void send_with_next_wake(Response response) override {
        response_ = std::move(response);
        if (handling_now == this)
            answered_ = true;
        else
            shard_.push(shared_from_this(), /*wake=*/false);
    }

    Task run();

    /// On the shard's thread: the answer given elsewhere has arrived.
    void answer_arrived() {
        answered_ = true;
        if (resume_) std::exchange(resume_, nullptr)();
    }

    void close_if_late(SteadyClock::time_point now) {
        if (now < deadline_) return;
        boost::system::error_code ignored;
        if (timed_out_ || state_ != State::reading) {
            socket_.close(ignored);
            return;
        }
        timed_out_ = true;
        deadline_ = now + write_time_max;
        socket_.cancel(ignored);
    }

    /// Draining: a connection that waits for a request has no more to wait for.
    void close_if_idle() {
        boost::system::error_code ignored;
        if (state_ == State::reading && !mid_request_) socket_.close(ignored);
    }

    [[nodiscard]] bool is_idle() const { return state_ == State::reading && !mid_request_; }

private:
    enum class State { reading, answering, writing };
    enum class ReadEnd { complete, closed, refused };

    /// The last entry of the last X-Forwarded-For: what the proxy wrote itself. Those before are whatever its client
    /// sent.
    [[nodiscard]] std::optional<net::ip::address> forwarded_for() const {
        auto [first, end] = request().equal_range("X-Forwarded-For");
        if (first == end) return std::nullopt;
        std::string_view text;
        for (; first != end; ++first) text = to_view(first->value());
        text.remove_prefix(text.rfind(',') + 1);
        while (text.starts_with(' ')) text.remove_prefix(1);
        while (text.ends_with(' ')) text.remove_suffix(1);
        boost::system::error_code failed;
        auto address = net::ip::make_address(std::string{text}, failed);
        if (failed) return std::nullopt;
        return address;
    }

    static std::string_view to_view(beast::string_view text) { return {text.data(), text.size()}; }

    [[nodiscard]] const beast::http::request<beast::http::string_body>& request() const { return parser_->get(); }

    net::awaitable<ReadEnd, Executor> read_request();
    bool parse_buffered(ReadEnd& end);
    bool body_has_room(ReadEnd& end);
    void refuse_without_room();
    bool header_is_acceptable(ReadEnd& end);
    net::awaitable<bool, Executor> write_out();
    net::awaitable<bool, Executor> write_response(bool keep_alive);
    net::awaitable<void, Executor> drain_refused();
    void refuse(int status, std::string_view why);
    void format_response(bool keep_alive);

    void release_body() {
        server_.bodies_bytes.fetch_sub(reserved_body_, std::memory_order_relaxed);
        reserved_body_ = 0;
    }

    void release_answer() {
        if (reserved_answer_ == 0) return;
        server_.answers_bytes.fetch_sub(reserved_answer_, std::memory_order_relaxed);
        reserved_answer_ = 0;
        // An idle connection holds no room for the largest answer it has given.
        out_ = {};
    }

    Server::Impl& server_;
    Shard& shard_;
    Socket socket_;
    beast::flat_buffer buffer_;
    std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
    Response response_;
    std::string out_;
    std::function<void()> resume_;
    SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
    State state_ = State::reading;
    std::size_t reserved_body_ = 0;
    std::size_t reserved_answer_ = 0;
    bool mid_request_ = false;
    bool header_seen_ = false;
    bool answered_ = false;
    bool timed_out_ = false;
    bool continue_wanted_ = false;

    static thread_local Session* handling_now;
};

thread_local Session* Session::handling_now = nullptr;

void Shard::push(std::shared_ptr<Session> session, bool wake) {
    {
        std::lock_guard lock(ready_mutex);
        ready.push_back(std::move(session));
    }
    if (wake) net::post(io, [this] { deliver(); });
}

void Shard::deliver() {
    std::vector<std::shared_ptr<Session>> arrived;
    {
        std::lock_guard lock(ready_mutex);
        arrived.swap(ready);
    }
    for (auto& session : arrived) session->answer_arrived();
}

void Session::refuse(int status, std::string_view why) {
    response_ = server_.handler.refuse(header_seen_ ? target() : std::string_view{}, status, why);
    response_.close = true;
}

/// The header is complete: is there room for the body, and does the client wait to be asked for it?
bool Session::header_is_acceptable(ReadEnd& end) {
    header_seen_ = true;
    auto hosts = request().count(beast::http::field::host);
    if (hosts > 1 || (hosts == 0 && request().version() >= 11)) {
        refuse(400, "A request has exactly one Host header");
        end = ReadEnd::refused;
        return false;
    }
    auto length = parser_->content_length();
    auto wanted =
        static_cast<std::size_t>(length ? *length : (parser_->chunked() ? server_.options.body_bytes_max : 0));
    if (wanted > server_.options.body_bytes_max) {
        refuse(413, "The request body is too large");
        end = ReadEnd::refused;
        return false;
    }
    auto expect = parser_->get().find(beast::http::field::expect);
    continue_wanted_ = expect != parser_->get().end() && wanted > 0;
    return true;
}

/// Counts what has arrived of the body, not what was promised: promises cost a client nothing.
bool Session::body_has_room(ReadEnd& end) {
    auto held = request().body().size();
    // Small bodies are not worth counting: connections_max bounds them.
    if (held <= read_chunk_bytes || held <= reserved_body_) return true;
    auto more = held - reserved_body_;
    reserved_body_ = held;
    auto before = server_.bodies_bytes.fetch_add(more, std::memory_order_relaxed);
    if (before + more <= server_.options.bodies_bytes_max) return true;
    refuse(503, "Too many large requests are being received; retry shortly");
    end = ReadEnd::refused;
    return false;
}

/// Feeds what has been received to the parser. True when the request is complete or the end is decided.
bool Session::parse_buffered(ReadEnd& end) {
    while (buffer_.size() > 0 && !parser_->is_done()) {
        boost::system::error_code failed;
        auto used = parser_->put(buffer_.data(), failed);
        buffer_.consume(used);
        if (!header_seen_ && parser_->is_header_done() && !header_is_acceptable(end)) return true;
        if (header_seen_ && !body_has_room(end)) return true;
        if (failed == beast::http::error::need_more) break;
        if (failed == beast::http::error::body_limit) {
            // The parser refuses before it calls the header done, yet the target is known by then.
            header_seen_ = !request().target().empty();
            refuse(413, "The request body is too large");
            end = ReadEnd::refused;
            return true;
        }
        if (failed) {
            bool header = failed == beast::http::error::header_limit;
            refuse(header ? 431 : 400, header ? "The request header is too large" : "The request is malformed");
            end = ReadEnd::refused;
            return true;
        }
    }
    if (!parser_->is_done()) return false;
    end = ReadEnd::complete;
    return true;
}

net::awaitable<Session::ReadEnd, Executor> Session::read_request() {
    release_body();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(server_.options.header_bytes_max));
    parser_->body_limit(server_.options.body_bytes_max);
    parser_->eager(true);
    state_ = State::reading;
    header_seen_ = false;
    mid_request_ = buffer_.size() > 0;
    deadline_ = SteadyClock::now() + std::chrono::seconds{mid_request_ ? server_.options.request_seconds_max
                                                                       : server_.options.idle_seconds_max};
    ReadEnd end = ReadEnd::closed;
    while (!parse_buffered(end)) {
        if (std::exchange(continue_wanted_, false)) {
            out_ = "HTTP/1.1 100 Continue\r\n\r\n";
            bool written = co_await write_out();
            if (!written) co_return ReadEnd::closed;
        }
        auto space = buffer_.prepare(read_chunk_bytes);
        auto [failed, received] = co_await socket_.async_read_some(space, as_result);
        if (failed && timed_out_ && mid_request_) {
            refuse(408, "The request took too long to arrive");
            co_return ReadEnd::refused;
        }
        if (failed) co_return ReadEnd::closed;
        buffer_.commit(received);
        if (!std::exchange(mid_request_, true))
            deadline_ = SteadyClock::now() + std::chrono::seconds{server_.options.request_seconds_max};
    }
    co_return end;
}

net::awaitable<bool, Executor> Session::write_out() {
    auto data = net::buffer(out_);
    auto [failed, written] = co_await net::async_write(socket_, data, as_result);
    co_return !failed && written == out_.size();
}

void Session::format_response(bool keep_alive) {
    out_.clear();
    auto append = std::back_inserter(out_);
    fmt::format_to(append,
                   "HTTP/1.1 {} {}\r\nServer: Callboard\r\nDate: {}\r\nContent-Length: {}\r\n",
                   response_.status,
                   reason_of(response_.status),
                   shard_.date,
                   response_.body.size());
    if (!response_.content_type.empty())
        fmt::format_to(append, "Content-Type: {}\r\n", response_.content_type);
    else if (response_.status != 204)
        out_ += "Content-Type: application/json\r\n";
    if (response_.any_origin) out_ += "Access-Control-Allow-Origin: *\r\n";
    for (const auto& [name, value] : response_.headers) fmt::format_to(append, "{}: {}\r\n", name, value);
    if (!keep_alive)
        out_ += "Connection: close\r\n";
    else if (header_seen_ && request().version() == 10)
        out_ += "Connection: keep-alive\r\n";
    out_ += "\r\n";
    bool head = header_seen_ && request().method() == beast::http::verb::head;
    if (!head) out_ += response_.body;
}

/// Counts a large answer until it is written, or puts 503 in its place where too many wait already.
void Session::refuse_without_room() {
    auto size = response_.body.size();
    if (size <= read_chunk_bytes) return;
    reserved_answer_ = size;
    auto before = server_.answers_bytes.fetch_add(size, std::memory_order_relaxed);
    if (before + size <= server_.options.answers_bytes_max) return;
    release_answer();
    response_ = server_.handler.refuse(
        header_seen_ ? target() : std::string_view{}, 503, "Too many large answers wait to be read; retry shortly");
}

net::awaitable<bool, Executor> Session::write_response(bool keep_alive) {
    state_ = State::writing;
    deadline_ = SteadyClock::now() + write_time_max;
    refuse_without_room();
    format_response(keep_alive);
    // It is in out_ now, and a client may take its time.
    response_ = {};
    bool written = co_await write_out();
    release_answer();
    co_return written;
}

/// Reads a little of what a refused client still sends: closing at once would reset the connection and the
/// client might never see the answer.
net::awaitable<void, Executor> Session::drain_refused() {
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    deadline_ = SteadyClock::now() + std::chrono::seconds{2};
    buffer_.clear();
    std::size_t total = 0;
    while (total < refused_bytes_read_max) {
        auto space = buffer_.prepare(read_chunk_bytes);
        auto [failed, received] = co_await socket_.async_read_some(space, as_result);
        if (failed) break;
        total += received;
    }
}

Task Session::run() {
    auto self = shared_from_this();
    for (;;) {
        auto end = co_await read_request();
        if (end == ReadEnd::closed) break;
        if (end == ReadEnd::refused) {
            bool written = co_await write_response(/*keep_alive=*/false);
            if (written) co_await drain_refused();
            break;
        }
        state_ = State::answering;
        deadline_ = SteadyClock::now() + answer_time_max;
        answered_ = false;
        handling_now = this;
        server_.handler.handle(*this, self);
        handling_now = nullptr;
        if (!answered_) {
            net::use_awaitable_t<Executor> token;
            co_await net::async_initiate<net::use_awaitable_t<Executor>, void()>(
                [](auto handler, Session* session) {
                    // std::function wants a copyable target; any_completion_handler of Boost 1.81 cannot be assigned.
                    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
                    session->resume_ = [shared] { std::move (*shared)(); };
                },
                token,
                this);
        }
        bool keep_alive = request().keep_alive() && !response_.close && !server_.draining.load();
        bool written = co_await write_response(keep_alive);
        if (!written || !keep_alive) break;
    }
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

void Server::Impl::listen(Shard& shard, std::uint16_t wanted_port) {
    auto endpoint = endpoint_of(options.host, wanted_port);
    shard.acceptor.open(endpoint.protocol());
    shard.acceptor.set_option(net::socket_base::reuse_address(true));
    int on = 1;
    ::setsockopt(shard.acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    shard.acceptor.bind(endpoint);
    shard.acceptor.listen(4096);
    shard.date = http_date(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
}

Task Server::Impl::accept(Shard& shard) {
    for (;;) {
        auto [failed, socket] = co_await shard.acceptor.async_accept(shard.io.get_executor(), as_result);
        if (failed == net::error::operation_aborted || !shard.acceptor.is_open()) co_return;
        if (failed) {
            // Out of descriptors, most likely: give connections a moment to end.
            shard.sweep.expires_after(std::chrono::milliseconds{50});
            co_await shard.sweep.async_wait(as_result);
            continue;
        }
        if (connections.load(std::memory_order_relaxed) >= options.connections_max) {
            boost::system::error_code ignored;
            socket.close(ignored);
            continue;
        }
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        auto session = std::make_shared<Session>(*this, shard, std::move(socket));
        shard.sessions.push_back(session);
        net::co_spawn(shard.io.get_executor(), session->run(), net::detached);
    }
}

Task Server::Impl::sweep(Shard& shard) {
    Timer timer(shard.io.get_executor());
    for (;;) {
        timer.expires_after(sweep_interval);
        auto [failed] = co_await timer.async_wait(as_result);
        if (failed) co_return;
        shard.date = http_date(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
        auto now = SteadyClock::now();
        for (auto it = shard.sessions.begin(); it != shard.sessions.end();) {
            auto session = it->lock();
            if (!session) {
                it = shard.sessions.erase(it);
                continue;
            }
            if (draining.load()) session->close_if_idle();
            session->close_if_late(now);
            ++it;
        }
    }
}

Server::Server(ServerOptions options, Handler& handler) : impl_(std::make_unique<Impl>(std::move(options), handler)) {
    require_unused(endpoint_of(impl_->options.host, impl_->options.port));
    for (int i = 0; i < impl_->options.threads; ++i) {
        auto& shard = *impl_->shards.emplace_back(std::make_unique<Shard>());
        impl_->listen(shard, i == 0 ? impl_->options.port : impl_->port);
        if (i == 0) impl_->port = shard.acceptor.local_endpoint().port();
    }
}

Server::~Server() { drain_and_stop(0); }

void Server::start() {
    for (auto& shard : impl_->shards) {
        net::co_spawn(shard->io.get_executor(), impl_->accept(*shard), net::detached);
        net::co_spawn(shard->io.get_executor(), impl_->sweep(*shard), net::detached);
        impl_->threads.emplace_back([&io = shard->io] { io.run(); });
    }
}

void Server::wake() {
    for (auto& shard : impl_->shards) {
        {
            std::lock_guard lock(shard->ready_mutex);
            if (shard->ready.empty()) continue;
        }
        net::post(shard->io, [s = shard.get()] { s->deliver(); });
    }
}

void Server::drain_and_stop(int seconds) {
    if (impl_->threads.empty()) return;
    impl_->draining = true;
    for (auto& shard : impl_->shards)
        net::post(shard->io, [s = shard.get()] {
            boost::system::error_code ignored;
            s->acceptor.close(ignored);
            for (auto& weak : s->sessions)
                if (auto session = weak.lock()) session->close_if_idle();
        });
    auto until = SteadyClock::now() + std::chrono::seconds{seconds};
    while (impl_->connections.load() > 0 && SteadyClock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    for (auto& shard : impl_->shards) shard->io.stop();
    for (auto& thread : impl_->threads) thread.join();
    impl_->threads.clear();
}

std::uint16_t Server::port() const { return impl_->port; }

std::size_t Server::connections() const { return impl_->connections.load(); }

}  // namespace callboard::http
