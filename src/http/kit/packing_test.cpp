#include "http/kit/packing.h"

#include <doctest/doctest.h>
#include <zlib.h>

namespace callboard::http {

namespace {

std::string unpacked(std::string text) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    std::string out(100'000, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

Response answer(std::string content_type, std::size_t size) {
    Response response;
    response.content_type = std::move(content_type);
    for (std::size_t i = 0; response.body.size() < size; ++i) response.body += std::to_string(i) + ", ";
    return response;
}

bool is_packed(const Response& response) {
    for (const auto& [name, value] : response.headers)
        if (name == "Content-Encoding" && value == "gzip") return true;
    return false;
}

}  // namespace

TEST_CASE("Texts are packed, and unpacked they are what they were") {
    for (const auto* type : {"", "text/html; charset=utf-8", "text/css; charset=utf-8", "application/json"}) {
        auto before = answer(type, 50'000);
        auto after = before;
        pack(after);
        CHECK(is_packed(after));
        CHECK(after.body.size() < before.body.size() / 2);
        CHECK(unpacked(after.body) == before.body);
    }
}

TEST_CASE("What is short, streamed, packed already or no text stays as it is") {
    auto packed_before = answer("text/html", 5'000);
    packed_before.headers.emplace_back("Content-Encoding", "br");
    for (auto before : {answer("text/html", 500),
                        answer("text/event-stream; charset=utf-8", 5'000),
                        answer("image/png", 5'000),
                        packed_before}) {
        auto after = before;
        pack(after);
        CHECK_FALSE(is_packed(after));
        CHECK(after.body == before.body);
    }
}

}  // namespace callboard::http
