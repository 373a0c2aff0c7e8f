#pragma once
// What a text is about, and how much two of them have in common.

#include <cstddef>
#include <string_view>
#include <vector>

namespace callboard {

/// The words of a text as hashes, sorted, each once, without regard to case. What has a digit in it (a number, a host's
/// number, an id) says which one and not what: it is left out.
std::vector<std::size_t> words_of(std::string_view text);

struct WordCount {
    std::size_t common = 0;
    std::size_t all = 0;

    bool operator==(const WordCount&) const = default;
};

/// Words in both and in either of two texts, each as words_of has them.
WordCount count_words(const std::vector<std::size_t>& one, const std::vector<std::size_t>& other);

bool are_similar(const WordCount& words);

/// Two of three words in common make texts similar.
constexpr std::size_t similar_words = 2;
constexpr std::size_t similar_words_of = 3;
/// More words of a text are not looked at.
constexpr std::size_t words_max = 64;

}  // namespace callboard
