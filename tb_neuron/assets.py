"""The built dashboard: which files may be served, as what, and for how long.

The table of files is made by listing `static/`, never from a name that a client sent; a name
that is not in the table does not exist. When nothing was built, `index.js` is a small module
that says how to build it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

STATIC = Path(__file__).resolve().parent / "static"
ENTRY = "index.js"

#: By suffix; a file with another suffix is not served. Never guessed: the operating system's
#: table of types is the user's to change.
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}

_NOT_BUILT = b"""\
export function render() {
  document.title = "Neurons";
  const text = document.createElement("main");
  text.style.cssText = "font:15px/1.6 system-ui,sans-serif;max-width:42em;margin:3em auto";
  text.innerText = [
    "The Neurons dashboard has not been built.",
    "This is a source checkout of tb_neuron without its front end. With Node 20.19 or later, run",
    "    npm --prefix frontend ci && npm --prefix frontend run build",
    "in the checkout, then reload this page.",
  ].join("\\n\\n");
  document.body.append(text);
}
"""


class Asset(NamedTuple):
    """A file as it is served.

    Attributes:
        content: its bytes.
        media_type: for the Content-Type header.
        is_immutable: its name holds a hash of its content, so that it never changes.
    """

    content: bytes
    media_type: str
    is_immutable: bool


class Assets:
    """The files of the built dashboard.

    Args:
        folder: where the build put them.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._table = _list_files(folder)

    @property
    def is_built(self) -> bool:
        """Whether there is a dashboard to serve."""
        return ENTRY in self._table

    def entry(self) -> Asset:
        """Return `index.js`, with the files of the build that is there now.

        Called once a page load, so that a rebuilt dashboard needs no restart of TensorBoard.
        """
        self._table = _list_files(self._folder)
        return self.file(ENTRY) or Asset(_NOT_BUILT, _MEDIA_TYPES[".js"], False)

    def file(self, name: str) -> Asset | None:
        """Return a file by its name below the folder, such as `assets/plot-1a2b3c.js`, or None."""
        path = self._table.get(name)
        if path is None:
            return None
        try:
            content = path.read_bytes()
        except OSError:
            return None
        return Asset(content, _MEDIA_TYPES[path.suffix], name != ENTRY)


def _list_files(folder: Path) -> Mapping[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.suffix in _MEDIA_TYPES and path.is_file() and not path.is_symlink()
    }
