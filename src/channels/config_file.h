#pragma once
// The sections [[email]], [[sms]], [[phone]], [[push]], [slack] and [telegram] of the configuration file. Unlike
// options of the command line, a key that is not known is an error here: a mistyped one would be noticed on the night
// on which nobody is paged.

#include "base/result.h"
#include "channels/config.h"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::channels {

/// The sections that are read here.
constexpr std::array<std::string_view, 6> section_names{"email", "sms", "phone", "push", "slack", "telegram"};

/// What an environment variable holds; absent when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads the sections from the text of a TOML file and the secrets from the environment, where they come before the
/// file's: CALLBOARD_EMAIL_PASSWORD, CALLBOARD_PUSH_TOKEN, CALLBOARD_SLACK_TOKEN, CALLBOARD_SLACK_SIGNING_SECRET,
/// CALLBOARD_TELEGRAM_TOKEN, CALLBOARD_TELEGRAM_SECRET, and CALLBOARD_SMS_1_TOKEN, CALLBOARD_SMS_1_SECRET and the like
/// of CALLBOARD_PHONE_1_ for the first [[sms]] and [[phone]], _2_ for the second; of several [[email]] and [[push]] the
/// same way. All problems at once, one sentence each, in Error::errors; each names its key ("sms 2: account-sid: ...")
/// and never quotes a secret.
Result<Config> read_config(std::string_view toml, const Environment& environment);

/// Reads the file; without a path, the environment's secrets have nothing to belong to and the result is empty.
Result<Config> read_config_file(const std::string& path);

}  // namespace callboard::channels
