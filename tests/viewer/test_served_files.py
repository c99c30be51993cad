"""The built dashboard over HTTP: a fixed table of files, and nothing else."""

import json
from pathlib import Path

import pytest
from served_routes import PREFIX
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from tb_neuron.assets import Assets
from tb_neuron.live import LiveExperiment
from tb_neuron.plugin import NeuronPlugin
from tb_neuron.routes import Routes

TRAVERSALS = [
    "assets/../index.js",
    "assets/../../plugin.py",
    "assets/..%2f..%2fplugin.py",
    "assets/%2e%2e/%2e%2e/plugin.py",
    "assets/%2e%2e%2f%2e%2e%2fplugin.py",
    "assets/..%5c..%5cplugin.py",
    "assets/....//plugin.py",
    "assets/%252e%252e/plugin.py",
    "assets//etc/hostname",
    "assets/%2fetc%2fhostname",
    "assets/C:%5cWindows%5cwin.ini",
    "assets/file:%2f%2f%2fetc%2fhostname",
    "assets/a.js%00.png",
    "assets/a.js/",
    "assets/./a.js",
    "assets/A.JS",
    "assets/",
    "assets/link.js",
    "assets/notes.txt",
    "assets/.hidden",
    "../plugin.py",
    "index.js/../plugin.py",
    "static/index.js",
]


@pytest.fixture
def built(tmp_path: Path) -> Client:
    """A tab whose dashboard has one asset, beside files that must not be served."""
    (tmp_path / "plugin.py").write_text("secret")
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.js").write_text("export function render() {}")
    (static / "assets" / "a.js").write_text("built")
    (static / "assets" / "notes.txt").write_text("secret")
    (static / "assets" / ".hidden").write_text("secret")
    (static / "assets" / "link.js").symlink_to(tmp_path / "plugin.py")
    plugin = NeuronPlugin(TBContext(logdir=str(tmp_path)))
    routes = Routes(LiveExperiment(lambda: json.loads("{")), Assets(static))
    plugin.get_plugin_apps = routes.apps
    return Client(TensorBoardWSGI([plugin]))


@pytest.mark.parametrize("path", TRAVERSALS)
def test_a_path_that_leaves_the_table_of_files_is_not_found(built: Client, path: str) -> None:
    assert built.get(f"{PREFIX}{path}").status_code == 404


def test_a_built_file_is_served_with_its_type(built: Client) -> None:
    answer = built.get(f"{PREFIX}assets/a.js")
    assert (answer.text, answer.mimetype) == ("built", "text/javascript")


def test_a_file_with_a_hash_in_its_name_is_kept_for_ever(built: Client) -> None:
    assert built.get(f"{PREFIX}assets/a.js").headers["Cache-Control"].endswith("immutable")


def test_the_entry_module_is_asked_for_every_time(built: Client) -> None:
    assert "no-cache" in built.get(f"{PREFIX}index.js").headers["Cache-Control"]


def test_a_rebuilt_dashboard_is_served_without_a_restart(built: Client, tmp_path: Path) -> None:
    (tmp_path / "static" / "assets" / "b.js").write_text("rebuilt")
    built.get(f"{PREFIX}index.js")
    assert built.get(f"{PREFIX}assets/b.js").text == "rebuilt"


def test_without_a_build_the_entry_module_says_how_to_make_one(tmp_path: Path) -> None:
    asset = Assets(tmp_path / "nothing").entry()
    assert b"npm --prefix frontend run build" in asset.content
