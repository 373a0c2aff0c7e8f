"""Holds tools/tidy to its rules: what each must find, and what looks like it and is allowed."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import SimpleNamespace

import pytest

TIDY = Path(__file__).resolve().parents[2] / "tools/tidy"
GRAPH_FILE = "docs/architecture.md"
EMPTY_GRAPH = "# Rooms\n\n<!-- rooms: drawn by tools/tidy --graph -->\n<!-- end of rooms -->\n\nThe end.\n"


def load():
    """The tool as a module: quicker than a process per tree."""
    loader = SourceFileLoader("callboard_tidy", str(TIDY))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode = True
    sys.modules[loader.name] = module  # dataclasses look their module up
    loader.exec_module(module)
    return module


tidy = load()


class Tree:
    """A small source tree on which the tool is run."""

    def __init__(self, root: Path):
        self.root = root
        self.write(GRAPH_FILE, EMPTY_GRAPH)
        self.write("src/base/first.h", "#pragma once\n")
        self.draw()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def run(self, *arguments: str) -> SimpleNamespace:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = tidy.main(["--root", str(self.root), *arguments])
        return SimpleNamespace(returncode=status, stdout=out.getvalue())

    def draw(self) -> None:
        """Draws the graph, so that a test about something else does not find it stale."""
        assert self.run("--graph").returncode == 0

    def problems(self) -> list:
        """The lines that the tool prints; its status has to agree with them."""
        self.draw()
        done = self.run()
        found = done.stdout.splitlines()[:-1]
        assert done.returncode == (1 if found else 0), done.stdout
        return found


@pytest.fixture
def tree(tmp_path) -> Tree:
    return Tree(tmp_path)


def found(tree: Tree, path: str, text: str) -> list:
    tree.write(path, text)
    return tree.problems()


# --- arrows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path, include", [
    ("src/base/x.h", "domain/ids.h"),
    ("src/domain/event/x.h", "storage/tx.h"),
    ("src/storage/x.h", "app/respond.h"),
    ("src/app/x.h", "http/kit/request.h"),
    ("src/http/x.h", "cli/admin.h"),
    ("src/http/x.h", "backstage/cards.h"),
    ("src/cli/x.h", "http/kit/request.h"),
    ("src/backstage/x.h", "app/respond.h"),
    ("src/channels/x.h", "storage/tx.h"),
    ("src/net/x.h", "domain/ids.h"),
    ("src/app/x_test.cpp", "daemon/serve.h"),
])
def test_an_include_against_the_order_of_rooms_is_found_with_its_line(tree, path, include):
    [line] = found(tree, path, f'#pragma once\n#include "{include}"\n')
    room = path.split("/")[1]
    assert line.startswith(f"{path}:2: {room} must not include {include.split('/')[0]} ({include}): ")


@pytest.mark.parametrize("path, include", [
    ("src/domain/event/x.h", "base/time.h"),
    ("src/app/x.h", "storage/tx.h"),
    ("src/http/x.h", "app/respond.h"),
    ("src/backstage/x.h", "net/client.h"),
    ("src/daemon/x.h", "backstage/cards.h"),
    ("src/app/x.h", "app/respond.h"),
    ("tests/property/x.h", "http/front.h"),
])
def test_an_include_along_the_order_of_rooms_is_left_alone(tree, path, include):
    assert found(tree, path, f'#include "{include}"\n') == []


def test_an_include_in_a_comment_or_of_a_library_is_no_arrow(tree):
    text = '// #include "storage/tx.h"\n/*\n#include "app/respond.h"\n*/\n#include <http/parser.h>\n'
    assert found(tree, "src/domain/event/x.h", text) == []


def test_a_room_that_nobody_described_is_found(tree):
    [line] = found(tree, "src/attic/x.h", "")
    assert "src/attic is no room" in line


@pytest.mark.parametrize("noun, other, allowed", [
    ("service", "account", True),
    ("oncall", "schedule", True),
    ("access", "incident", True),
    ("event", "incident", True),
    ("account", "service", False),
    ("schedule", "escalation", False),
    ("incident", "event", False),
    ("event", "notify", False),
    ("notify", "event", False),
    ("incident", "access", False),
])
def test_nouns_of_the_domain_include_only_those_on_lower_steps(tree, noun, other, allowed):
    lines = found(tree, f"src/domain/{noun}/x.h", f'#include "domain/ids.h"\n#include "domain/{other}/y.h"\n')
    assert (lines == []) is allowed
    assert allowed or lines[0].startswith(f"src/domain/{noun}/x.h:2: domain/{noun} must not include domain/{other}: ")


def test_a_noun_without_a_step_is_found(tree):
    [line] = found(tree, "src/domain/weather/x.h", "")
    assert "src/domain/weather has no step" in line


@pytest.mark.parametrize("path, include, allowed", [
    ("src/http/server/x.cpp", "boost/asio/awaitable.hpp", True),
    ("src/http/kit/x.cpp", "boost/asio/awaitable.hpp", False),
    ("src/app/x.cpp", "boost/beast.hpp", False),
    ("src/sql/x.cpp", "sqlite3.h", True),
    ("src/storage/x.cpp", "sqlite3.h", False),
    ("src/domain/event/x.cpp", "boost/json.hpp", False),
    ("src/domain/event/x.cpp", "boost/describe.hpp", True),
    ("src/http/x.cpp", "regex", False),
])
def test_library_headers_stay_in_their_folders(tree, path, include, allowed):
    lines = found(tree, path, f"#include <{include}>\n")
    assert (lines == []) is allowed
    assert allowed or f"<{include}> is allowed" in lines[0]


# --- calls -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code, word", [
    ("auto t = std::chrono::system_clock::now();", "system_clock"),
    ("auto t = system_clock :: now();", "system_clock"),
    ("int n = rand();", "rand"),
    ("srand(7);", "srand"),
    ("std::this_thread::sleep_for(pause);", "sleep_for"),
    ("sleep(1);", "sleep"),
    ("auto f = std::async(work);", "std::async"),
    ("auto* local = localtime(&t);", "localtime"),
    ('std::regex pattern("x");', "std::regex"),
    ("try { f(); } catch (...) {}", "catch"),
])
def test_a_banned_call_is_found_where_it_stands(tree, code, word):
    [line] = found(tree, "src/app/x.cpp", f"void f() {{\n    {code}\n}}\n")
    assert line.startswith("src/app/x.cpp:2: ") and word in line and "is banned here: " in line


def test_words_in_comments_and_texts_are_no_calls(tree):
    text = '''// system_clock::now() and rand() and sleep(1)
/* std::async(x); */
const char* a = "localtime(0) catch (...)";
const char* b = R"(sleep(1); std::regex)";
char quote = '"';
int my_rand(int);
int n = my_rand(1'000'000);
void asleep(int);
'''
    assert found(tree, "src/app/x.cpp", text) == []


def test_a_call_is_allowed_in_the_file_that_exists_for_it(tree):
    text = "auto now() { return std::chrono::system_clock::now(); }\n"
    assert found(tree, "src/base/clock.cpp", text) == []
    assert len(found(tree, "src/base/other.cpp", text)) == 1


# --- long functions --------------------------------------------------------------------------------------------------


def body(lines: int) -> str:
    return "    step();\n" * lines


def test_a_function_of_71_lines_is_found_and_one_of_70_is_not(tree):
    assert found(tree, "src/app/x.cpp", f"void f(int a) {{\n{body(68)}}}\n") == []
    [line] = found(tree, "src/app/x.cpp", f"\nint before;\nvoid f(int a) {{\n{body(69)}}}\n")
    assert line.startswith("src/app/x.cpp:3: f has 71 lines")


@pytest.mark.parametrize("opening, closing", [
    ("namespace a::b {\nnamespace {\nvoid f() {\n", "}\n}\n}\n"),
    ("class A final : public B<int> {\npublic:\n    void f() const override {\n", "}\n};\n"),
    ("template <class T>\nstruct A {\n    template <class F>\n    void f(F&& g) {\n", "}\n};\n"),
    ("A::A(int a, Options o = {}) : B(a), c_{a}, d_(o), e_{} {\n", "}\n"),
    ("auto f(int a) -> decltype(g(a)) {\n", "}\n"),
    ("Result<Reply> f(\n    Request& request, Options options) {\n", "}\n"),
    ("[[nodiscard]] bool operator==(const A& a, const A& b) {\n", "}\n"),
    ("void f() try {\n", "} catch (const E& e) {}\n"),
])
def test_long_functions_are_found_in_every_form(tree, opening, closing):
    text = opening + body(72) + closing
    lines = found(tree, "src/app/x.cpp", text)
    assert len(lines) == 1 and "lines; 70 are a screen" in lines[0]
    assert found(tree, "src/app/x.cpp", opening + body(40) + closing) == []


def test_long_tables_types_and_namespaces_are_no_functions(tree):
    table = "constexpr Route table[] = {\n" + '    {Verb::get, "/x", list_x},\n' * 90 + "};\n"
    kind = "struct A {\n" + "    int member = of(1);\n" * 90 + "};\n"
    many = "namespace a {\n" + "void f() {\n    g();\n}\n" * 40 + "}\n"
    choice = "enum class E {\n" + "    one,\n" * 90 + "};\n"
    assert found(tree, "src/app/x.cpp", table + kind + many + choice) == []


def test_the_comment_above_a_function_does_not_count(tree):
    comment = "// A sentence.\n" * 40
    assert found(tree, "src/app/x.cpp", f"{comment}void f() {{\n{body(60)}}}\n") == []


# --- coroutines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameter", [
    "const std::string& text", "std::string_view text", "std::span<const char> bytes", "std::string&& text", "const T &t",
])
@pytest.mark.parametrize("form", ["net::awaitable<bool, Executor> read(int n, {});", "Task Session::read({}) {{ co_return; }}"])
def test_a_coroutine_that_borrows_a_parameter_is_found(tree, parameter, form):
    [line] = found(tree, "src/http/server/x.cpp", "\n" + form.format(parameter) + "\n")
    assert line.startswith("src/http/server/x.cpp:2: a coroutine takes ")


def test_values_shared_pointers_and_plain_functions_are_left_alone(tree):
    text = '''net::awaitable<void, Executor> run(std::string text, std::shared_ptr<Session> session, Shard& shard);
Task Session::run() { co_return; }
bool plain(const std::string& text, std::string_view other);
Task made = run();
'''
    assert found(tree, "src/http/server/x.cpp", text) == []


@pytest.mark.parametrize("code, what", [
    ("co_await find(Query{.text = s});", "an aggregate"),
    ("co_await find(store::Query{});", "an aggregate"),
    ("co_await find({.text = s});", "an aggregate"),
    ("co_await find(1, {s});", "an aggregate"),
    ("auto x = co_await find(std::array{1, 2});", "an aggregate"),
    ("co_await [this] { return read(); }();", "a capturing lambda"),
    ("if (co_await on_worker([&](int n) { return n; })) return;", "a capturing lambda"),
])
def test_what_the_compiler_destroys_twice_is_found(tree, code, what):
    [line] = found(tree, "src/http/server/x.cpp", f"Task f() {{\n    {code}\n}}\n")
    assert line.startswith(f"src/http/server/x.cpp:2: {what} is made inside a co_await expression")


@pytest.mark.parametrize("code", [
    "auto query = Query{.text = s}; co_await find(std::move(query));",
    "co_await find(std::string{s});",
    "co_await start([](auto handler, Session* session) { auto q = Query{1}; session->keep([q] { q(); }); }, token, this);",
    "auto [failed, count] = co_await socket.read(buffers[0], as_result);",
    "if (co_await read()) { auto query = Query{}; }",
])
def test_what_is_named_first_or_has_a_constructor_is_left_alone(tree, code):
    assert found(tree, "src/http/server/x.cpp", f"Task f() {{\n    {code}\n}}\n") == []


# --- promises --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("comment, allowed", [
    ("// TODO: later", False), ("// TODO(ann): later", False), ("/* FIXME(12) */", False), ("// XXX", False),
    ("// TODO(12): later", True), ("// TODO(#12): later", True), ("// The TODOs of others.", True),
])
def test_a_promise_needs_a_number(tree, comment, allowed):
    assert (found(tree, "src/app/x.cpp", comment + "\n") == []) is allowed


# --- the graph -------------------------------------------------------------------------------------------------------


def test_the_graph_shows_rooms_and_nouns_and_keeps_the_rest_of_the_page(tree):
    tree.write("src/app/x.h", '#include "storage/tx.h"\n#include "base/time.h"\n')
    tree.write("src/domain/event/x.h", '#include "domain/incident/y.h"\n')
    tree.draw()
    page = (tree.root / GRAPH_FILE).read_text()
    assert "    app --> storage\n" in page and "    app --> base\n" in page and "    event --> incident\n" in page
    assert page.startswith("# Rooms\n\n") and page.endswith("\n\nThe end.\n")


def test_a_stale_graph_is_found(tree):
    tree.write("src/app/x.h", '#include "storage/tx.h"\n')
    done = tree.run()
    assert done.returncode == 1 and "docs/architecture.md:3: the graph of rooms is not what the includes say" in done.stdout
    tree.draw()
    assert tree.run().returncode == 0


def test_a_page_without_a_place_for_the_graph_is_found(tree):
    tree.write(GRAPH_FILE, "# Rooms\n")
    done = tree.run()
    assert done.returncode == 1 and "there is no place for the graph" in done.stdout
    assert tree.run("--graph").returncode == 1


def test_it_runs_as_a_program_and_an_empty_tree_is_no_success(tmp_path):
    done = subprocess.run([TIDY, "--root", tmp_path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "no C++ below" in done.stderr
