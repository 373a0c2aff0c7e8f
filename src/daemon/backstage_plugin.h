#pragma once
// The plugin's backend with everything it needs, built from its configuration: for the server's own port, or alone.

#include "backstage/config.h"
#include "backstage/message.h"
#include "http/front.h"

#include <atomic>
#include <memory>
#include <string>

namespace callboard {

/// The account in this process. All of it outlives the plugin.
struct LocalSide {
    const http::Site& site;
    http::Router& rest;
    /// Grows with every commit of the store.
    const std::atomic<std::uint64_t>& commits;
};

class BackstagePlugin {
public:
    /// `directory` is where backstage.db is, ":memory:" for none; `local` is null when there is no such account.
    /// Throws std::runtime_error when the configuration cannot be served, sql::StorageError when the file cannot.
    BackstagePlugin(const backstage::BackstageConfig& config, const std::string& directory, const LocalSide* local);
    ~BackstagePlugin();

    BackstagePlugin(const BackstagePlugin&) = delete;
    BackstagePlugin& operator=(const BackstagePlugin&) = delete;

    /// The work in the background begins, and ends. After that nothing is asked any more: answer first.
    void start();
    void stop();
    /// Blocks; at most a little over ten seconds.
    http::Response answer(const http::Copied& copied, std::string_view prefix, Timestamp now);
    /// How often something may have changed, there or here.
    [[nodiscard]] std::uint64_t changes() const;
    static http::Response refuse(int status, std::string_view why);

private:
    struct Parts;

    std::unique_ptr<Parts> parts_;
};

}  // namespace callboard
