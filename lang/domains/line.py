"""A line of the table -> its value on mpmath's numbers.

Law: the derivative is what the line of `grammar/rules.ad` says, computed at many digits; no other derivative is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lang.domains.digits import Digits
from lang.kernels.comparisons import COMPARISONS
from lang.rules import table
from lang.syntax import tree


def evaluate(node: tree.Expression, names: Mapping[str, Any], digits: Digits) -> Any:
    """An expression of a rule; its depth is that of a line, so it may recurse."""
    if isinstance(node, tree.Number):
        return digits.number(node.value)
    if isinstance(node, tree.Name):
        return names[node.name] if node.name in names else _constant(node.name, digits)
    if isinstance(node, tree.Choice):
        chosen = node.then if evaluate(node.condition, names, digits) else node.otherwise
        return evaluate(chosen, names, digits)
    if isinstance(node, tree.Compare):
        values = [evaluate(each, names, digits) for each in node.operands]
        pairs = zip(node.operators, values, values[1:], strict=False)
        return all(COMPARISONS[sign](left, right) for sign, left, right in pairs)
    if isinstance(node, tree.Logic):
        if node.operator == "not":
            return not evaluate(node.operands[0], names, digits)
        decide = all if node.operator == "and" else any
        return decide(evaluate(each, names, digits) for each in node.operands)
    assert isinstance(node, tree.Apply)
    primitive = table().find(node.function, len(node.arguments))
    assert primitive is not None
    return digits.value(primitive, tuple(evaluate(each, names, digits) for each in node.arguments))


def _constant(name: str, digits: Digits) -> Any:
    return {"pi": digits.pi, "e": digits.e, "tau": 2 * digits.pi}[name]
