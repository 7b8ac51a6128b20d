"""Straight steps -> the stretches of them that a tape records at one stroke.

Law: a stretch is done as a whole or not at all: registers and tape change only once every value and partial is known to
be a finite float. Else the machine does its steps one by one, from the first, and says what there is to say.

A stretch holds plainly ruled operations, copies and requirements; what else there is (a kink, a comparison) stands
between stretches. Its plan depends on which of the values that come in move, so there is one for each such pattern; a
loop's body has one or two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from lang.evaluate import assemble as op
from lang.evaluate.active import Node
from lang.evaluate.entries import Entries
from lang.evaluate.once import Once
from lang.evaluate.plan import ALONE, Item, Plan, Planner
from lang.steps import form

LONG = 1_000
"""Steps of the longest stretch: memory that is needed for one at a time stays small beside that of the tape, and what
is counted in it fits two bytes (`way.NUMBERS`)."""
SHORT = 4
"""Fewer operations than this are quicker one by one."""
FIRST = 2
"""At which of its runs a stretch gets its plan; before, its steps are done without (`once`)."""
OFTEN = 200
"""At which of its runs a plan is written as Python: that takes as long as it saves in some two hundred."""
DOUBTS = 4
"""After so many failures more than successes a stretch is no longer tried."""

Kept = frozenset[str] | None
"""The program's names whose values are wanted at the end of a run; None for all."""


class Stretch:
    """One stretch.

    Attributes:
        items: its steps, as the machine has them.
        whole: is it to be done at one stroke?
        leaves: the registers it sets that something else reads, or it in another turn; names that are wanted apart.
        latest: the plan that is written and was used last, and for which names; tried first.
    """

    __slots__ = ("doubts", "given", "inside", "items", "latest", "leaves", "plans", "runs", "whole")

    def __init__(self, items: list[Item], code: op.Code, whole: bool) -> None:
        self.items = items
        self.whole = whole
        self.doubts = self.runs = 0
        self.latest: tuple[Plan | None, Kept] = (None, None)
        self.plans: dict[tuple[int, Kept], Plan] = {}
        inside = _inside(items)
        self.leaves = set(inside)
        self.inside = [slot for slot in inside if slot not in code.constants]
        self.given = {slot: code.constants[slot] for slot in inside if slot in code.constants}

    def record(self, registers: list[Any], tape: Entries, kept: Kept) -> bool:
        """Do the steps; False where that is not to be done at one stroke, and nothing was changed."""
        plan, wanted = self.latest
        if plan is not None:
            if wanted is not kept and wanted == kept:
                self.latest, wanted = (plan, kept), kept  # to be seen at one look in the next turn
            if wanted is kept and _written(plan, registers, tape):
                if self.doubts > -DOUBTS:
                    self.doubts -= 1
                return True
        return self._looked(registers, tape, kept)

    def _looked(self, registers: list[Any], tape: Entries, kept: Kept) -> bool:
        """The same where it is not known what comes in."""
        values: list[Any] = []
        ends: list[int] = []
        pattern = bit = 1
        for slot in self.inside:
            value = registers[slot]
            bit += bit
            if value.__class__ is float:
                values.append(value)
            elif value.__class__ is Node and value.level is tape and value.primal.__class__ is float:
                values.append(value.primal)
                ends.append(value.index)
                pattern += bit
            else:
                return False
        self.runs += 1
        if self.runs < FIRST:
            return len(set(ends)) == len(ends) and self._once(values, registers, tape, kept)
        plan = self.plans.get((pattern, kept))
        if plan is None:
            plan = self.plans[pattern, kept] = self._plan(pattern, kept)
        plan.runs += 1
        if plan.runs >= OFTEN:
            _write(plan)
            self.latest = plan, kept
        well = _written(plan, registers, tape) if plan.forth else _through(plan, values, ends, registers, tape)
        if not well:
            self.doubts += 1
            self.whole = self.doubts < DOUBTS
            return False
        self.doubts -= self.doubts > -DOUBTS
        return True

    def _once(self, values: list[float], registers: list[Any], tape: Entries, kept: Kept) -> bool:
        nodes = {slot: registers[slot] for slot in self.inside if registers[slot].__class__ is Node}
        once = Once({**self.given, **dict(zip(self.inside, values, strict=True))}, nodes)
        if not once.through(self.items):
            return False
        once.leave(sorted(self._outside(kept)), registers, tape)
        return True

    def _plan(self, pattern: int, kept: Kept) -> Plan:
        moves = {slot: bool(pattern >> (at + 1) & 1) for at, slot in enumerate(self.inside)}
        return Planner(moves, self.given).plan(self.items, self._outside(kept))

    def _outside(self, kept: Kept) -> set[int]:
        """The registers it sets that something else reads."""
        found = set()
        for item in self.items:
            step = item[4]
            if isinstance(step, form.Operation | form.Copy):
                name = step.target
                wanted = name in kept if kept is not None else not isinstance(name, form.Temporary)
                if wanted or item[1] in self.leaves:
                    found.add(item[1])
        return found


def _written(plan: Plan, registers: list[Any], tape: Entries) -> bool:
    """Do the steps by a plan that is written; False where they are not for it."""
    try:
        found = plan.forth(registers, tape)  # type: ignore[misc]
        return found is not None and _leave(plan, found[0], found[1], registers, tape)
    except (AttributeError, TypeError, ArithmeticError, ValueError):
        return False


def _through(plan: Plan, values: list[Any], ends: list[int], registers: list[Any], tape: Entries) -> bool:
    """The same by any plan, given the values that come in and the indices of those that move."""
    values += plan.constants
    add = values.append
    try:
        for function, one, other in zip(plan.functions, plan.ones, plan.others, strict=True):
            if other >= 0:
                add(function(values[one], values[other]))
            elif other == ALONE:
                add(function(values[one]))
            else:
                add(function(*[values[place] for place in plan.many[one]]))
        return _leave(plan, values, ends, registers, tape)
    except (TypeError, ArithmeticError, ValueError):
        return False


def _leave(plan: Plan, values: list[float], ends: list[int], registers: list[Any], tape: Entries) -> bool:
    """Put on the tape what was done, and into registers what something else reads, if all is finite."""
    total = sum(values)
    if total - total != 0.0 or (len(ends) > 1 and len(set(ends)) < len(ends)):
        return False
    base = tape.extend(plan, values, ends)
    passed = [(to, registers[slot]) for slot, to in plan.passed] if plan.passed else ()
    for place, at, slots in plan.made:
        value = values[place] if at < 0 else Node(tape, values[place], base + at)
        for slot in slots:
            registers[slot] = value
    for slot, value in passed:
        registers[slot] = value
    return True


def _write(plan: Plan) -> None:
    if plan.forth is None:
        from lang.evaluate.written import forth

        plan.forth = forth(plan)


def prepare(code: op.Code) -> None:
    """Cut each straight run of a scope into stretches where something else than a plan is needed."""
    cut: list[tuple[op.Segment, list[Stretch]]] = []
    reader: dict[int, Stretch | None] = {}
    for instruction in code.instructions:
        if instruction[0] == op.RUN:
            made = [Stretch(items, code, whole) for whole, items in _cut(instruction[1])]
            cut.append((instruction[1], made))
            for stretch in made:
                for slot in (slot for item in stretch.items for slot in _reads(item)):
                    reader[slot] = stretch if reader.get(slot, stretch) is stretch else None
        else:
            reader.update(dict.fromkeys(_read_by(instruction)))
    for segment, made in cut:
        for stretch in made:
            written = {item[1] for item in stretch.items}
            stretch.leaves.update(slot for slot in written if reader.get(slot, stretch) is not stretch)
        segment.stretches = made


def _cut(segment: Sequence[Item]) -> Iterator[tuple[bool, list[Item]]]:
    """The steps in parts, and whether each is to be done at one stroke."""
    rest: list[Item] = []
    for fits, found in groupby(segment, _fits):
        items = list(found)
        if fits and sum(isinstance(item[4], form.Operation) for item in items) >= SHORT:
            if rest:
                yield False, rest
                rest = []
            for start in range(0, len(items), LONG):
                yield True, items[start : start + LONG]
        else:
            rest += items
    if rest:
        yield False, rest


def _fits(item: Item) -> bool:
    step, rule = item[4], item[5]
    if isinstance(step, form.Operation):
        return bool(rule.plain)
    return isinstance(step, form.Copy) or (isinstance(step, form.Require) and step.kind != "boolean")


def _reads(item: Item) -> tuple[int, ...]:
    """The registers that a straight step reads."""
    _, _, first, second, _, _ = item
    return first if second == op.MANY else (first,) if second == op.UNARY else (first, second)


def _inside(items: Sequence[Item]) -> list[int]:
    """The registers that steps read before they set them, in order."""
    found: dict[int, None] = {}
    written: set[int] = set()
    for item in items:
        found.update((slot, None) for slot in _reads(item) if slot not in written)
        written.add(item[1])
    return list(found)


def _read_by(instruction: tuple[Any, ...]) -> tuple[int, ...]:
    """The registers that an instruction other than a run of steps reads."""
    opcode = instruction[0]
    if opcode in (op.CALL, op.PRIME, op.LOOP):
        return tuple(instruction[2])
    if opcode in (op.RETURN, op.SHOW, op.SAVE):
        return tuple(instruction[1])
    if opcode in (op.UNLESS, op.PUSH, op.MARK):
        return (instruction[1],)
    return tuple(default for _, default, _ in instruction[1] if default is not None) if opcode == op.INPUT else ()
