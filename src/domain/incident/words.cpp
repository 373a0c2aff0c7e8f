#include "domain/incident/words.h"

#include <algorithm>
#include <functional>
#include <string>

namespace callboard {

namespace {

/// Letters of any alphabet: what is not ASCII counts as one.
bool is_word_byte(char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::vector<std::size_t> words_of(std::string_view text) {
    std::vector<std::size_t> words;
    std::string word;
    bool digits = false;
    auto end_word = [&] {
        if (!word.empty() && !digits && words.size() < words_max) words.push_back(std::hash<std::string>{}(word));
        word.clear();
        digits = false;
    };
    for (char c : text) {
        if (!is_word_byte(c)) {
            end_word();
            continue;
        }
        digits = digits || is_digit(c);
        word += lower(c);
    }
    end_word();
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

WordCount count_words(const std::vector<std::size_t>& one, const std::vector<std::size_t>& other) {
    WordCount count;
    auto a = one.begin();
    auto b = other.begin();
    while (a != one.end() && b != other.end()) {
        if (*a == *b) {
            ++count.common;
            ++a;
            ++b;
        } else if (*a < *b) {
            ++a;
        } else {
            ++b;
        }
    }
    count.all = one.size() + other.size() - count.common;
    return count;
}

bool are_similar(const WordCount& words) {
    return words.common > 0 && words.common * similar_words_of >= words.all * similar_words;
}

}  // namespace callboard
