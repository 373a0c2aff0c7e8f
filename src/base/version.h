#pragma once
// What an object was from one moment on, until the next version of it.

#include "base/time.h"

namespace callboard {

template <class T>
struct Version {
    Timestamp valid_from;
    T object;
};

}  // namespace callboard
