"""Takes pictures of every state of the desk and looks at each with axe-core: npm run gallery [-- NAME …]

The pictures land in frontend/screenshots/, which is not in the repository. Exits with 1 when axe finds a violation
or when something runs out of the window sideways.
"""

from __future__ import annotations

import functools
import http.server
import sys
import threading
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent.parent
OUT = HERE / "screenshots"
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
# name → width, height, density, theme, language
WINDOWS = {
    "": (1366, 860, 1, "light", "en"),
    "-1024": (1024, 768, 1, "light", "en"),
    "-360": (360, 740, 2, "light", "en"),
    "-dark": (1366, 860, 1, "dark", "en"),
    "-de-1024": (1024, 768, 1, "light", "de"),
    "-de-360": (360, 740, 2, "light", "de"),
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def serve() -> http.server.ThreadingHTTPServer:
    handler = functools.partial(Quiet, directory=str(OUT / "gallery"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def problems_of(page: Page) -> list[str]:
    # The page's own policy forbids script tags; a script run by the driver is not one.
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: tags}).then(r => r.violations.map(v =>"
        " `${v.id}: ${v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary.split('\\n')[1]).join(' | ')}`))",
        TAGS,
    )
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("runs out of the window sideways")
    return list(found)


def take(browser: Browser, url: str, names: list[str]) -> int:
    count = 0
    for suffix, (width, height, density, theme, language) in WINDOWS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=density,
            color_scheme=theme,
            reduced_motion="reduce",
            bypass_csp=False,
        )
        page = context.new_page()
        page.on("pageerror", lambda error: print("page error:", page.url, error))
        page.on("console", lambda line: print("console:", line.text) if line.type == "error" else None)
        for name in names:
            page.goto(f"{url}?state={name}&theme={theme}&language={language}")
            page.wait_for_timeout(900)
            page.screenshot(path=OUT / f"{name}{suffix}.png")
            for problem in problems_of(page):
                count += 1
                print(f"{name}{suffix}: {problem}")
        context.close()
    return count


def main(wanted: list[str]) -> int:
    server = serve()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else None,
            args=["--no-sandbox"],
        )
        page = browser.new_page()
        page.goto(url)
        names = [name for name in page.locator("#exhibits a").all_inner_texts() if not wanted or name in wanted]
        count = take(browser, url, names)
        browser.close()
    server.shutdown()
    print(f"{len(names)} states, {count} problems")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
