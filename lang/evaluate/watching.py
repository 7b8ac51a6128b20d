"""The machine that also tells what it did: one fact for each step a program's reader would write down.

Law: it computes nothing itself. Each step is left to the machine it extends, and what is told is read off the registers
before and after. What happens inside a derivative call or a user's rule is not told: it is one step of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lang.clock import watched
from lang.errors import CommandError
from lang.evaluate import assemble as op
from lang.evaluate.active import Level, Value
from lang.evaluate.assemble import Segment
from lang.evaluate.calls import Continuation
from lang.evaluate.course import Context, Course, Scope
from lang.evaluate.entries import Entries
from lang.evaluate.frame import Frame
from lang.evaluate.machine import Machine
from lang.evaluate.run import Run
from lang.steps import form
from lang.steps.wording import operation

Operand = tuple[int | None, Value]
"""An operand's node and its value."""


@dataclass(slots=True)
class Seen:
    """A step that was made: what it gave which name, from which operands, and where.

    `reads` are the nodes of the program's names that a call whose inside is not told reads there.
    """

    name: str
    kind: str
    step: form.Step
    operands: tuple[Operand, ...]
    value: Value
    context: Context | None
    text: str
    reads: tuple[int, ...] = ()


class Watching(Machine):
    """A machine that tells `keep` of each step it made.

    Args:
        run: the run.
        most: how many steps may be made; None for no bound.
    """

    def __init__(self, run: Run, most: int | None = None) -> None:
        super().__init__(run)
        self.most = most
        self.count = 0
        self.calls = 0
        self.course = Course()
        self.hidden = 0
        self.saved_nodes: dict[int, list[int | None]] = {}

    def keep(self, seen: Seen) -> None:
        """A step was made; it is node number `self.count`."""
        raise NotImplementedError

    def changed(self, node: int, value: Value) -> None:
        """A value became one that derivatives are asked by."""
        raise NotImplementedError

    def _made(
        self,
        name: str,
        kind: str,
        step: form.Step,
        operands: tuple[Operand, ...],
        value: Value,
        text: str = "",
        context: Context | None = None,
        reads: tuple[int, ...] = (),
    ) -> None:
        if self.count == self.most:
            raise CommandError(
                f"this run makes more than {self.most:,} steps, too many to show one by one",
                hint="take fewer turns or smaller inputs",
            )
        self.keep(Seen(name, kind, step, operands, value, context or self.course.context(step), text, reads))
        self.course.scopes[-1].where[name] = self.count
        self.count += 1

    # --- straight steps ---------------------------------------------------------------------------------------

    def _straight(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        self._each(super()._straight, segment, registers)

    def _straight_active(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        self._each(super()._straight_active, segment, registers)

    def _straight_tape(self, segment: Segment, frame: Frame, tape: Entries) -> None:
        self._each(super()._straight_active, segment, frame.registers)

    def _straight_total(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        self._each(super()._straight_total, segment, registers)

    def _each(
        self,
        way: Callable[[list[tuple[Any, ...]], list[Any]], None],
        segment: list[Any],
        registers: list[Any],
    ) -> None:
        if self.hidden:
            way(segment, registers)
            return
        for item in watched(segment, "keeping the steps of the run"):
            step = item[4]
            if step in self.course.starts:
                self.course.turn(self.course.starts[step], lambda number: f"turn {number + 1}")
            operands = self._operands_of(_arguments(step), registers)
            way([item], registers)
            if not isinstance(step, form.Require) and step.span != (0, 0):
                self._made(step.target, _KINDS[type(step)], step, operands, registers[item[1]])
            elif isinstance(step, form.Copy):
                self.course.scopes[-1].where.pop(step.target, None)

    def _operands_of(self, arguments: tuple[form.Operand, ...], registers: list[Any]) -> tuple[Operand, ...]:
        where, slots = self.course.scopes[-1].where, self.frames[-1].code.slots
        return tuple(
            (where.get(each), registers[slots[each]]) if isinstance(each, str) else (None, each)
            for each in arguments
        )

    # --- the rest ---------------------------------------------------------------------------------------------

    def execute(self, procedure: form.Procedure) -> None:
        """Run a program's own statements to their end, keeping each step."""
        self.course.learn(procedure.body)
        super().execute(procedure)

    def _other(self, opcode: int, instruction: tuple[Any, ...], frame: Frame) -> None:
        registers = frame.registers
        step = instruction[-1]
        operands: tuple[Operand, ...] = ()
        if opcode == op.PRIME and not self.hidden:
            operands = self._operands_of(step.arguments, registers)
        super()._other(opcode, instruction, frame)
        if self.hidden:
            return
        if opcode == op.PRIME:
            self._made(step.target, "call", step, operands, registers[instruction[1]])
        elif opcode == op.INPUT:
            for slot, _, asked in instruction[1]:
                self._made(asked.target, "input", asked, (), registers[slot])
        elif opcode == op.MARK:
            self.changed(self.course.scopes[-1].where[step.name], registers[instruction[1]])

    def _turns(self, instruction: tuple[Any, ...], registers: list[Any]) -> Any:
        turns = super()._turns(instruction, registers)
        return turns if self.hidden else self._counted(instruction[3], turns)

    def _counted(self, step: form.For, turns: Iterator[int]) -> Iterator[int]:
        fresh = True
        for turn in turns:
            text = f"{step.target} = {turn}"
            self.course.turn(step, lambda _, text=text: text, fresh)  # type: ignore[misc]
            fresh = False
            context = self.course.scopes[-1].turns[step]
            self._made(step.target, "turn", step, (), float(turn), text=str(turn), context=context)
            yield turn

    def _save(self, registers: list[Any], instruction: tuple[Any, ...]) -> None:
        super()._save(registers, instruction)
        step: form.Push = instruction[2]
        source = step.source
        node = self.course.scopes[-1].where.get(source) if isinstance(source, str) else None
        self.saved_nodes.setdefault(step.stack, []).append(node)

    def _take_back(self, frame: Frame, instruction: tuple[Any, ...]) -> None:
        super()._take_back(frame, instruction)
        step: form.Pop = instruction[2]
        node = self.saved_nodes[step.stack].pop()
        if not self.hidden:
            value = frame.registers[instruction[1]]
            self._made(step.target, "pop", step, ((node, value),), value)

    # --- calls ------------------------------------------------------------------------------------------------

    def _call(self, frame: Frame, instruction: tuple[Any, ...]) -> None:
        if self.hidden:
            super()._call(frame, instruction)
            return
        step: form.Call = instruction[3]
        procedure = self.run.functions.get(step.function)
        if procedure is None or not (step.by or procedure.rule is not None):
            super()._call(frame, instruction)
            return
        arguments = self._operands_of(step.arguments, frame.registers)
        main = self.course.scopes[0].where
        reads = tuple(main[name] for name in self._reads(procedure) if name in main)
        text = operation(step, procedure.parameters)
        self.hidden = len(self.frames)
        self.asked = (step, arguments, reads, instruction[1], text)
        super()._call(frame, instruction)
        self._show_again()

    def _show_again(self) -> None:
        """Where the call that was hidden has given its results, keep them."""
        if self.hidden != len(self.frames):
            return
        self.hidden = 0
        step, arguments, reads, targets, text = self.asked
        registers = self.frames[-1].registers
        for name, slot in zip(step.targets, targets, strict=True):
            self._made(name, "call", step, arguments, registers[slot], text=text, reads=reads)

    def _push(
        self,
        procedure: form.Procedure,
        arguments: tuple[Value, ...],
        rule_of: Level | None,
        step: form.Step,
        targets: tuple[int, ...],
        continuation: Continuation | None,
    ) -> None:
        if self.hidden:
            super()._push(procedure, arguments, rule_of, step, targets, continuation)
            return
        assert isinstance(step, form.Call)
        operands = self._operands_of(step.arguments, self.frames[-1].registers)
        outer = self.course.context(step)
        super()._push(procedure, arguments, rule_of, step, targets, continuation)
        self.course.learn(procedure.body)
        text = operation(step)
        context = Context(outer, "call", text, step, self.calls, 0 if outer is None else outer.depth + 1)
        self.calls += 1
        inside = Scope(context)
        main = self.course.scopes[0].where
        inside.where = {name: main[name] for name in procedure.reads if name in main}
        self.course.scopes.append(inside)
        for name, given, operand in zip(procedure.parameters, operands, step.arguments, strict=True):
            self._made(
                name, "parameter", step, (given,), given[1], text=operation(form.Copy(name, operand, (0, 0)))
            )

    def _return(self, frame: Frame, values: tuple[Value, ...]) -> None:
        if self.hidden:
            super()._return(frame, values)
            self._show_again()
            return
        slots = frame.code.instructions[frame.place - 1][1]
        step = frame.step
        assert isinstance(step, form.Call)
        where, names = self.course.scopes[-1].where, {slot: name for name, slot in frame.code.slots.items()}
        operands = tuple(where.get(names.get(slot, "")) for slot in slots)
        super()._return(frame, values)
        self.course.scopes.pop()
        for name, value, operand in zip(step.targets, values, operands, strict=True):
            self._made(name, "result", step, ((operand, value),), value)


_KINDS = {
    form.Operation: "operation",
    form.Copy: "copy",
    form.Comparison: "condition",
    form.Negation: "condition",
}


def _arguments(step: form.Step) -> tuple[form.Operand, ...]:
    """What a straight step reads."""
    if isinstance(step, form.Operation):
        return step.arguments
    if isinstance(step, form.Comparison):
        return (step.left, step.right)
    return (step.source,) if isinstance(step, form.Copy | form.Negation) else ()
