"""Quick where it is slow: the first paint on a weak link, and a list of a thousand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# As Chromium's developer tools have "Slow 3G", and a telephone six times slower than this machine.
SLOW_PHONE = (500, 400, 6)
FIRST_PAINT_MS = 1_000
PAINTS_MAX = 10
# What others on this machine may take of it while it is measured. More would be measured as well, six times.
DISTURBED_FROM = 0.15
# Each request waits for the link once, 400 ms: a page that needs a second one before it is painted has lost.
PAINTS = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


@pytest.fixture(scope="module")
def thousand(make):
    """A service with a thousand open incidents."""
    service = make.service()
    key = make.routing_key(service)
    for n in range(1_000):
        make.events.trigger(key, dedup_key=f"{key}-{n}", summary=f"Disk {n} is full")
    return service


class Elsewhere:
    """How much of this machine's processors others take while this is entered: whatever these tests have not started."""

    def __enter__(self):
        self.before = self.spent()
        return self

    def __exit__(self, *_):
        all_of_it, busy, own = (after - before for before, after in zip(self.before, self.spent()))
        self.share = max(0, busy - own) / max(1, all_of_it)

    @staticmethod
    def spent() -> tuple[int, int, int]:
        """Ticks since the beginning: there were, were used, and were used by this process and those it has started."""
        ticks = [int(number) for number in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        parents, used = {}, {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            pid = int(stat.parent.name)
            parents.setdefault(int(fields[1]), []).append(pid)
            # With those of its children that have ended.
            used[pid] = sum(int(field) for field in fields[11:15])
        own = [os.getpid()]
        for one in own:
            own += parents.get(one, [])
        return sum(ticks), sum(ticks) - ticks[3] - ticks[4], sum(used.get(one, 0) for one in own)


@pytest.mark.parametrize("cache", ["empty", "full"])
def test_the_first_paint_comes_within_a_second_on_a_slow_phone(chromium, account, owner_cookies, make, cache):
    incident = make.alerted(make.routing_key())

    def painted(path):
        page = chromium.open(cookies=owner_cookies, viewport={"width": 390, "height": 844}, isMobile=True, hasTouch=True)
        # The connection is there, as it is for whoever has just tapped a link in a message before.
        page.go(account.server.url + "/console/") if cache == "full" else page.call("goto", account.server.url + "/healthz")
        page.call("slow", *SLOW_PHONE)
        page.call("goto", account.server.url + path, {"waitUntil": "commit"})
        # To ask meanwhile would keep the page from painting: each question costs six times as much there.
        page.call("waitForTimeout", 1.5 * FIRST_PAINT_MS)
        after = page.until(lambda: page.call("evaluate", PAINTS), 20)
        page.close()
        return after

    for path in ("/console/", f"/console/incidents/{incident['id']}", "/console/on-call", "/console/health"):
        # Neighbours only ever add: the best counts. A page that needs longer is found out as soon as one look was undisturbed.
        paints = []
        while len(paints) < PAINTS_MAX:
            with Elsewhere() as elsewhere:
                took = painted(path)
            paints.append((took, elsewhere.share))
            undisturbed = [one for one, share in paints if share < DISTURBED_FROM]
            if took <= FIRST_PAINT_MS or len(undisturbed) >= 3:
                break
        best = min(took for took, _ in paints)
        if best > FIRST_PAINT_MS and not undisturbed:
            pytest.skip(f"this machine is too busy to say: {path}, {paints}")
        assert best <= FIRST_PAINT_MS, (path, paints)


def test_a_page_is_painted_with_its_first_answer(chromium, account, owner_cookies):
    page = chromium.open(cookies=owner_cookies)
    # Whatever else the page asks for never comes.
    page.call("refuse", "**/console/app/**", 0, {})
    page.call("goto", account.server.url + "/console/")
    before = page.call("loaded")
    assert [kind for kind, _, _ in before if kind == "stylesheet"] == []
    assert page.call("evaluate", "getComputedStyle(document.querySelector('.top')).display") == "flex"
    page.close()


def test_pages_need_fonts_of_two_weights(chromium, account, owner_cookies, make):
    incident = make.alerted(make.routing_key())
    for scripts in (False, True):
        page = chromium.open(cookies=owner_cookies, javaScriptEnabled=scripts)
        for path in ("/console/", f"/console/incidents/{incident['id']}", "/console/on-call"):
            page.go(account.server.url + path) if scripts else page.call("goto", account.server.url + path)
            weights = page.call("evaluate", "[...new Set([...document.body.querySelectorAll('*')].map((one) => getComputedStyle(one).fontWeight))].sort()")
            assert set(weights) <= {"400", "660"}, (path, scripts, weights)
        page.close()


def test_a_list_of_a_thousand_is_drawn_in_part_and_scrolls_smoothly(open_page, thousand):
    page = open_page(f"/console/incidents?service={thousand['id']}")
    page.see(".group h2", "1000")
    assert page.count("[data-id]") < 400
    # The longest frame while the window runs over all of it.
    longest = page.call("evaluate", """(async () => {
        const gaps = [];
        let last = performance.now();
        for (let y = 0; y < document.documentElement.scrollHeight; y += 400) {
            window.scrollTo(0, y);
            await new Promise(requestAnimationFrame);
            gaps.push(performance.now() - last);
            last = performance.now();
        }
        return gaps.sort((a, b) => b - a)[Math.floor(gaps.length / 20)];
    })()""")
    assert longest < 100, f"one frame of twenty took {longest:.0f} ms"
    page.see(".title", "Disk 0 is full")
    assert page.count("[data-id]") < 400
    assert page.call("evaluate", "document.querySelector('[aria-setsize]').getAttribute('aria-setsize')") == "1000"


def test_the_keyboard_goes_to_rows_that_are_not_drawn(open_page, thousand):
    page = open_page(f"/console/incidents?service={thousand['id']}")
    page.see(".group h2", "1000")
    page.press("k")
    page.see(".cursor .title", "Disk 0 is full")
