"""A tab that serves two runs, asked over HTTP as TensorBoard would dispatch it."""

import json
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict
from urllib.parse import urlencode

from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client, TestResponse
from written_run import WrittenRun

from tb_neuron.container import Container, unpack
from tb_neuron.plugin import NeuronPlugin

PREFIX = "/data/plugin/tb_neuron/"
RUN = "q'\"<b> pct%20&a=b#x ü☃"
LAYER = 'encoder "0" <b>%20/relu'
#: The last one is beyond what a JSON number carries exactly.
STEPS = [*range(-20, 180, 10), 2**53 + 1]
PLANTED, DEAD_FROM = 2, 5


@dataclass
class Served:
    """A tab that serves two runs, and what was written into the first."""

    client: Client
    written: WrittenRun

    def get(self, route: str, /, **query: Any) -> TestResponse:
        """The answer of a route about the first run unless the query names another."""
        return self.ask("GET", route, **query)

    def ask(self, method: str, route: str, /, **query: Any) -> TestResponse:
        """The answer to any method."""
        parameters = urlencode({"run": RUN, **query})
        return self.client.open(f"{PREFIX}{route}?{parameters}", method=method)

    def json(self, route: str, /, **query: Any) -> Any:
        """The JSON that a route answers, of whatever status."""
        return json.loads(self.get(route, **query).data)

    def bulk(self, route: str, /, **query: object) -> Container:
        """The container that a route answers."""
        answer = self.get(route, **query)
        assert answer.status_code == 200, answer.text
        return unpack(answer.data)

    def film(self, statistic: str, chunk: int, encoding: str = "gzip") -> TestResponse:
        """A film's chunk."""
        content_hash = self.bulk("records").header["chunk_hashes"][chunk]
        query = {"run": RUN, "statistic": statistic, "chunk": chunk, "hash": content_hash}
        headers = {"Accept-Encoding": encoding}
        return self.client.get(f"{PREFIX}film?{urlencode(query)}", headers=headers)


def conforms(value: Any, hint: Any) -> bool:
    """Whether a JSON value is of a type of `wire`, all the way down."""
    if is_typeddict(hint):
        hints = get_type_hints(hint)
        same = isinstance(value, dict) and set(value) == set(hints)
        return same and all(conforms(value[name], each) for name, each in hints.items())
    if get_origin(hint) is list:
        return isinstance(value, list) and all(conforms(item, get_args(hint)[0]) for item in value)
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) is UnionType:
        return any(conforms(value, choice) for choice in get_args(hint))
    return type(value) is hint


def serve(logdir: Path) -> Served:
    """Write two runs into a folder and serve them."""
    written = WrittenRun(logdir / RUN, units={"conv1": 7, LAYER: 12, "fc2": 5})
    for record, step in enumerate(STEPS):
        written.record(step, {LAYER: [PLANTED]} if record >= DEAD_FROM else {})
    written.close()
    for model, probe in (("generator", "probe"), ("critic/ä", "other probe")):
        other = WrittenRun(logdir / "two", model=model, probe=probe, suffix=f".{len(model)}")
        other.record(1)
        other.close()
    plugin = NeuronPlugin(TBContext(logdir=str(logdir)))
    return Served(Client(TensorBoardWSGI([plugin])), written)
