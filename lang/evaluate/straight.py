"""Straight runs of steps -> values in registers: the machine's inner loops.

Law: four loops do the same work. One is for frames that hold only finite floats, one for frames in which some value
moves (and one of its own where a tape records), one for where infinities and nan may flow; the others leave to
`_recover` whatever is out of the ordinary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lang.evaluate import assemble as op
from lang.evaluate.active import Active, Node, Value, highest, plain
from lang.evaluate.entries import Entries
from lang.evaluate.run import Run
from lang.evaluate.stretch import prepare
from lang.steps import form
from lang.steps.guards import mismatch, unset

if TYPE_CHECKING:
    from lang.evaluate.frame import Frame

_NONE: frozenset[str] = frozenset()


def _two(code: Any, one: Any, other: Any, step: form.Step, registers: list[Any], target: int) -> bool:
    """An operation on two numbers of which a tape has at least one; False where it is not plain."""
    if other.__class__ is not Node:
        value, factor = code.first(one.primal, other)
        entry: tuple[Any, ...] = (one.index, factor)
    elif one.__class__ is not Node:
        value, factor = code.second(one, other.primal)
        entry = (other.index, factor)
    else:
        value, factor, more = code.both(one.primal, other.primal)
        entry = (one.index, factor, other.index, more)
        factor = factor if more - more == 0.0 else more
    if value - value == 0.0 == factor - factor:
        tape = one.level if one.__class__ is Node else other.level
        registers[target] = tape.node(entry, value, step)
        return True
    return False


class Straight:
    """Runs segments of straight steps."""

    run: Run
    main: Frame | None
    failing: form.Step | None

    def _straight(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        """Steps on floats."""
        rest = iter(segment)
        while True:
            try:
                for function, target, first, second, step, _ in rest:
                    if second >= 0:
                        value = function(registers[first], registers[second])
                    elif second == -1:
                        value = function(registers[first])
                    else:
                        value = function(*[registers[slot] for slot in first])
                    if value - value != 0.0:
                        value = self._recover(step, self._operands(registers, first, second))
                    registers[target] = value
                return
            except (ArithmeticError, ValueError, op.Unmet):
                registers[target] = self._recover(step, self._operands(registers, first, second))

    def _straight_tape(self, segment: op.Segment, frame: Frame, tape: Entries) -> None:
        """Steps that one tape records, in stretches where they have plans, else one by one."""
        if segment.stretches is None:
            prepare(frame.code)
            assert segment.stretches is not None
        kept = self.run.kept if frame is self.main else _NONE
        for stretch in segment.stretches:
            if not (stretch.whole and stretch.record(frame.registers, tape, kept)):
                self._one_by_one(stretch.items, frame.registers, tape)

    def _one_by_one(self, segment: list[tuple[Any, ...]], registers: list[Any], tape: Entries) -> None:
        """Steps that one tape records; whatever is not a finite float, plainly ruled, goes the way of any level.

        Numbers of other levels inside have no arithmetic of Python's: they raise a TypeError here, before anything is
        recorded.
        """
        for each in segment:
            function, target, first, second, step, code = each
            try:
                one = registers[first] if second >= -1 else None
                if second >= 0:
                    other = registers[second]
                    moves = one.__class__ is Node or other.__class__ is Node
                    if not moves and one.__class__ is float is other.__class__:
                        value = function(one, other)
                        if value - value == 0.0:
                            registers[target] = value
                            continue
                    elif moves and code is not None and code.plain and _two(code, one, other, step, registers, target):
                        continue
                elif one.__class__ is Node:
                    if code is None:
                        registers[target] = function(one)
                        continue
                    if code.plain:
                        value, factor = code.first(one.primal)
                        if value - value == 0.0 == factor - factor:
                            registers[target] = tape.node((one.index, factor), value, step)
                            continue
                elif one.__class__ is float:
                    value = function(one)
                    if value - value == 0.0:
                        registers[target] = value
                        continue
            except (TypeError, ArithmeticError, ValueError, op.Unmet):
                pass
            self._straight_active([each], registers)

    def _straight_active(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        """Steps on numbers of any level."""
        for function, target, first, second, step, code in segment:
            if second >= 0:
                one, other = registers[first], registers[second]
                if one.__class__ is not float or other.__class__ is not float:
                    moving = one if isinstance(one, Active) else other
                    if code is not None and code.plain and isinstance(moving, Active):
                        registers[target] = moving.level.binary(code, one, other, step)
                    else:
                        registers[target] = self._general(function, step, (one, other))
                    continue
            elif second == -1:
                one = registers[first]
                if one.__class__ is not float:
                    if code is not None and code.plain and isinstance(one, Active):
                        registers[target] = one.level.unary(code, one, step)
                    else:
                        registers[target] = self._general(function, step, (one,))
                    continue
            else:
                registers[target] = self._general(function, step, tuple([registers[slot] for slot in first]))
                continue
            try:
                value = function(one) if second == -1 else function(one, other)
                if value - value != 0.0:
                    value = self._recover(step, self._operands(registers, first, second))
            except (ArithmeticError, ValueError, op.Unmet):
                value = self._recover(step, self._operands(registers, first, second))
            registers[target] = value

    def _straight_total(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        """Steps where numbers may be infinite or nan: the fast functions are for finite ones."""
        for function, target, first, second, step, _ in segment:
            operands = self._operands(registers, first, second)
            if isinstance(step, form.Operation):
                self.failing = step
                registers[target] = self.run.apply(step.primitive, operands, step)
            else:
                registers[target] = self._general(function, step, operands)

    def _general(self, function: Any, step: form.Step, operands: tuple[Value, ...]) -> Value:
        """A step on any operands."""
        if highest(operands) is not None:
            if isinstance(step, form.Operation):
                return self.run.apply(step.primitive, operands, step)
            if isinstance(step, form.Comparison):
                return self.run.compare(step, operands[0], operands[1])
            return self._passed(function, step, operands)
        try:
            value: Value = function(*operands)
        except (ArithmeticError, ValueError, op.Unmet):
            return self._recover(step, operands)
        return value if plain(value) - plain(value) == 0.0 else self._recover(step, operands)

    def _passed(self, function: Any, step: form.Step, operands: tuple[Value, ...]) -> Value:
        """A copy or a requirement on a moving number."""
        try:
            value: Value = function(*operands)
        except op.Unmet:
            value = self._recover(step, operands)
        return value

    @staticmethod
    def _operands(registers: list[Any], first: Any, second: int) -> tuple[Value, ...]:
        if second >= 0:
            return (registers[first], registers[second])
        if second == op.UNARY:
            return (registers[first],)
        return tuple([registers[slot] for slot in first])

    def _recover(self, step: form.Step, operands: tuple[Value, ...]) -> Value:
        """A step whose fast function failed or gave no finite number: its IEEE value, or the error it stands for."""
        self.failing = step
        if isinstance(step, form.Operation):
            return self.run.apply(step.primitive, operands, step)
        if isinstance(step, form.Copy) or (isinstance(operands[0], float) and step.kind != "boolean"):  # type: ignore[union-attr]
            return operands[0]
        assert isinstance(step, form.Require)
        source = self.run.source
        if operands[0] is None:
            raise unset(step.name, step.span, source)
        raise mismatch(step.kind, step.span, source, step.name)
