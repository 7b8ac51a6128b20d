"""Expressions in quantities, and what the quantities are -> numbers.

Law: the language computes them, so an expression means here what it means everywhere: by the kernels of its table, or,
where an expression calls the exercise's own functions, by running it as a program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lang.errors import AdError
from lang.grade.evaluating import flattened, number
from lang.limits import Limits
from lang.program import Program
from lang.source import Source
from lang.steps.program import read_names
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

    Attributes:
        kept: what was worked out once for all submissions, by what it was worked out from.
    """

    def __init__(self, primal: str) -> None:
        body = Program(Source(primal, "exercise")).entry.checked.program.body
        functions = tuple(each for each in body if isinstance(each, tree.Function | tree.Rule))
        self.functions = unparse(functions)
        self.kept: dict[object, list[Any]] = {}
        self.needs = {each for node in functions for each in read_names((node,))}

    def numbers(self, expressions: Sequence[tree.Expression], points: Sequence[Values]) -> list[list[float]]:
        """The value of each expression at each point; nan where it has none.

        Args:
            expressions: in names that the points give values to.
            points: the values.

        Returns:
            A row for each expression, a number for each point.
        """
        codes = [flattened(each) for each in expressions]
        found = [[NAN if code is None else number(code, point) for point in points] for code in codes]
        called = [at for at, code in enumerate(codes) if code is None]
        if called:
            for at, row in zip(called, self._run([expressions[at] for at in called], points), strict=True):
                found[at] = row
        return found

    def _run(self, expressions: Sequence[tree.Expression], points: Sequence[Values]) -> list[list[float]]:
        """The same by running them as a program."""
        found = [[NAN] * len(points) for _ in expressions]
        places: dict[frozenset[str], list[int]] = {}
        for place, point in enumerate(points):
            usable = frozenset(name for name, value in point.items() if value - value == 0.0)
            places.setdefault(usable, []).append(place)
        for usable, alike in places.items():
            known = [at for at, each in enumerate(expressions) if mentions(each) <= usable | _CONSTANTS]
            rows = self._rows([expressions[at] for at in known], usable, [points[place] for place in alike])
            for at, row in zip(known, rows, strict=True):
                for place, value in zip(alike, row, strict=True):
                    found[at][place] = value
        return found

    def _rows(
        self, expressions: Sequence[tree.Expression], usable: frozenset[str], points: Sequence[Values]
    ) -> list[list[float]]:
        """The numbers at points that give values to the same names: one program, run at each of them."""
        if not expressions:
            return []
        asked = {name for each in expressions for name in mentions(each)} | self.needs
        given = sorted(asked & usable)
        names = Names({*usable, *asked, *language_names()})
        results = [names.fresh(f"c{at}") for at in range(len(expressions))]
        lines = [self.functions, *(f"{name} = ?\n" for name in given)]
        lines += [f"{result} = {written(each)}\n" for result, each in zip(results, expressions, strict=True)]
        try:
            program = Program(Source("".join(lines), "candidates"), _LIMITS)
            runs = [
                program.run(at={name: point[name] for name in given}, ieee=True, kinks="silent").values
                for point in points
            ]
            return [[float(values[result]) for values in runs] for result in results]
        except AdError:
            if len(expressions) == 1:
                return [[NAN] * len(points)]
            half = len(expressions) // 2
            return self._rows(expressions[:half], usable, points) + self._rows(expressions[half:], usable, points)


_CONSTANTS = {"pi", "e", "tau"}
_LIMITS = Limits(steps=2_000_000, seconds=5.0, depth=200)
