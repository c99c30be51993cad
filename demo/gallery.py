"""Takes a picture of every chart in both themes and writes `docs/gallery.md`, which shows them.

The demos are trained first where their runs are missing.

    python demo/gallery.py [name …]
"""

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.dashboard import launch_chromium, open_tab
from charts import CHARTS, Chart
from tab import RUNS, served

DEMO = Path(__file__).parent
DOCS = DEMO.parent / "docs"
PICTURES = DOCS / "gallery"
#: The demo that trains each run.
TRAINED_BY = {
    "sane": "digits.py",
    "too-high": "digits.py",
    "superposition": "superposition.py",
}
SIZE = {"width": 1440, "height": 900}
#: A picture of flat colours looks the same with so many of them, at a third of the bytes.
COLOURS = 256
#: Query of TensorBoard's address, by the end of a picture's name.
THEMES = {"": "", "-dark": "?darkMode=true"}
#: UMAP compiles itself when it is first asked for.
PATIENCE_MS = 300_000
#: What is drawn last is drawn by then, on a slow machine too.
SETTLED_MS = 2500


def main(names: list[str]) -> None:
    """Take the pictures of some charts, of all by default, and write the index of all."""
    train_missing()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with served(RUNS, 7107) as server, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for ending, query in THEMES.items():
            page = browser.new_page(viewport=SIZE)  # pyright: ignore[reportArgumentType]
            for name in names or CHARTS:
                path = PICTURES / f"{name}{ending}.png"
                path.write_bytes(picture(page, server.address + query, CHARTS[name]))
                print(path.relative_to(DOCS.parent), f"{path.stat().st_size / 1000:.0f} kB")
        browser.close()
    (DOCS / "gallery.md").write_text(index(CHARTS), encoding="utf-8")


def train_missing() -> None:
    """Train the demos whose runs are not there."""
    missing = {script for run, script in TRAINED_BY.items() if not (RUNS / run).is_dir()}
    for script in sorted(missing):
        environment = {**os.environ, "DEMO_ONLY_TRAIN": "1"}
        subprocess.run([sys.executable, script], cwd=DEMO, env=environment, check=True)


def picture(page: Page, address: str, chart: Chart) -> bytes:
    """Return the PNG of a chart.

    Args:
        page: of the browser.
        address: TensorBoard's, its theme included.
        chart: what is shown.
    """
    seen = open_tab(page, address, chart.keys).locator(chart.seen).first
    seen.wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLED_MS)
    if chart.is_below:
        seen.evaluate("element => element.scrollIntoView({ block: 'start' })")
        page.wait_for_timeout(SETTLED_MS)
    return quantised(page.screenshot())


def quantised(png: bytes) -> bytes:
    """Return a picture with a palette, which is a third of its size."""
    content = io.BytesIO()
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    # An octree keeps the few pixels of a colour scale apart, where cutting at medians loses them.
    palette = whole.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette.save(content, "PNG", optimize=True)
    return content.getvalue()


def index(charts: Mapping[str, Chart]) -> str:
    """Return the page that shows all pictures, light or dark as the reader's browser is."""
    return "\n".join(_index_lines(charts))


def _index_lines(charts: Mapping[str, Chart]) -> Iterator[str]:
    yield "# Gallery\n"
    yield "Every chart of the tab on the runs of `make demo` and `demo/superposition.py`, taken by"
    yield "`make gallery`. Below each stands the end of the address that opens it."
    for name, chart in charts.items():
        yield f"\n## {chart.title}\n\n{chart.reading}\n"
        yield "<picture>"
        dark = f"gallery/{name}-dark.png"
        yield f'  <source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        yield f'  <img alt="{chart.title}: {chart.reading}" src="gallery/{name}.png">'
        yield "</picture>\n"
        yield f"`#tb_neuron{address_keys(chart)}`"
    yield ""


def address_keys(chart: Chart) -> str:
    """Return what stands behind the tab's name in the address that opens a chart."""
    return "".join(f"&p.tb_neuron.{key}={quote(text, '')}" for key, text in chart.keys.items())


if __name__ == "__main__":
    main(sys.argv[1:])
