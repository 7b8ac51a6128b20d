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

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from lang.evaluate.rulecode import RESULT, Atom, partial_parts
from lang.evaluate.way import NUMBERS, Way
from lang.kernels import FAST
from lang.rules import Primitive
from lang.steps import form

Item = tuple[Any, ...]
"""A straight step as the machine has it: (function, target, operand, operand, step, rule)."""
Edge = tuple[int, Callable[..., float] | None, tuple[Atom, ...]]
"""A partial: by which operand, and what computes it from what (`rulecode.partial_parts`)."""
ALONE, MANY = -1, -2
"""In place of a second operand: there is none; there are more than two."""


class Plan(Way):
    """What a stretch does, given which of the values that come into it move: the way forth, and back.

    Attributes:
        constants: the numbers that its steps use; in the list of values they stand after those that come in.
        functions: what each operation calls, adding one value at the end.
        ones, others: the places of its operands; `ALONE` for no second one, `MANY` where `ones` is a place in `many`.
        many: the places of all operands, where there are more than two.
        made: what to leave: (place of the value, its place on the tape or -1, registers).
        inside: the registers whose values come in, in the order of their places, and whether each moves.
        passed: registers that get what another had at the beginning: (from, to).
        runs: how often it was run.
        forth, backs: the same written as Python (`written`), once it is run often; `backs` one for each set of what has
            an adjoint at the beginning, counted through what came in and what has a place.
    """

    __slots__ = (
        "backs",
        "constants",
        "forth",
        "functions",
        "inside",
        "made",
        "many",
        "ones",
        "others",
        "passed",
        "runs",
    )

    def __init__(
        self,
        back: array[int],
        steps: list[form.Step],
        moving: int,
        places: list[int],
        length: int,
        constants: list[float],
    ) -> None:
        super().__init__(back, steps, moving, places, length)
        self.constants = constants
        self.functions: list[Callable[..., float]] = []
        self.ones, self.others = array(NUMBERS), array(NUMBERS)
        self.many: list[tuple[int, ...]] = []
        self.made: list[tuple[int, int, tuple[int, ...]]] = []
        self.passed: list[tuple[int, int]] = []
        self.runs = 0
        self.inside: list[tuple[int, bool]] = []
        self.forth: Callable[[list[Any], Any], tuple[list[float], list[int]] | None] | None = None
        self.backs: list[tuple[tuple[int, ...], Callable[..., list[Any] | None]]] = []

    def add(self, function: Callable[..., float], places: tuple[int, ...]) -> None:
        """One more operation."""
        self.functions.append(function)
        if len(places) > 2:
            self.ones.append(len(self.many))
            self.others.append(MANY)
            self.many.append(places)
        else:
            self.ones.append(places[0])
            self.others.append(places[1] if len(places) == 2 else ALONE)

    def operations(self) -> Iterator[tuple[Callable[..., float], tuple[int, ...]]]:
        """Each operation with the places of its operands."""
        for function, one, other in zip(self.functions, self.ones, self.others, strict=True):
            yield function, self.many[one] if other == MANY else (one,) if other == ALONE else (one, other)


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
                made.setdefault((known.number, final(known.place)), []).append(slot)
        back = array(NUMBERS)
        for one, partial, other, more in self.forth:
            back.extend((one, final(partial), other, final(more)))
        places = sorted(number for number, _ in made if number >= 0)
        where = {number: at for at, number in enumerate(places)}
        length = self.count + len(self.constants) + len(self.operations)
        plan = Plan(back, self.steps, self.moving, places, length, [float(each) for each in self.constants])
        for function, operands in self.operations:
            plan.add(function, tuple(map(final, operands)))
        plan.made = [(place, where.get(number, -1), tuple(slots)) for (number, place), slots in made.items()]
        plan.passed = passed
        plan.inside = [(slot, known.number >= 0) for slot, known in self.inside.items()]
        return plan


@cache
def _shape(primitive: Primitive, moving: tuple[int, ...]) -> tuple[Callable[..., float], tuple[Edge, ...]]:
    """A primitive's function, and the partials by the operands that move, where there are any."""
    parts = [(index, partial_parts(primitive, index)) for index in moving]
    return FAST[primitive.name, primitive.arity], tuple((index, *part) for index, part in parts if part is not None)


def _slots(item: Item) -> tuple[int, ...]:
    return (item[2],) if item[3] == ALONE else (item[2], item[3])
