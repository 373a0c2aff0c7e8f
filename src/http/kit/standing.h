#pragma once
// The roles of whoever asks, as they are stored now.

#include "http/kit/request.h"

namespace callboard::http {

/// The account itself for keys without a user.
Standing load_standing(Tx& tx, const Actor& actor);

}  // namespace callboard::http
