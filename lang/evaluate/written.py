"""A plan that is run again and again -> Python functions that do the same without looking anything up.

Law: the same operations in the same order, so the same bits. Names in the text count (`v3`, `g3`), functions are bound
values, and nothing of a program's text is in it, not even its numbers.

    a = x * y; z = a + sin(x)      forth:  v3 = v0 * v1; v4 = f0(v0); v5 = f1(v0); v6 = v3 + v4
                                   back:   g2 = g0; g3 = g0; g1 = g3 * values[5]; ...

Which adjoints there are is known beforehand, too, once it is known which of the values have one at the beginning. A
name whose number is not needed any more is used again: Python is quickest where a function has less than 256.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lang.evaluate.plan import Plan
from lang.evaluate.rulecode import inline

BLOCK = 64
"""How many values wait for their place in the list."""


class _Names:
    """Names that are free."""

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.count = 0
        self.free: list[str] = []

    def take(self) -> str:
        if self.free:
            return self.free.pop()
        self.count += 1
        return f"{self.letter}{self.count - 1}"


def forth(plan: Plan) -> Callable[[list[Any], Any], tuple[list[float], list[int]] | None]:
    """The function (registers, tape) -> all values in their places, and the indices of those that come in and move.

    It gives None, or raises AttributeError, TypeError or what an operation raises, where it is not for the plan.
    """
    first = plan.length - len(plan.functions)
    return _Forth(plan, first).function(first)


class _Forth:
    """Writes the way forth.

    Args:
        plan: the plan.
        first: the place of the first operation's value.
    """

    def __init__(self, plan: Plan, first: int) -> None:
        self.plan = plan
        self.names = _Names("v")
        self.called: dict[Callable[..., Any], str] = {}
        self.last: dict[int, int] = {}
        for at, (_, places) in enumerate(plan.operations(), first):
            self.last.update(dict.fromkeys(places, at))
        inside = [self.names.take() for _ in plan.inside]
        constants = [f"c{at}" for at in range(len(plan.constants))]
        self.name = dict(enumerate([*inside, *constants]))
        self.waiting = list(range(len(inside)))
        self.bound: dict[str, Any] = {"real": float, **dict(zip(constants, plan.constants, strict=True))}

    def function(self, first: int) -> Callable[..., tuple[list[float], list[int]] | None]:
        """The function."""
        lines = self._inside()
        words = ", ".join(self.name.values())
        lines.append(f"values = [{words}]")
        self._release(first - 1)
        for at, (function, places) in enumerate(self.plan.operations(), first):
            right = self._right(function, [self.name[place] for place in places])
            for place in set(places):
                if self.last[place] == at and place not in self.waiting:
                    self._give(place)
            self.name[at] = self.names.take()
            lines.append(f"{self.name[at]} = {right}")
            self.waiting.append(at)
            if len(self.waiting) == BLOCK or at == self.plan.length - 1:
                lines.append(f"values += [{', '.join(self.name[each] for each in self.waiting)}]")
                self._release(at)
        lines.append("return values, ends")
        bound = self.bound | {name: function for function, name in self.called.items()}
        return _function("registers, tape", lines, bound)

    def _inside(self) -> list[str]:
        lines, ends = [], []
        for at, (slot, moves) in enumerate(self.plan.inside):
            name = self.name[at]
            lines.append(f"{name} = registers[{slot}]")
            if moves:
                lines.append(f"if {name}.level is not tape: return None")
                ends.append(name)
            else:
                lines.append(f"if {name}.__class__ is not real: return None")
        lines.append(f"ends = [{', '.join(f'{name}.index' for name in ends)}]")
        return lines + [f"{name} = {name}.primal" for name in ends]

    def _right(self, function: Callable[..., Any], words: list[str]) -> str:
        found = inline(function)
        if found is None:
            return f"{self._called(function)}({', '.join(words)})"
        return found.text.format(*words, **{name: self._called(each) for name, each in found.calls.items()})

    def _called(self, function: Callable[..., Any]) -> str:
        return self.called.setdefault(function, f"f{len(self.called)}")

    def _release(self, at: int) -> None:
        """What waited has its place; what is not needed after the operation at `at` gives its name back."""
        waited, self.waiting = self.waiting, []
        for place in waited:
            if self.last.get(place, -1) <= at:
                self._give(place)

    def _give(self, place: int) -> None:
        if self.name[place].startswith("v"):
            self.names.free.append(self.name[place])


def back(plan: Plan, present: Sequence[int]) -> Callable[[list[float], list[Any]], list[Any] | None]:
    """The function (values, adjoints at the beginning) -> the adjoints of what comes in; None if not all are finite.

    A partial that is always 1 or -1 is not multiplied by: that changes no bit but the sign.

    Args:
        plan: the plan.
        present: which of the adjoints there are, counted through what comes in and what has a place.
    """
    names = _Names("g")
    place_of = [*range(plan.moving), *plan.places]
    known = {place_of[at]: names.take() for at in present}
    first = plan.length - len(plan.functions) - len(plan.constants)
    units = {first + at: unit for at, unit in enumerate(plan.constants) if abs(unit) == 1.0}
    lines = [f"{known[place_of[at]]} = adjoints[{at}]" for at in present]
    number = plan.moving + len(plan.steps)
    for more, other, partial, one in plan.reversed():
        number -= 1
        adjoint = known.get(number)
        if adjoint is None:
            continue
        for operand, place in ((one, partial), (other, more)):
            if operand >= 0:
                before = known.get(operand, "")
                sign = "-" if units.get(place) == -1.0 else "+" if before else ""
                part = adjoint if place in units else f"{adjoint} * values[{place}]"
                known[operand] = before or names.take()
                lines.append(f"{known[operand]} = {before} {sign} {part}")
        names.free.append(adjoint)
    ends = [known.get(each, "None") for each in range(plan.moving)]
    lines.append("t = 0.0")
    lines += [f"t += {end}" for end in ends if end != "None"]
    lines.append("if t - t != 0.0: return None")
    return _function("values, adjoints", [*lines, f"return [{', '.join(ends)}]"], {})


def _function(parameters: str, lines: list[str], bound: dict[str, Any]) -> Callable[..., Any]:
    scope: dict[str, Any] = {"__builtins__": {}, **bound}
    body = "\n ".join(lines)
    exec(f"def written({parameters}):\n {body}\n", scope)  # noqa: S102 - places and our own functions, see the law
    found: Callable[..., Any] = scope["written"]
    return found
