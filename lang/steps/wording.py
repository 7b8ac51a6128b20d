"""A step -> its right side as the language writes it: `x * y`, `f'(x)`, `a < b`.

Law: the words are the program's: operands by their names, numbers as the formatter spells them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from lang.steps import form
from lang.syntax import tree
from lang.syntax.unparse import expression as written
from lang.syntax.unparse import number

NOWHERE = (0, 0)
Place = Callable[[form.Operand], tree.Expression]


def operation(step: form.Step, parameters: Sequence[str] = ()) -> str:
    """The right side of a straight step or a call.

    Args:
        step: the step.
        parameters: of the function a derivative call is of, where it is the program's own.
    """
    if isinstance(step, form.Input):
        return "?"
    if isinstance(step, form.Pop):
        return "pop()"
    if isinstance(step, form.Copy):
        return written(operand(step.source))
    return written(expression(step, operand, parameters))


def operand(value: form.Operand) -> tree.Expression:
    """An operand as an expression: its name, or its number with a sign."""
    if isinstance(value, str):
        return tree.Name(str(value), NOWHERE)
    if isinstance(value, bool):
        return tree.Name("true" if value else "false", NOWHERE)
    if value < 0 or str(value)[0] == "-":
        return tree.Apply("-", (tree.Number(-value, number(-value), NOWHERE),), NOWHERE, NOWHERE)
    return tree.Number(value, number(value), NOWHERE)


def expression(step: form.Step, place: Place, parameters: Sequence[str] = ()) -> tree.Expression:
    """The right side of an operation, a comparison or a call as a tree, its operands put in by `place`."""
    if isinstance(step, form.Comparison):
        return tree.Compare((step.operator,), (place(step.left), place(step.right)), NOWHERE)
    if isinstance(step, form.Negation):
        return tree.Logic("not", (place(step.source),), NOWHERE)
    if isinstance(step, form.Operation):
        return tree.Apply(step.primitive.name, tuple(map(place, step.arguments)), NOWHERE, NOWHERE)
    assert isinstance(step, form.Call | form.PrimitiveDerivative)
    arguments = tuple(map(place, step.arguments))
    if isinstance(step, form.PrimitiveDerivative):
        return _derivative(step.primitive.name, step.by, step.primitive.parameters, arguments)
    if step.by:
        return _derivative(step.function, step.by, parameters, arguments)
    return tree.Apply(step.function, arguments, NOWHERE, NOWHERE)


def _derivative(
    function: str, by: tuple[int, ...], parameters: Sequence[str], arguments: tuple[tree.Expression, ...]
) -> tree.Derivative:
    """`f''(x)` where there is one operand; else the operands differentiated by are named."""
    if len(arguments) == 1:
        return tree.Derivative(function, len(by), (), arguments, NOWHERE, NOWHERE)
    names = tuple(tree.Name(parameters[index], NOWHERE) for index in by)
    if len(set(by)) == 1:
        return tree.Derivative(function, len(by), names[:1], arguments, NOWHERE, NOWHERE)
    return tree.Derivative(function, 1, names, arguments, NOWHERE, NOWHERE)


DIGITS = 6
"""How many digits numbers have where they are shown to be looked at, not to be computed with."""


def rounded(value: float | bool, digits: int = DIGITS) -> float | bool:
    """A number to so many digits; whole numbers that a person can read stay as they are."""
    if isinstance(value, bool) or not math.isfinite(value) or (value == int(value) and abs(value) < 1e9):
        return value
    return float(f"{value:.{digits}g}")


def short(value: float | bool) -> str:
    """A number's text to a few digits: `0.283662`."""
    return written(operand(rounded(value)))
