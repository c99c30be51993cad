"""What marks a summary as ours: plugin names, tags and the schema's version.

A *tag* is `tb_neuron/<model>/<probe>/<kind>`. Model and probe names are the user's
and may hold any character, so they are percent-encoded inside the tag.
"""

from typing import NamedTuple
from urllib.parse import quote, unquote

from tb_neuron.errors import NewerSchemaError
from tb_neuron.schema import neuron_pb2

PLUGIN_NAME = "tb_neuron"
UNITS_PLUGIN_NAME = "tb_neuron_units"
SCHEMA_VERSION = 1

#: Kinds that a dashboard needs for its first picture: kept for every step.
RECORD_KINDS = ("model", "probe", "activations", "outputs", "classes")
#: Bulkier kinds, under a plugin name of their own so that they can have their own step limit.
UNITS_KINDS = (
    "attributions",
    "responses",
    "examples",
    "tracked",
    "maps",
    "flow",
    "trust",
    "evidence",
    "heads",
    "lens",
    "icons",
)


class Tag(NamedTuple):
    """The parts of a tag, decoded."""

    model: str
    probe: str
    kind: str


def format_tag(tag: Tag) -> str:
    """Return the tag's text, for example `tb_neuron/model/probe/activations`."""
    return "/".join((PLUGIN_NAME, quote(tag.model, safe=""), quote(tag.probe, safe=""), tag.kind))


def parse_tag(text: str) -> Tag | None:
    """Return the parts of a tag, or None if the tag is not one of ours."""
    parts = text.split("/")
    if len(parts) != 4 or parts[0] != PLUGIN_NAME or not all(parts):
        return None
    return Tag(unquote(parts[1]), unquote(parts[2]), parts[3])


def plugin_name(kind: str) -> str:
    """Return the plugin name under which values of a kind are written."""
    return PLUGIN_NAME if kind in RECORD_KINDS else UNITS_PLUGIN_NAME


def plugin_content() -> bytes:
    """Return the summary metadata's content: the schema's version."""
    return neuron_pb2.PluginData(schema_version=SCHEMA_VERSION).SerializeToString()


def check_schema_version(version: int, where: str) -> None:
    """Refuse data of a later version.

    Args:
        version: the schema version that was read.
        where: the tag or file it was read from, for the message.

    Raises:
        NewerSchemaError: the version is later than `SCHEMA_VERSION`.
    """
    if version > SCHEMA_VERSION:
        raise NewerSchemaError(
            f"{where} was written with schema version {version}; this tb_neuron reads up to "
            f"version {SCHEMA_VERSION}. Upgrade with: pip install --upgrade tb-neuron"
        )
