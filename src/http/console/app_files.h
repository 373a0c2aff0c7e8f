#pragma once
// The console's application for browsers, as it was built in ui/console/dist when this program was: embedded by
// cmake/embed.cmake. Empty without it; the pages written by the server need none.

#include <span>
#include <string_view>

namespace callboard::http {

struct AppFile {
    /// "assets/main-1a2b3c.js": the name changes with what is in it.
    std::string_view name;
    std::string_view content_type;
    /// gzip
    std::string_view compressed;
    std::string_view plain;
};

extern const std::span<const AppFile> app_files;
/// Names of the files that a page starts the application with; empty without one.
extern const std::string_view app_script;
extern const std::span<const std::string_view> app_styles;
/// What the script needs at once: asked for together with it.
extern const std::span<const std::string_view> app_imports;

}  // namespace callboard::http
