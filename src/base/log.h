#pragma once
// One structured line per event, JSON on standard error: log::info("incident.triggered", {{"incident", id}}).
// Names are noun.verb, keys are the API's names. Secrets and event bodies never go in.
// error: a human must act; warn: handled but odd; info: business facts; debug: for the author.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace callboard::log {

using Field = std::pair<std::string_view, std::string>;

enum class Level { debug, info, warn, error, off };

void set_level(Level level);

void debug(std::string_view event, std::initializer_list<Field> fields = {});
void info(std::string_view event, std::initializer_list<Field> fields = {});
void warn(std::string_view event, std::initializer_list<Field> fields = {});
void error(std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace callboard::log
