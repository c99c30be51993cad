"""What the JSON types of `tb_neuron/wire/` are in TypeScript: writes `src/wire.ts`.

Each TypedDict becomes a read-only interface with camelCase names, and a function that checks an
unknown JSON value field by field and converts it. Run by `make schema`; standard library only.

    python frontend/generate_wire.py
"""

import importlib.util
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "tb_neuron" / "wire" / "__init__.py"
TARGET = HERE / "src" / "wire.ts"
LINE_LENGTH = 100

#: A Python type as it stands in JSON: its TypeScript type and the function that checks it.
_SCALARS = {str: ("string", "text"), int: ("number", "integer"), float: ("number", "decimal"),
            bool: ("boolean", "flag")}  # fmt: skip

_PREAMBLE = """\
// Generated from tb_neuron/wire/ by `make schema`: change that package, not this file.

/** JSON that is not what the route promises; the message names the place. */
export class WireError extends Error {
  readonly path: string;

  constructor(path: string, expected: string, value: unknown) {
    super(`${path} should be ${expected}, not ${describe(value)}`);
    this.name = "WireError";
    this.path = path;
  }
}

type Parse<T> = (json: unknown, path: string) => T;

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return `"${String(value).slice(0, 60)}"`;
}

function text(json: unknown, path: string): string {
  if (typeof json !== "string") throw new WireError(path, "a string", json);
  return json;
}

function decimal(json: unknown, path: string): number {
  if (typeof json !== "number") throw new WireError(path, "a number", json);
  return json;
}

function integer(json: unknown, path: string): number {
  if (typeof json !== "number" || !Number.isSafeInteger(json)) {
    throw new WireError(path, "an integer", json);
  }
  return json;
}

function flag(json: unknown, path: string): boolean {
  if (typeof json !== "boolean") throw new WireError(path, "true or false", json);
  return json;
}

function list<T>(parse: Parse<T>): Parse<readonly T[]> {
  return (json, path) => {
    if (!Array.isArray(json)) throw new WireError(path, "a list", json);
    return json.map((item: unknown, index) => parse(item, `${path}[${index}]`));
  };
}

function oneOf<T extends string>(choices: readonly T[]): Parse<T> {
  return (json, path) => {
    const found = choices.find((choice) => choice === json);
    if (found === undefined) throw new WireError(path, `one of ${choices.join(", ")}`, json);
    return found;
  };
}

function reader(json: unknown, path: string): <T>(name: string, parse: Parse<T>) => T {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new WireError(path, "an object", json);
  }
  const fields = new Map<string, unknown>(Object.entries(json));
  return (name, parse) => parse(fields.get(name), `${path}.${name}`);
}
"""

_NULLABLE = """\
function nullable<T>(parse: Parse<T>): Parse<T | null> {
  return (json, path) => (json === null ? null : parse(json, path));
}
"""


def generate(source: Path = SOURCE) -> str:
    """Return the TypeScript of a module of TypedDicts and Literals.

    Args:
        source: the module, or the `__init__.py` of a package; it may import nothing but the
            standard library and modules beside it.

    Raises:
        TypeError: a field has a type that has no counterpart here.
    """
    definitions = list(_definitions(_load(source)))
    literals = {kind: name for name, kind in definitions if get_origin(kind) is Literal}
    parts = [
        _literal(name, kind) if kind in literals else _record(name, kind, literals)
        for name, kind in definitions
    ]
    # An unused function would fail the TypeScript compiler's check.
    needed = [_NULLABLE] if any("nullable(" in part for part in parts) else []
    return "\n".join([_PREAMBLE, *needed, *parts])


def main() -> int:
    """Write `src/wire.ts`."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(generate(), encoding="utf-8")
    return 0


def _load(source: Path) -> types.ModuleType:
    # Loaded by itself, so that the generator needs none of the package's dependencies.
    spec = importlib.util.spec_from_file_location("wire", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["wire"] = module  # where the relative imports of a package look for it
    try:
        spec.loader.exec_module(module)
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "wire"]:
            del sys.modules[name]
    return module


def _definitions(module: types.ModuleType) -> Iterator[tuple[str, Any]]:
    for name, kind in vars(module).items():
        if is_typeddict(kind) or get_origin(kind) is Literal:
            yield name, kind


def _literal(name: str, kind: Any) -> str:
    constant = _constant(name)
    choices = ", ".join(f'"{choice}"' for choice in get_args(kind))
    line = f"export const {constant} = [{choices}] as const;"
    if len(line) > LINE_LENGTH:
        listed = "".join(f"  {choice},\n" for choice in choices.split(", "))
        line = f"export const {constant} = [\n{listed}] as const;"
    return (
        f"/** Every `{name}`, in the order of `tb_neuron/wire/`. */\n"
        f"{line}\nexport type {name} = (typeof {constant})[number];\n"
    )


def _record(name: str, kind: Any, literals: dict[Any, str]) -> str:
    fields = get_type_hints(kind)
    members = "".join(
        f"  readonly {_camel(field)}: {_type(hint, literals)};\n" for field, hint in fields.items()
    )
    reads = "".join(
        f'    {_camel(field)}: read("{field}", {_parser(hint, literals)}),\n'
        for field, hint in fields.items()
    )
    return (
        f"{_comment(kind.__doc__)}export interface {name} {{\n{members}}}\n\n"
        f'export function parse{name}(json: unknown, path = "{_path(name)}"): {name} {{\n'
        f"  const read = reader(json, path);\n  return {{\n{reads}  }};\n}}\n"
    )


def _type(hint: Any, literals: dict[Any, str]) -> str:
    if hint in _SCALARS:
        return _SCALARS[hint][0]
    if hint in literals:
        return literals[hint]
    if is_typeddict(hint):
        return hint.__name__
    if get_origin(hint) is list:
        inner = _type(get_args(hint)[0], literals)
        return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"
    return f"{_type(_not_none(hint), literals)} | null"


def _parser(hint: Any, literals: dict[Any, str]) -> str:
    if hint in _SCALARS:
        return _SCALARS[hint][1]
    if hint in literals:
        return f"oneOf({_constant(literals[hint])})"
    if is_typeddict(hint):
        return f"parse{hint.__name__}"
    if get_origin(hint) is list:
        return f"list({_parser(get_args(hint)[0], literals)})"
    return f"nullable({_parser(_not_none(hint), literals)})"


def _not_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        inner = [choice for choice in get_args(hint) if choice is not type(None)]
        if len(inner) == 1 and len(get_args(hint)) == 2:
            return inner[0]
    raise TypeError(
        f"a field must be str, int, float, bool, a Literal, a TypedDict, a list or X | None of "
        f"these, not {hint!r}; teach generate_wire.py the new type"
    )


def _comment(text: str | None) -> str:
    lines = [line.strip() for line in (text or "").strip().splitlines()]
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in lines) + " */\n"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _path(name: str) -> str:
    return name[0].lower() + name[1:]


def _constant(name: str) -> str:
    spaced = "".join(f"_{letter}" if letter.isupper() else letter for letter in name).strip("_")
    plural = spaced[:-1] + "ies" if spaced.endswith("y") else f"{spaced}s"
    return plural.upper()


if __name__ == "__main__":
    sys.exit(main())
