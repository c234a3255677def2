#!/usr/bin/env python3
"""check.py REPORT.json PAGE.html [SCREENSHOTS]: holds the page of a report in a headless Chromium.

It needs chromium and chromedriver on PATH, and Python alone. SCREENSHOTS is a folder for pictures at 1280 and 390 px.
"""

import base64
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]
ENTER, ESCAPE = "\ue007", "\ue00c"


class Browser:
    """A session of chromedriver, by the WebDriver protocol."""

    def __init__(self, folder):
        self.driver = subprocess.Popen(
            [shutil.which("chromedriver"), "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                self.root = f"http://127.0.0.1:{line.split()[-1].rstrip('.')}/session"
                break
        else:
            sys.exit("chromedriver does not start")
        options = {"args": [*ARGUMENTS, f"--user-data-dir={folder}"], "binary": shutil.which("chromium")}
        capabilities = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.call("POST", "", {"capabilities": {"alwaysMatch": capabilities}})
        self.root += "/" + session["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.root + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def script(self, text, *arguments):
        return self.call("POST", "/execute/sync", {"script": text, "args": list(arguments)})

    def find(self, selector):
        return next(iter(self.call("POST", "/element", {"using": "css selector", "value": selector}).values()))

    def click(self, selector):
        self.call("POST", f"/element/{self.find(selector)}/click", {})

    def keys(self, selector, text):
        self.call("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def size(self, width, height):
        self.call("POST", "/window/rect", {"width": width, "height": height})

    def close(self):
        self.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait()


failures = 0


def holds(what, value):
    global failures
    print(f"{'ok' if value else 'FAILS'}: {what}")
    failures += not value


def grouped(count):
    return f"{count:,}"


def look(browser, report):
    text = browser.script("return document.body.innerText")
    verdict = browser.script(
        "const v = document.getElementById('verdict'), r = v.getBoundingClientRect();"
        "return [v.innerText, r.top >= 0 && r.bottom <= innerHeight, getComputedStyle(v).color]"
    )
    ok = report["verdict"]["holds"]
    holds("the verdict is in view and says what the JSON says", verdict[1] and verdict[0].startswith("FAILS") != ok)
    red, green, _ = (int(part) for part in verdict[2].strip("rgba()").split(",")[:3])
    holds("a failure is red, and what holds is green", (red > green) != ok)
    broken = {name for name, all in report["verdict"]["budget"].items() if not all_hold(all)}
    shown = set(browser.script("return [...document.querySelectorAll('figure.fails figcaption')].map(f => f.firstChild.data.trim())"))
    holds(f"variants over a limit are marked: {len(broken)}", broken == shown)
    for variant in report["variants"]:
        sizes = variant["optimized"]
        figures = [grouped(sizes[key]) + " B" for key in ("raw_bytes", "gzip_bytes", "brotli_bytes")]
        holds(f"{variant['name']}: the figures are those of the JSON", all(figure in text for figure in figures))


def all_hold(findings):
    return all(finding["holds"] for finding in findings)


TILES = "return [...document.querySelectorAll('#tiles button')].map(t => t.innerText.split(' ').slice(0, -1).join(' '))"
CRUMBS = "return document.querySelectorAll('#crumbs button').length"


def choose(browser, variant, view):
    browser.script(
        "const s = (id, v) => { const e = document.getElementById(id); e.value = v; e.dispatchEvent(new Event('change')) };"
        "s('variant', arguments[0]); s('view', arguments[1])", variant, view,
    )


def walk(browser, report):
    divided = None
    for variant in report["variants"]:
        if not variant["details"]:
            continue
        parts = variant["details"]["optimized"]["parts"]
        choose(browser, variant["name"], "optimized")
        if browser.script("return document.querySelector('#tiles button.inner') != null"):
            divided = variant["name"]
        about = browser.script("return document.getElementById('about').innerText")
        total = grouped(sum(part["bytes"] for part in parts))
        holds(f"{variant['name']}: the map has all {total} bytes", f"{total} B" in about)
    # A binary without functions has nothing to go into.
    if divided is None:
        return
    choose(browser, divided, "optimized")
    outer = browser.script(TILES)
    browser.click("#tiles button.inner")
    inner = browser.script(TILES)
    holds("a click goes in", browser.script(CRUMBS) == 2 and inner != outer)
    browser.keys("#tiles button", ESCAPE)
    holds("Escape goes back", browser.script(CRUMBS) == 1 and browser.script(TILES) == outer)
    browser.keys("#tiles button.inner", ENTER)
    holds("Enter goes in", browser.script(CRUMBS) == 2 and browser.script(TILES) == inner)
    browser.click("#crumbs button")
    holds("the way back is a click", browser.script(CRUMBS) == 1)
    named = browser.script("return [...document.querySelectorAll('#tiles button')].every(t => t.getAttribute('aria-label'))")
    holds("every rectangle has a name for those who do not see it", named)


def differences(browser, report):
    grown = [change for change in report["since"]["variants"] if change["parts"]]
    for change in grown:
        choose(browser, change["variant"], "since the base")
        rows = browser.script("return [...document.querySelectorAll('#details tbody tr')].length")
        holds(f"{change['variant']}: what changed is in the map", rows > 0)


def main():
    report_path, page, *pictures = sys.argv[1:]
    report = json.loads(pathlib.Path(report_path).read_text())
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            for width, height in ((1280, 900), (390, 844)):
                browser.size(width, height)
                browser.call("POST", "/url", {"url": pathlib.Path(page).resolve().as_uri()})
                time.sleep(0.3)
                wide = browser.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                holds(f"at {width} px nothing is wider than the window", wide <= 0)
                look(browser, report)
                walk(browser, report)
                if report["since"]:
                    differences(browser, report)
                if pictures:
                    browser.call("POST", "/url", {"url": pathlib.Path(page).resolve().as_uri()})
                    whole = browser.script("return document.documentElement.scrollHeight")
                    browser.size(width, min(whole + 200, 8000))
                    picture = base64.b64decode(browser.call("GET", "/screenshot"))
                    target = pathlib.Path(pictures[0]) / f"report-{width}.png"
                    target.write_bytes(picture)
            said = browser.call("POST", "/se/log", {"type": "browser"})
            holds(f"the console says nothing: {[entry['message'] for entry in said]}", not said)
        finally:
            browser.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
