#pragma once
// Chance that can be repeated. A run prints its seed; CALLBOARD_SEED repeats it, CALLBOARD_CASES changes how many cases
// it has.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

namespace callboard::chance {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}

    std::int64_t between(std::int64_t least, std::int64_t most) {
        // Not std::uniform_int_distribution: a seed must mean the same everywhere.
        return least + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(most - least + 1));
    }

    bool one_in(std::int64_t n) { return between(1, n) == 1; }

    template <class T>
    const T& of(const std::vector<T>& choices) {
        return choices[static_cast<std::size_t>(between(0, std::ssize(choices) - 1))];
    }

private:
    std::mt19937_64 engine_;
};

inline std::int64_t number_from_environment(const char* name, std::int64_t otherwise) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing sets variables here.
    return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
}

inline std::uint64_t seed() {
    static const auto value = [] {
        const auto chosen = static_cast<std::uint64_t>(
            number_from_environment("CALLBOARD_SEED", static_cast<std::int64_t>(std::random_device{}())));
        std::printf("CALLBOARD_SEED=%llu repeats this run\n", static_cast<unsigned long long>(chosen));
        return chosen;
    }();
    return value;
}

inline std::int64_t cases(std::int64_t by_default) { return number_from_environment("CALLBOARD_CASES", by_default); }

}  // namespace callboard::chance
