"""Exercises -> a corpus of wrong answers, each with the mistake that was put into it, and of right but unusual ones.

Law: a generated answer is the right program with one right side replaced by what one mistake makes of it; answers whose
numbers are right anyway are left out. The handwritten ones are what people wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lang.grade.change_contribution import adjoints
from lang.grade.change_line import Candidate, tangents
from lang.grade.exercise import Exercise
from lang.grade.expected import expected
from lang.grade.marking import Marker
from lang.grade.outline import flat
from lang.grade.quantities import ADJOINT, INPUT, TANGENT, VALUE, Definition
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse
from lang.syntax.unparse import expression as written
from lang.syntax.unparse import unparse

LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"
QUOTIENT = "x = ?\ny = ?\np = x**3\nq = 2 * y + 5\nr = p / q\nz = exp(r)\n"
NESTED = "x = ?\ny = ?\nu = cos(x * y)\nv = log(x**2 + y**2)\nz = u * v - x\n"
POWERS = "x = ?\ny = ?\np = abs(x) + 1\nq = p ** y\nz = sqrt(q) + tanh(x)\n"
GAUSS = "x = ?\ny = ?\nr = x**2 + y**2\ns = exp(-r)\nz = x * s\n"
LOOP = "x = ?\ny = 1\nfor i in range(3):\n    y = (y + x / y) / 2\n"
OVERWRITE = "x = ?\ny = ?\nx = x * y\nx = sin(x)\nz = x + y\n"

FORWARD = (LECTURE, QUOTIENT, NESTED, POWERS, LOOP, OVERWRITE)
BACKWARD = (LECTURE, QUOTIENT, NESTED, GAUSS)


class Wrong(NamedTuple):
    """A wrong answer: the exercise, the text, the mistake in it."""

    marker: Marker
    text: str
    mistake: str


def generated(*chosen: tuple[str, str]) -> Iterator[Wrong]:
    """The answers that the mistakes make: of the chosen programs, each with its kind, or of all."""
    everything = [("derivative", each) for each in FORWARD] + [("adjoint", each) for each in BACKWARD]
    for kind, program in chosen or everything:
        of = () if "z" not in program else ("z",)
        marker = Marker(Exercise("an exercise", kind, program, of=of))
        for definition in [each for all_ in marker.wanted.definitions.values() for each in all_]:
            yield from _answers(marker, definition)


def _answers(marker: Marker, definition: Definition) -> Iterator[Wrong]:
    wanted = marker.wanted
    role = wanted.roles[definition.quantity]
    names = [each for each, kind in wanted.roles.items() if kind in (INPUT, VALUE)]
    if role == TANGENT:
        found = list(tangents(definition, wanted.functions, names))
    elif role == ADJOINT:
        found = list(adjoints(definition, wanted.functions, names, list(wanted.owners), False))
    else:
        return
    points = [{name: values[-1] for name, values in trial.truth.items()} for trial in marker.trials]
    rows = marker.standard.calculator.numbers([definition.local, *(each.expression for each in found)], points)
    told = {_rounded(rows[0])}
    seen: set[str] = set()
    for each, row in zip(found, rows[1:], strict=True):
        numbers = _rounded(row)
        if numbers in told or each.key in seen:
            told.add(numbers)
            continue
        told.add(numbers)
        text = _put(wanted.text, definition, each)
        if text is not None and not marker.grade(text).ok:
            seen.add(each.key)
            yield Wrong(marker, text, each.key)


def _rounded(row: list[float]) -> tuple[str, ...]:
    """Numbers as far as anyone can tell them apart: two mistakes with the same ones are one wrong answer."""
    return tuple(f"{each:.6g}" for each in row)


def _put(text: str, definition: Definition, wrong: Candidate) -> str | None:
    """The right program with one right side replaced; None where the line would read what comes later."""
    source = Source(text, "right")
    right = written(definition.local)
    for node in flat(list(parse(source).body)):
        if not isinstance(node, tree.Assign):
            continue
        if node.targets[0].name == definition.quantity and unparse(node.values[0]) == right:
            start, end = node.values[0].span
            made = text[:start] + written(wrong.expression) + text[end:]
            from lang.program import Program

            try:
                Program(Source(made, "wrong"))
            except Exception:
                return None
            return made
    return None


__all__ = ["LECTURE", "Wrong", "expected", "generated"]
