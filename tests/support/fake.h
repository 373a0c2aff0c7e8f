#pragma once
// A program of tools/fakes, started for one test and gone with it.

#include <initializer_list>
#include <string>

#include <boost/json.hpp>

namespace callboard::testing {

class Fake {
public:
    /// Fake("smtp.py", {"--tls", "starttls", "rcpt=550_no"}) listens when the constructor returns.
    Fake(const std::string& program, std::initializer_list<std::string> arguments);
    ~Fake();
    Fake(const Fake&) = delete;
    Fake& operator=(const Fake&) = delete;

    /// "http://127.0.0.1:4711"
    [[nodiscard]] std::string url(const std::string& scheme = "http", const std::string& host = "127.0.0.1") const;

    [[nodiscard]] const std::string& ca_file() const { return ca_file_; }

    /// The next thing it received; null when nothing comes within a few seconds.
    boost::json::value received();

private:
    std::string read_line();

    int pid_ = 0;
    int to_ = -1;
    int from_ = -1;
    std::string buffer_;
    std::string port_;
    std::string ca_file_;
};

}  // namespace callboard::testing
