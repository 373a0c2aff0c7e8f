#include "base/config_text.h"

#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <yaml-cpp/yaml.h>

namespace callboard {

namespace {

/// An alias stands for all that it names, and may name aliases.
constexpr int nodes_max = 20'000;
constexpr int depth_max = 20;

struct Unreadable {
    int line = 0;
    std::string why;
};

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

/// Calls `put` with the value, which is a table, an array, a text, a number or a truth value. A value of null is none.
class Translator {
public:
    toml::table table(const YAML::Node& node) {
        enter(node);
        toml::table table;
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) throw Unreadable{line_of(entry.first.Mark()), "a key must be a text"};
            auto key = entry.first.Scalar();
            if (table.contains(key))
                throw Unreadable{line_of(entry.first.Mark()), fmt::format("{} is there twice", key)};
            add(entry.second, [&](auto&& value) { table.insert(key, std::forward<decltype(value)>(value)); });
        }
        --depth_;
        return table;
    }

private:
    void enter(const YAML::Node& node) {
        if (++nodes_ > nodes_max || ++depth_ > depth_max)
            throw Unreadable{line_of(node.Mark()), "there is too much in this file"};
    }

    toml::array array(const YAML::Node& node) {
        enter(node);
        toml::array array;
        for (const auto& entry : node)
            add(entry, [&](auto&& value) { array.push_back(std::forward<decltype(value)>(value)); });
        --depth_;
        return array;
    }

    template <class Put>
    void add(const YAML::Node& node, Put put) {
        if (++nodes_ > nodes_max) throw Unreadable{line_of(node.Mark()), "there is too much in this file"};
        if (node.IsMap()) return put(table(node));
        if (node.IsSequence()) return put(array(node));
        if (!node.IsScalar()) return;
        const auto& text = node.Scalar();
        // "!" is the tag of what is in quotes.
        if (node.Tag() == "!") return put(text);
        if (text == "true" || text == "false") return put(text == "true");
        std::int64_t number = 0;
        auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (failed == std::errc{} && end == text.data() + text.size()) return put(number);
        put(text);
    }

    int nodes_ = 0;
    int depth_ = 0;
};

Error unreadable(const std::string& problem) { return {ErrorKind::invalid, 0, problem, {problem}}; }

bool is_yaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

}  // namespace

Result<std::string> toml_of_yaml(std::string_view yaml) {
    try {
        auto root = YAML::Load(std::string{yaml});
        if (root.IsNull()) return std::string{};
        if (!root.IsMap())
            return unreadable("the file must be sections: backstage: and what belongs to it, further in");
        std::ostringstream out;
        out << Translator().table(root);
        return out.str();
    } catch (const YAML::Exception& error) {
        return unreadable(fmt::format("line {}: {}", line_of(error.mark), error.msg));
    } catch (const Unreadable& error) {
        return unreadable(fmt::format("line {}: {}", error.line, error.why));
    }
}

Result<std::string> read_config_text(const std::string& path) {
    std::ifstream file(path);
    if (!file) return unreadable("cannot be read");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) return unreadable("cannot be read");
    return is_yaml(path) ? toml_of_yaml(text) : Result<std::string>(std::move(text));
}

}  // namespace callboard
