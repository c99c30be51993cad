"""Filters of examples: small expressions over what is known of each.

`label == 3 and not correct` is one. Names stand for facts: label, prediction, correct, probability,
margin, loss, example, and the columns of metadata. Compared are numbers and texts, with `==`, `!=`,
`<`, `<=`, `>`, `>=`, `in` and `not in`, joined by `and`, `or`, `not` and parentheses. An expression
is parsed and walked, never evaluated as code. What is unknown of an example satisfies no
comparison.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Bool, Shaped

from tb_neuron.errors import InvalidArgumentError, shown

#: Longer expressions than this neither a person wrote nor a lasso over a few hundred examples.
MAX_LENGTH = 4000

_Facts = Mapping[str, Shaped[np.ndarray, " example"]]
_Compare = Callable[[Any, Any], Any]

_ORDERED: Mapping[type[ast.cmpop], _Compare] = MappingProxyType(
    {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}
)
_MIRRORED: Mapping[type[ast.cmpop], type[ast.cmpop]] = MappingProxyType(
    {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
)


def select(expression: str, facts: _Facts) -> Bool[np.ndarray, " example"]:
    """Return which examples an expression holds for.

    Args:
        expression: the empty one holds for all.
        facts: by name, numbers (NaN where unknown), truth values, or texts (None where unknown).

    Raises:
        InvalidArgumentError: the expression has another form, or names no fact.
    """
    length = len(next(iter(facts.values())))
    if not expression.strip():
        return np.ones(length, bool)
    if len(expression) > MAX_LENGTH:
        raise InvalidArgumentError(
            f"a filter has at most {MAX_LENGTH} characters, and this one has {len(expression)}; "
            "shorten it"
        )
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        return _Walk(expression, facts, length).truth(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, InvalidArgumentError):
            raise
        reason = getattr(error, "msg", None) or str(error)
        raise _refusal(expression, f"can't be read ({reason})") from error


def names_in(expression: str) -> set[str]:
    """Return the names of facts in an expression; none if it can't be read."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


class _Walk:
    """Walks one expression's tree over the facts of all examples."""

    def __init__(self, expression: str, facts: _Facts, length: int) -> None:
        self._expression, self._facts, self._length = expression, facts, length

    def truth(self, node: ast.expr) -> Bool[np.ndarray, " example"]:
        """Return where a node holds."""
        if isinstance(node, ast.BoolOp):
            parts = [self.truth(part) for part in node.values]
            join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
            return join.reduce(parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._negated(node.operand)
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Name):
            return self._claim(node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return np.full(self._length, node.value)
        raise self._refused(node)

    def _negated(self, node: ast.expr) -> Bool[np.ndarray, " example"]:
        # Of what is unknown, the contrary is not known either.
        unknown = np.zeros(self._length, bool)
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                unknown |= _is_unknown(self._fact(each.id))
        return ~self.truth(node) & ~unknown

    def _claim(self, name: str) -> Bool[np.ndarray, " example"]:
        values = self._fact(name)
        if values.dtype == object:
            raise _refusal(self._expression, f"{name} is a text and no claim; compare it")
        known = np.asarray(values, np.float64)
        return np.isfinite(known) & (known != 0)

    def _comparison(self, node: ast.Compare) -> Bool[np.ndarray, " example"]:
        sides = [node.left, *node.comparators]
        found = np.ones(self._length, bool)
        for left, sort, right in zip(sides, node.ops, sides[1:], strict=False):
            found &= self._compared(left, sort, right)
        return found

    def _compared(
        self, left: ast.expr, sort: ast.cmpop, right: ast.expr
    ) -> Bool[np.ndarray, " example"]:
        if isinstance(sort, (ast.In, ast.NotIn)):
            return self._membership(left, sort, right)
        if not isinstance(left, ast.Name):
            mirrored = _MIRRORED.get(type(sort), type(sort))
            left, sort, right = right, mirrored(), left
        if not isinstance(left, ast.Name):
            raise self._refused(left)
        values = self._fact(left.id)
        other = self._fact(right.id) if isinstance(right, ast.Name) else self._constant(right)
        known = ~_is_unknown(values)
        if isinstance(right, ast.Name):
            known &= ~_is_unknown(np.asarray(other))
        return known & self._by_sort(sort, values, other, left.id)

    def _by_sort(
        self, sort: ast.cmpop, values: np.ndarray, other: object, name: str
    ) -> Bool[np.ndarray, " example"]:
        if isinstance(sort, (ast.Eq, ast.NotEq)):
            equal = self._equal(values, other, name)
            return equal if isinstance(sort, ast.Eq) else ~equal
        compare = _ORDERED.get(type(sort))
        if compare is None:
            raise _refusal(self._expression, "compares with an operator that filters don't have")
        is_text = values.dtype == object or isinstance(other, str)
        if is_text or (isinstance(other, np.ndarray) and other.dtype == object):
            raise _refusal(self._expression, f"orders the text {name}; only numbers have an order")
        with np.errstate(invalid="ignore"):
            return np.asarray(compare(np.asarray(values, np.float64), other), bool)

    def _equal(self, values: np.ndarray, other: object, name: str) -> Bool[np.ndarray, " example"]:
        if isinstance(other, np.ndarray):
            return np.asarray(values == other, bool)
        if values.dtype != object and isinstance(other, str):
            named = self._facts.get(f"{name}:name")
            if named is None:
                raise _refusal(self._expression, f"{name} is a number and {other!r} a text")
            return np.array([each == other for each in named])
        if values.dtype == object:
            return np.array([each is not None and each == str(other) for each in values])
        return np.asarray(values, np.float64) == other

    def _membership(
        self, left: ast.expr, sort: ast.cmpop, right: ast.expr
    ) -> Bool[np.ndarray, " example"]:
        if not isinstance(left, ast.Name) or not isinstance(right, (ast.List, ast.Tuple, ast.Set)):
            raise _refusal(self._expression, "`in` stands between a name and a list such as [1, 2]")
        values = self._fact(left.id)
        found = np.zeros(self._length, bool)
        for each in right.elts:
            found |= self._equal(values, self._constant(each), left.id)
        found = found if isinstance(sort, ast.In) else ~found
        return found & ~_is_unknown(values)

    def _constant(self, node: ast.expr) -> object:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inside = self._constant(node.operand)
            if isinstance(inside, (int, float)):
                return -inside
        if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float, str)):
            return node.value
        raise self._refused(node)

    def _fact(self, name: str) -> Shaped[np.ndarray, " example"]:
        if name not in self._facts or ":" in name:
            known = ", ".join(each for each in self._facts if ":" not in each)
            raise _refusal(self._expression, f"names {name}, and examples have {known}")
        return self._facts[name]

    def _refused(self, node: ast.expr) -> InvalidArgumentError:
        part = ast.get_source_segment(self._expression.strip(), node) or "it"
        return _refusal(self._expression, f"holds {shown(part)}, which filters don't have")


def _is_unknown(values: Shaped[np.ndarray, " example"]) -> Bool[np.ndarray, " example"]:
    if values.dtype == object:
        return np.array([each is None for each in values], bool)
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)


def _refusal(expression: str, reason: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"the filter {shown(expression)} {reason}; write such as `label == 3 and not correct`"
    )
