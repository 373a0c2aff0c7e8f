#include "http/kit/packing.h"

#include "base/result.h"

#include <algorithm>
#include <string>

#include <zlib.h>

namespace callboard::http {

namespace {

/// Below this, a packet is a packet.
constexpr std::size_t worth_it_bytes = 1'000;
/// Twice as fast as the usual 6, and within a tenth of its size for JSON and HTML.
constexpr int level = 4;
/// The largest window, with the head and foot of gzip.
constexpr int gzip_window_bits = 15 + 16;
constexpr int memory_level = 8;

bool is_text(std::string_view content_type) {
    if (content_type.empty()) return true;  // JSON
    if (content_type.starts_with("text/event-stream")) return false;
    return content_type.starts_with("text/") || content_type.starts_with("application/json");
}

std::string gzip(std::string& text) {
    z_stream stream{};
    int begun = deflateInit2(&stream, level, Z_DEFLATED, gzip_window_bits, memory_level, Z_DEFAULT_STRATEGY);
    ASSERT(begun == Z_OK, "zlib takes these parameters");
    std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.resize(stream.total_out);
    deflateEnd(&stream);
    ASSERT(whole, "the bound is one");
    return out;
}

}  // namespace

void pack(Response& response) {
    auto named = [](std::string_view name) { return [name](const auto& header) { return header.first == name; }; };
    bool encoded = std::ranges::any_of(response.headers, named("Content-Encoding"));
    if (encoded || response.body.size() < worth_it_bytes || !is_text(response.content_type)) return;
    response.body = gzip(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.headers.emplace_back("Vary", "Accept-Encoding");
}

}  // namespace callboard::http
