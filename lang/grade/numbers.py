"""Expressions in quantities, and what the quantities are -> numbers, by running them as a program.

Law: the language computes them, so an expression means here what it means everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lang.errors import AdError
from lang.limits import Limits
from lang.program import Program
from lang.source import Source
from lang.syntax import tree
from lang.syntax.unparse import expression as written
from lang.syntax.unparse import unparse
from lang.transform.expressions import mentions
from lang.transform.names import Names, language_names

NAN = float("nan")
Values = Mapping[str, float]


class Calculator:
    """Computes expressions.

    Args:
        primal: the exercise's program; its functions are known in expressions.
    """

    def __init__(self, primal: str) -> None:
        body = Program(Source(primal, "exercise")).entry.checked.program.body
        functions = tuple(each for each in body if isinstance(each, tree.Function | tree.Rule))
        self.functions = unparse(functions)
        self.needs = {each for node in functions for each in _read(node)}

    def numbers(self, expressions: Sequence[tree.Expression], points: Sequence[Values]) -> list[list[float]]:
        """The value of each expression at each point; nan where it has none.

        Args:
            expressions: in names that the points give values to.
            points: the values.

        Returns:
            A row for each expression, a number for each point.
        """
        found = [[NAN] * len(points) for _ in expressions]
        for place, point in enumerate(points):
            usable = {name: value for name, value in point.items() if value - value == 0.0}
            known = [at for at, each in enumerate(expressions) if mentions(each) <= usable.keys() | _CONSTANTS]
            for at, value in zip(known, self._run([expressions[at] for at in known], usable), strict=True):
                found[at][place] = value
        return found

    def _run(self, expressions: Sequence[tree.Expression], point: Values) -> list[float]:
        if not expressions:
            return []
        asked = {name for each in expressions for name in mentions(each)} | self.needs
        names = Names({*point, *asked, *language_names()})
        results = [names.fresh(f"c{at}") for at in range(len(expressions))]
        given = {name: point[name] for name in sorted(asked) if name in point}
        lines = [self.functions, *(f"{name} = ?\n" for name in given)]
        lines += [f"{result} = {written(each)}\n" for result, each in zip(results, expressions, strict=True)]
        try:
            program = Program(Source("".join(lines), "candidates"), _LIMITS)
            values = program.run(at=given, ieee=True, kinks="silent").values
            return [float(values[result]) for result in results]
        except AdError:
            if len(expressions) == 1:
                return [NAN]
            half = len(expressions) // 2
            return self._run(expressions[:half], point) + self._run(expressions[half:], point)


_CONSTANTS = {"pi", "e", "tau"}
_LIMITS = Limits(steps=2_000_000, seconds=5.0, depth=200)


def _read(node: tree.Function | tree.Rule) -> set[str]:
    """Names that a function may read of the program."""
    found: set[str] = set()
    pending: list[object] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, tree.Name):
            found.add(each.name)
        elif isinstance(each, tuple):
            pending.extend(each)
        elif hasattr(each, "__dataclass_fields__"):
            pending.extend(tree.parts(each))
    return found
