"""A tape and seeds -> adjoints: one pass from the last entry to the first.

Law: the first contribution to an adjoint is an assignment, each further one an addition, in the order of the entries
and of the operands in each; so a stretch recorded at one stroke gives the bits it would have given step by step.

Nearly every number here is a finite float, so the loops look only for that. What is not finite reaches the operands of
its own entry, so for a stretch it is enough to look at what came out of it; then it is gone through again, slowly, to
note the first step where a derivative became infinite or nan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from lang.clock import look
from lang.evaluate.active import Node, Value, sound, worse
from lang.evaluate.entries import Entries
from lang.evaluate.observing import Observing
from lang.evaluate.plan import Plan
from lang.evaluate.ruletext import apply
from lang.evaluate.way import Way
from lang.rules import Primitive, table
from lang.steps import form

LOOK = 10_000
"""Entries between two looks at the clock."""
PATTERNS = 4
"""For how many patterns of adjoints a stretch is written."""


def _looking(entries: Sequence[Any], count: int) -> Iterator[Any]:
    """The last entries, from the last one on; now and then the clock is looked at."""
    if count < LOOK:
        return islice(reversed(entries), count)
    return _looking_often(entries, count)


def _looking_often(entries: Sequence[Any], count: int) -> Iterator[Any]:
    rest = reversed(entries)
    for done in range(0, count, LOOK):
        look("going back over the tape", done, count)
        yield from islice(rest, min(LOOK, count - done))


class Sweep:
    """One sweep.

    Args:
        tape: what was recorded.
        run: what keeps notes.
        wanted: indices whose adjoints to keep.
    """

    def __init__(self, tape: Entries, run: Observing, wanted: Iterable[int]) -> None:
        self.tape = tape
        self.run = run
        self.adjoints: list[Any] = [None] * tape.count
        self.pending = sorted(set(wanted))
        self.kept: dict[int, Any] = {}

    def seed(self, result: Value, seed: Value) -> None:
        """Give a result its adjoint; one that is not on the tape contributes nothing."""
        if isinstance(result, Node) and result.level is self.tape:
            before = self.adjoints[result.index]
            self.adjoints[result.index] = seed if before is None else _plus(before, seed)

    def back(self) -> dict[int, Any]:
        """The adjoint of each wanted index; indices that no seed depends on are absent."""
        tape, pending, adjoints = self.tape, self.pending, self.adjoints
        count, values, ends = len(tape.entries), len(tape.values), len(tape.ends)
        leaves = next((place for place, entry in enumerate(tape.entries) if entry), count)
        pop = adjoints.pop
        for entry in _looking(tape.entries, count - leaves):
            count -= 1
            if entry.__class__ is not tuple:
                first, start = values - entry.length, ends - entry.moving
                self._stretch(entry, tape.values[first:values], tape.ends[start:ends])
                values, ends = first, start
                continue
            adjoint = pop()
            wanted = bool(pending) and pending[-1] == len(adjoints)
            if wanted:
                pending.pop()
            if adjoint is None:
                continue
            if wanted:
                self.kept[len(adjoints)] = adjoint
            if entry and not self._quickly(entry, adjoint):
                self._spread(adjoints, entry, adjoint, tape.steps[count])
        for index in pending:
            if adjoints[index] is not None:
                self.kept[index] = adjoints[index]
        return self.kept

    def _quickly(self, entry: tuple[Any, ...], adjoint: Any) -> bool:
        """The contributions of an entry with one or two parents, all finite floats; False where that is not so."""
        adjoints = self.adjoints
        try:  # numbers of other levels are a TypeError
            parent = entry[0]
            part = adjoint * entry[1]
            before = adjoints[parent]
            total = part if before is None else before + part
            if len(entry) == 2:
                if total - total == 0.0 == part - part:
                    adjoints[parent] = total
                    return True
            elif len(entry) == 4 and entry[2] != parent:
                other, more = entry[2], adjoint * entry[3]
                before = adjoints[other]
                whole = more if before is None else before + more
                if total - total == 0.0 == part - part == whole - whole == more - more:
                    adjoints[parent] = total
                    adjoints[other] = whole
                    return True
        except TypeError:
            pass
        return False

    # --- stretches ------------------------------------------------------------------------------------------

    def _stretch(self, way: Way, values: list[float], ends: list[int]) -> None:
        """The contributions of a stretch: `ends` are the indices of what came in and moves."""
        adjoints, pending = self.adjoints, self.pending
        base = len(adjoints) - len(way.places)
        given = [adjoints[index] for index in ends]
        given += adjoints[base:]
        del adjoints[base:]
        found: list[Any] | None = None
        if pending and pending[-1] >= base:
            self._stopping(way, values, given, base)
            found = given
        elif isinstance(way, Plan) and way.forth is not None:
            found = _written(way, values, given)
        if found is None:
            found = self._through(way, values, given)
        for index, adjoint in zip(ends, found, strict=False):
            adjoints[index] = adjoint

    def _through(self, way: Way, values: list[float], given: list[Any]) -> list[Any]:
        """The adjoints of what came in, on floats if all are finite, else with a look at each."""
        local = _spread_out(way, given)
        try:
            _back(way, values, local)
            if all(each is None or each - each == 0.0 for each in local):
                return local
        except TypeError:
            pass
        local = _spread_out(way, given)
        self._slowly(way, values, local, {})
        return local

    def _stopping(self, way: Way, values: list[float], given: list[Any], base: int) -> None:
        """The same where adjoints inside are wanted, too; it changes `given`."""
        stops: dict[int, int] = {}
        while self.pending and self.pending[-1] >= base:
            index = self.pending.pop()
            stops[way.places[index - base]] = index
        local = _spread_out(way, given)
        self._slowly(way, values, local, stops)
        given[: way.moving] = local

    def _slowly(self, way: Way, values: list[float], local: list[Any], stops: Mapping[int, int]) -> None:
        """The same with a look at every number, and on numbers of any level; adjoints at `stops` are kept."""
        for number in range(len(way.steps) - 1, -1, -1):
            adjoint = local.pop()
            if adjoint is not None:
                if len(local) in stops:
                    self.kept[stops[len(local)]] = adjoint
                entry = [values[each] if at % 2 else each for at, each in enumerate(way.entry(number))]
                self._spread(local, entry, adjoint, way.steps[number])

    # --- one by one -----------------------------------------------------------------------------------------

    def _spread(self, adjoints: list[Any], entry: Sequence[Any], adjoint: Value, step: form.Step | None) -> None:
        """The contributions of one entry."""
        for at in range(0, len(entry), 2):
            self._contribute(adjoints, entry[at], adjoint, entry[at + 1], step)

    def _contribute(
        self, adjoints: list[Any], parent: int, adjoint: Value, factor: Value, step: form.Step | None
    ) -> None:
        if adjoint.__class__ is float and factor.__class__ is float:
            part: Any = adjoint * factor
            if part - part != 0.0:
                self._note(part, (adjoint, factor), step)
        else:
            part = _times(adjoint, factor)
            self._note(part, (adjoint, factor), step)
        before = adjoints[parent]
        if before is None:
            adjoints[parent] = part
            return
        if before.__class__ is float and part.__class__ is float:
            total: Any = before + part
            if total - total != 0.0:
                self._note(total, (before, part), step)
        else:
            total = _plus(before, part)
            self._note(total, (before, part), step)
        adjoints[parent] = total

    def _note(self, value: Value, parts: tuple[Value, ...], step: form.Step | None) -> None:
        became = worse(value, parts)
        if became:
            self.run.note_became(step, became)
        elif not sound(value) and sound(parts[0]) and not self.tape.told and not self.run.has_note(step):
            self.run.note_became(step, worse(value, parts[:1]))


def _written(plan: Plan, values: list[float], given: list[Any]) -> list[Any] | None:
    """The adjoints of what came into a stretch, by a function written for the adjoints that there are.

    None where there are too many functions of it, or not all numbers are finite.
    """
    count = len(given) - given.count(None)
    try:
        for present, back in plan.backs:
            if len(present) == count and None not in map(given.__getitem__, present):
                return back(values, given)
        if len(plan.backs) >= PATTERNS:
            return None
        from lang.evaluate import written

        present = tuple([at for at, each in enumerate(given) if each is not None])
        back = written.back(plan, present)
        plan.backs.append((present, back))
        return back(values, given)
    except TypeError:  # numbers of other levels
        return None


def _spread_out(way: Way, given: list[Any]) -> list[Any]:
    """Adjoints of what came in and of what has a place, as those of all that moves."""
    local = given[: way.moving] + [None] * len(way.steps)
    for number, adjoint in zip(way.places, given[way.moving :], strict=True):
        local[number] = adjoint
    return local


def _back(way: Way, values: list[float], local: list[Any]) -> None:
    """The contributions of a stretch, on floats; the adjoint of each step is taken off the end of `local`."""
    pop = local.pop
    for more, other, partial, one in way.reversed():
        adjoint = pop()
        if adjoint is not None:
            before = local[one]
            part = adjoint * values[partial]
            local[one] = part if before is None else before + part
            if other >= 0:
                before = local[other]
                part = adjoint * values[more]
                local[other] = part if before is None else before + part


def _times(left: Value, right: Value) -> Value:
    return apply(_operator("*"), (left, right))


def _plus(left: Value, right: Value) -> Value:
    return apply(_operator("+"), (left, right))


def _operator(sign: str) -> Primitive:
    found = table().find(sign, 2)
    assert found is not None
    return found
