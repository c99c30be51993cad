"""Takes the README's pictures: the Neurons tab on the runs of `make demo`, light and dark.

python demo/pictures.py
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.dashboard import launch_chromium, open_tab
from tab import RUNS, served

DOCS = Path(__file__).parents[1] / "docs"
SELECTION = {"r": "too-high", "s": "456", "br": "sane", "bs": "456"}
SIZE = (1280, 800)


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    with served(RUNS, 7106) as server, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for name, theme in {"overview": "", "overview-dark": "?darkMode=true"}.items():
            page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
            frame = open_tab(page, server.address + theme, SELECTION)
            frame.wait_for_selector("canvas")
            page.wait_for_timeout(3000)
            page.screenshot(path=DOCS / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
