"""Pages of a real Chromium, driven through driver.mjs."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import Any

from support.node_process import NodeProcess

HERE = Path(__file__).resolve().parent
CONSOLE = HERE.parents[2] / "ui/console"
# Longer than anything that the driver waits for itself: a page that is this long about one call hangs.
DEADLINE = 60


def field(label: str, exact: bool = False) -> str:
    """The selector of the field whose label is this, or has it inside."""
    return f'internal:label={json.dumps(label)}{"s" if exact else "i"} >> internal:and="input, textarea, select" >> visible=true'


class Chromium:
    """One browser; close() ends it."""

    def __init__(self):
        self.program = NodeProcess(CONSOLE, HERE / "driver.mjs")
        self.names = map(str, itertools.count())

    def ask(self, page: str, call: str, *args: Any):
        """Raises AssertionError with Playwright's words."""
        answer = json.loads(self.program.ask(json.dumps({"page": page, "call": call, "args": args}), DEADLINE))
        if "error" in answer:
            raise AssertionError(f"{call} {args}: {answer['error']}")
        return answer["value"]

    def open(self, **options) -> "Page":
        page = Page(self, next(self.names))
        self.ask(page.name, "open", options)
        return page

    def close(self):
        self.program.close()


class Page:
    """A page with cookies and a window of its own. Selectors are Playwright's; `role` and `name` find what people see."""

    def __init__(self, browser: Chromium, name: str):
        self.browser, self.name = browser, name

    def call(self, what: str, *args):
        return self.browser.ask(self.name, what, *args)

    def go(self, address: str):
        """Loads a page, and waits until the application has taken it over."""
        self.call("goto", address)
        self.see("#app h1")

    def visit(self, path: str):
        """Follows a link without loading a page, and waits until all of the new one is there."""
        self.call("follow", path)
        self.until(lambda: self.call("evaluate", "location.pathname + location.search") == path)
        self.settled()

    def settled(self):
        """Waits until nothing is being read."""
        self.call("settled")

    def see(self, selector: str, text: str = ""):
        where = f"{selector} >> visible=true" if not text else f'{selector}:has-text({json.dumps(text)}) >> visible=true'
        self.call("waitForSelector", where)

    def gone(self, selector: str):
        self.call("waitForSelector", selector, {"state": "hidden"})

    def text(self, selector: str = "body") -> str:
        return self.call("innerText", selector)

    def count(self, selector: str) -> int:
        return self.call("locator:count", selector)

    def click(self, selector: str):
        self.call("click", selector)

    def button(self, name: str, within: str = ""):
        self.call("click", f"{within + ' >> ' if within else ''}role=button[name={json.dumps(name)}] >> visible=true")

    def fill(self, label: str, value: str, exact: bool = False):
        self.call("locator:fill", field(label, exact), value)

    def choose(self, label: str, option: str):
        self.call("locator:selectOption", field(label), {"label": option})

    def press(self, *keys: str):
        for key in keys:
            self.call("press", key)

    def axe(self) -> list[str]:
        return self.call("axe")

    def problems(self) -> list[str]:
        return self.call("problems")

    def overflow(self) -> int:
        """How many pixels wider than the window it is."""
        return self.call("evaluate", "document.documentElement.scrollWidth - innerWidth")

    def until(self, what, seconds: float = 10):
        """Waits for a true value of what()."""
        end = time.monotonic() + seconds
        while not (value := what()):
            assert time.monotonic() < end, f"waited {seconds} s in vain; the page says:\n{self.text()}"
            time.sleep(0.1)
        return value

    def close(self):
        self.call("close")
