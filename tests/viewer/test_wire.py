"""Generated files are fresh: `wire.ts` is of `wire/`, and `neuron_pb2` is of `neuron.proto`.

The protocol compiler is not needed: the few forms that `neuron.proto` uses are read here with
regular expressions, and compared with the descriptors that the generated module holds.
"""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import is_typeddict

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto

from tb_neuron import wire
from tb_neuron.schema import neuron_pb2

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "tb_neuron" / "schema"
WIRE_TS = ROOT / "frontend" / "src" / "wire.ts"

#: message or enum -> {name: (repeated, optional, type, number)}
Definitions = dict[str, dict[str, tuple[bool, bool, str, int]]]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "generate_wire", ROOT / "frontend" / "generate_wire.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_wire_ts_is_what_the_generator_makes_of_the_package(generator: ModuleType) -> None:
    committed = WIRE_TS.read_text(encoding="utf-8")
    assert committed == generator.generate(), "run: make schema"


@pytest.mark.parametrize("name", [name for name, kind in vars(wire).items() if is_typeddict(kind)])
def test_every_type_of_the_wire_has_an_interface_and_a_guard(name: str) -> None:
    text = WIRE_TS.read_text(encoding="utf-8")
    assert re.search(rf"export interface {name} {{.*export function parse{name}\(", text, re.DOTALL)


@pytest.mark.parametrize("path", sorted((ROOT / "tb_neuron" / "wire").glob("[a-z]*.py")))
def test_the_package_holds_every_type_of_its_modules(path: Path) -> None:
    defined = re.findall(r"^class (\w+)|^(\w+) = Literal", path.read_text(encoding="utf-8"), re.M)
    assert defined
    assert {name or literal for name, literal in defined} <= set(vars(wire))


def test_a_type_that_has_no_counterpart_is_refused(generator: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "wire.py"
    source.write_text(
        "from typing import TypedDict\nclass Odd(TypedDict):\n    field: dict[str, int]\n"
    )
    with pytest.raises(TypeError, match="not dict"):
        generator.generate(source)


def test_a_field_that_may_be_none_is_read_as_nullable(
    generator: ModuleType, tmp_path: Path
) -> None:
    source = tmp_path / "wire.py"
    source.write_text(
        "from typing import TypedDict\nclass Odd(TypedDict):\n    a_field: list[int | None]\n"
    )
    assert "readonly aField: readonly (number | null)[];" in generator.generate(source)


def test_neuron_pb2_holds_what_neuron_proto_defines() -> None:
    assert definitions_of_module() == definitions_of_text(), "run: make schema"


def test_neuron_pb2_needs_no_protobuf_newer_than_the_declared_one() -> None:
    text = (SCHEMA / "neuron_pb2.py").read_text()
    assert "runtime_version" not in text


@pytest.mark.parametrize("name", list(neuron_pb2.DESCRIPTOR.message_types_by_name))
def test_the_type_stub_of_each_message_lists_its_fields(name: str) -> None:
    stub = (SCHEMA / "neuron_pb2.pyi").read_text()
    found = re.search(rf"^class {name}\(_message.Message\):\n +__slots__ = \((.*)\)$", stub, re.M)
    assert found is not None
    fields = neuron_pb2.DESCRIPTOR.message_types_by_name[name].fields_by_name
    assert re.findall(r'"(\w+)"', found[1]) == list(fields)


def definitions_of_text() -> Definitions:
    """Messages and enums of `neuron.proto`, nested ones with a dotted name."""
    text = re.sub(r"//.*", "", (SCHEMA / "neuron.proto").read_text(encoding="utf-8"))
    found: Definitions = {}
    scope: list[str] = []
    token = re.compile(
        r"(?:message|enum)\s+(?P<open>\w+)\s*{|(?P<close>})"
        r"|(?:(?P<label>repeated|optional)\s+)?(?P<type>[\w.]+)\s+(?P<name>\w+)\s*=\s*(?P<number>\d+)\s*;"
        r"|(?P<constant>\w+)\s*=\s*(?P<value>\d+)\s*;"
    )
    for match in token.finditer(text.partition("package tb_neuron;")[2]):
        if match["open"]:
            scope.append(match["open"])
            found[".".join(scope)] = {}
        elif match["close"]:
            scope.pop()
        elif match["name"]:
            label = match["label"]
            found[".".join(scope)][match["name"]] = (
                label == "repeated",
                label == "optional",
                match["type"],
                int(match["number"]),
            )
        else:
            found[".".join(scope)][match["constant"]] = (False, False, "", int(match["value"]))
    return found


def definitions_of_module() -> Definitions:
    """The same, from the descriptor that the generated module was made with."""
    file = FileDescriptorProto()
    neuron_pb2.DESCRIPTOR.CopyToProto(file)
    found: Definitions = {}
    for enum in file.enum_type:
        found[enum.name] = {v.name: (False, False, "", v.number) for v in enum.value}
    for message in file.message_type:
        found[message.name] = {
            field.name: (
                field.label == FieldDescriptor.LABEL_REPEATED,
                field.proto3_optional,
                type_name(field),
                field.number,
            )
            for field in message.field
        }
        for enum in message.enum_type:
            name = f"{message.name}.{enum.name}"
            found[name] = {v.name: (False, False, "", v.number) for v in enum.value}
    return found


def type_name(field: FieldDescriptorProto) -> str:
    """A field's type as `neuron.proto` spells it."""
    if field.type_name:
        return field.type_name.rpartition(".")[2]
    return FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()


def test_the_text_of_the_schema_is_read_completely() -> None:
    counted = len(
        re.findall(r"^\s*[^/\n]*=\s*\d+\s*;", (SCHEMA / "neuron.proto").read_text(), re.M)
    )
    assert sum(map(len, definitions_of_text().values())) == counted
