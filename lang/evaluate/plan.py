"""A stretch of straight steps -> the list of float operations that computes its values and partials.

Law: a plan computes what the rules say, with the same functions in the same order as one step at a time, so its numbers
are the same bits. It knows nothing of a run: whatever is not a finite float is left to the machine.

In a straight stretch it is known beforehand which values move, so nothing needs to be found out while it runs: every
value and every partial has a place in one list, and so has every constant. A partial that is a value is not computed:

    a = x * y      places: x 0, y 1, a 2           a by x is place 1, a by y is place 0
    b = sin(x)             b 3, cos(x) 4           b by x is place 4
    z = a + b              1.0 5 (a constant), z 6

Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapter 4.3 (what a tape has to keep).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

from lang.evaluate.rulecode import RESULT, Atom, partial_parts
from lang.kernels import FAST
from lang.rules import Primitive
from lang.steps import form

Item = tuple[Any, ...]
"""A straight step as the machine has it: (function, target, operand, operand, step, rule)."""
Edge = tuple[int, Callable[..., float] | None, tuple[Atom, ...]]
"""A partial: by which operand, and what computes it from what (`rulecode.partial_parts`)."""
ALONE, MANY = -1, -2
"""In place of a second operand: there is none; the first is a tuple of all."""


class Plan:
    """What a stretch does, given which of the values that come into it move.

    Attributes:
        constants: the numbers that its steps use; in the list of values they stand after those that come in.
        operations: (function, place of an operand, place of the other), each adding one value at the end.
        back: for each step whose result moves, last first: (operand, place of its partial, other operand or -1, place).
        steps: the step of each of those, first first.
        moving: how many of the values that come in move.
        made: what to leave: (place of the value, its number among the moving or -1, registers).
        passed: registers that get what another had at the beginning: (from, to).
        length: how many values there are in the end.
        runs: how often it was run.
        forth, backs: the same written as Python (`written`), once it is run often; `backs` by what has an adjoint.
    """

    def __init__(
        self,
        constants: list[float],
        operations: list[tuple[Callable[..., float], Any, int]],
        back: list[tuple[int, int, int, int]],
        steps: list[form.Step],
        moving: int,
        made: list[tuple[int, int, tuple[int, ...]]],
        passed: list[tuple[int, int]],
        length: int,
        runs: int = 0,
        forth: Callable[[list[float]], list[float]] | None = None,
        backs: dict[tuple[int, ...], Callable[..., list[Any]]] | None = None,
    ) -> None:
        self.constants, self.operations, self.back = constants, operations, back
        self.steps, self.moving, self.made = steps, moving, made
        self.passed, self.length, self.runs = passed, length, runs
        self.forth = forth
        self.backs = {} if backs is None else backs

    def entry(self, number: int) -> tuple[int, ...]:
        """(operand, place of its partial, ...) of the step with that number."""
        one, partial, other, more = self.back[len(self.back) - 1 - number]
        return (one, partial) if other < 0 else (one, partial, other, more)


class _Known:
    """A value: its place, and its number among those that move (-1 where it does not)."""

    def __init__(self, place: int, number: int) -> None:
        self.place, self.number = place, number


class Planner:
    """Makes the plan of a stretch.

    Args:
        inside: the registers whose values come in, and whether each moves.
        given: the numbers in registers that never change.
    """

    def __init__(self, inside: Mapping[int, bool], given: Mapping[int, float]) -> None:
        self.count = len(inside)
        self.constants: dict[str, int] = {}
        self.operations: list[tuple[Callable[..., float], tuple[int, ...]]] = []
        self.forth: list[tuple[int, int, int, int]] = []
        self.steps: list[form.Step] = []
        self.where: dict[int, _Known] = {}
        self.moving = 0
        for place, (slot, moves) in enumerate(inside.items()):
            self.where[slot] = _Known(place, self.moving if moves else -1)
            self.moving += moves
        self.inside = dict(self.where)
        for slot, number in given.items():
            self.where[slot] = _Known(self._constant(number), -1)

    def plan(self, items: Sequence[Item], outside: Collection[int]) -> Plan:
        """The plan.

        Args:
            items: the steps: operations, copies and requirements.
            outside: the registers that something else reads afterwards.
        """
        written: set[int] = set()
        for item in items:
            step = item[4]
            if isinstance(step, form.Operation):
                self.where[item[1]] = self._operation(step, [self.where[slot] for slot in _slots(item)])
            elif isinstance(step, form.Copy):
                self.where[item[1]] = self.where[item[2]]
            if not isinstance(step, form.Require):
                written.add(item[1])
        return self._finished(written & set(outside))

    def _constant(self, number: float) -> int:
        """The place of a number: counted down from -1, until it is known how many there are."""
        return -1 - self.constants.setdefault(repr(number), len(self.constants))

    def _value(self, function: Callable[..., float], places: tuple[int, ...]) -> int:
        """The place of one more value: counted as if there were no constants."""
        self.operations.append((function, places))
        return self.count + len(self.operations) - 1

    def _operation(self, step: form.Operation, operands: list[_Known]) -> _Known:
        moving = tuple([index for index, each in enumerate(operands) if each.number >= 0])
        function, edges = _shape(step.primitive, moving)
        places = tuple([each.place for each in operands])
        own = self._value(function, places)
        if not edges:
            return _Known(own, -1)
        forth: list[int] = []
        for index, partial, atoms in edges:
            found = tuple([
                self._constant(atom) if atom.__class__ is float else own if atom == RESULT else places[atom]  # type: ignore[index]
                for atom in atoms
            ])
            forth += operands[index].number, found[0] if partial is None else self._value(partial, found)
        self.forth.append((forth[0], forth[1], *(forth[2:] or (-1, 0))))
        self.steps.append(step)
        return _Known(own, self.moving + len(self.forth) - 1)

    def _finished(self, outside: set[int]) -> Plan:
        def final(place: int) -> int:
            if place < 0:
                return self.count - 1 - place
            return place if place < self.count else place + len(self.constants)

        made: dict[tuple[int, int], list[int]] = {}
        passed = []
        came = {known.place: slot for slot, known in self.inside.items()}
        for slot in sorted(outside):
            known = self.where[slot]
            if 0 <= known.place < self.count:
                passed.append((came[known.place], slot))
            else:
                made.setdefault((final(known.place), known.number), []).append(slot)
        return Plan(
            [float(each) for each in self.constants],
            [_operation(function, tuple(map(final, places))) for function, places in self.operations],
            [(one, final(partial), other, final(more)) for one, partial, other, more in reversed(self.forth)],
            self.steps,
            self.moving,
            [(place, number, tuple(slots)) for (place, number), slots in made.items()],
            passed,
            self.count + len(self.constants) + len(self.operations),
        )


@cache
def _shape(primitive: Primitive, moving: tuple[int, ...]) -> tuple[Callable[..., float], tuple[Edge, ...]]:
    """A primitive's function, and the partials by the operands that move, where there are any."""
    parts = [(index, partial_parts(primitive, index)) for index in moving]
    return FAST[primitive.name, primitive.arity], tuple((index, *part) for index, part in parts if part is not None)


def _operation(function: Callable[..., float], places: tuple[int, ...]) -> tuple[Callable[..., float], Any, int]:
    if len(places) == 1:
        return (function, places[0], ALONE)
    return (function, places[0], places[1]) if len(places) == 2 else (function, places, MANY)


def _slots(item: Item) -> tuple[int, ...]:
    return (item[2],) if item[3] == ALONE else (item[2], item[3])
