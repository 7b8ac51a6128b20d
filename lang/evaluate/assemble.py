"""A block of steps -> code for the machine: registers instead of names, jumps instead of blocks.

Law: assembling decides nothing about values; it only gives each name and constant a register and each block a place.
Straight runs of steps become one `RUN` instruction with a list of (function, target, operand, operand, step, rule), so
the machine's inner loop is one `for`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from lang.clock import watched
from lang.evaluate.active import Active
from lang.evaluate.rulecode import Fused, fused
from lang.kernels import FAST
from lang.kernels.comparisons import COMPARISONS
from lang.source import Source
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.walk import assigned

RUN, JUMP, UNLESS, LOOP, NEXT, CALL, PRIME, RETURN, SHOW, INPUT, DEFINE, MARK, SAVE, PUSH, POP, END = range(16)
UNARY, MANY = -1, -2
READYING = "getting the program ready to run"


class Unmet(Exception):
    """A `Require` that does not hold."""


class Code:
    """A scope, ready to run.

    Attributes:
        instructions: tuples that begin with an opcode.
        registers: the registers at the start: constants in place, None elsewhere.
        slots: the register of each name.
        constants: the numbers in registers that never change.
        inputs: the names of the inputs that the scope's own statements ask for, in order.
        reads: the program's names that functions defined here read.
        made: what other engines made of it, by what they took for granted.
    """

    def __init__(
        self,
        instructions: list[tuple[Any, ...]] | None = None,
        registers: list[Any] | None = None,
        slots: dict[str, int] | None = None,
        constants: dict[int, float] | None = None,
        inputs: tuple[str, ...] = (),
        reads: frozenset[str] = frozenset(),
    ) -> None:
        self.instructions = [] if instructions is None else instructions
        self.registers = [] if registers is None else registers
        self.slots = {} if slots is None else slots
        self.constants = {} if constants is None else constants
        self.inputs, self.reads = inputs, reads
        self.made: dict[Any, Any] = {}


class Segment(list[tuple[Any, ...]]):
    """A straight run of steps; `stretches` are those that a tape records at one stroke, once they are known."""

    __slots__ = ("stretches",)

    def __init__(self) -> None:
        super().__init__()
        self.stretches: list[Any] | None = None


def assemble(procedure: form.Procedure) -> Code:
    """The code of one scope's steps; its parameters take the first registers."""
    assembler = _Assembler(procedure.source)
    for name in procedure.parameters:
        assembler.slot(name)
    if procedure.results:
        drive(assembler.block(procedure.body))
    else:
        assembler.program(procedure.body)
    assembler.emit(END)
    assembler.code.inputs = asked(procedure)
    inner = [step.procedure for step in procedure.body if isinstance(step, form.Define)]
    read = [each.reads for each in inner] + [each.rule.reads for each in inner if each.rule is not None]
    assembler.code.reads = frozenset(name for names in read for name in names)
    return assembler.code


def asked(procedure: form.Procedure) -> tuple[str, ...]:
    """The inputs that a scope's own statements ask for, in order."""
    return tuple(dict.fromkeys([step.target for step in procedure.body if step.__class__ is form.Input]))


class _Assembler:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.code = Code()
        self.constants: dict[tuple[type, str], int] = {}
        self.segment: Segment | None = None
        self.inputs: list[tuple[int, int | None, form.Input]] | None = None

    def slot(self, operand: form.Operand) -> int:
        """The register of a name or a constant."""
        if isinstance(operand, str):
            slots = self.code.slots
            if operand not in slots:
                slots[operand] = self._register(None)
            return slots[operand]
        key = (type(operand), repr(operand))
        if key not in self.constants:
            self.constants[key] = self._register(operand)
            if isinstance(operand, float):
                self.code.constants[self.constants[key]] = operand
        return self.constants[key]

    def _register(self, value: Any) -> int:
        self.code.registers.append(value)
        return len(self.code.registers) - 1

    def emit(self, *instruction: Any) -> int:
        """Append an instruction; its place."""
        self.segment = self.inputs = None
        self.code.instructions.append(instruction)
        return len(self.code.instructions) - 1

    def here(self) -> int:
        """The place of the next instruction."""
        self.segment = self.inputs = None
        return len(self.code.instructions)

    def patch(self, place: int, target: int) -> None:
        """Fill in where a jump goes (its last part)."""
        self.code.instructions[place] = (*self.code.instructions[place][:-1], target)

    def program(self, block: form.Block) -> None:
        """A program's own steps: before each that may stop half-way, what it would overwrite is saved."""
        for index, step in enumerate(watched(block, READYING, self.source)):
            if isinstance(step, (*_STRAIGHT, form.Input)):
                drive(self.block([step]))
            else:
                names = {name for name in assigned([step]) if not isinstance(name, form.Temporary)}
                self.emit(SAVE, tuple(self.slot(name) for name in sorted(names)), index)
                drive(self.block([step]))
                self.emit(SAVE, (), -1)

    def block(self, block: form.Block) -> Walk:
        """The walk that emits a block."""
        for step in block if len(block) == 1 else watched(block, READYING, self.source):
            found = getattr(self, "_" + type(step).__name__.lower())(step)
            if found is not None:
                yield found

    def _straight(
        self,
        function: Callable[..., Any],
        target: str,
        operands: tuple[form.Operand, ...],
        step: form.Step,
        code: Fused | None = None,
    ) -> None:
        slots = tuple(self.slot(each) for each in operands)
        first: Any = slots if len(slots) > 2 else slots[0]
        second = MANY if len(slots) > 2 else slots[1] if len(slots) == 2 else UNARY
        if self.segment is None:
            segment = Segment()
            self.emit(RUN, segment)
            self.segment = segment
        self.segment.append((function, self.slot(target), first, second, step, code))

    def _operation(self, step: form.Operation) -> None:
        function = FAST[step.primitive.name, step.primitive.arity]
        self._straight(function, step.target, step.arguments, step, fused(step.primitive))

    def _comparison(self, step: form.Comparison) -> None:
        self._straight(COMPARISONS[step.operator], step.target, (step.left, step.right), step)

    def _negation(self, step: form.Negation) -> None:
        self._straight(operator.not_, step.target, (step.source,), step)

    def _copy(self, step: form.Copy) -> None:
        self._straight(_same, step.target, (step.source,), step)

    def _require(self, step: form.Require) -> None:
        self._straight(_REQUIRE[step.kind], step.name, (step.name,), step)

    def _input(self, step: form.Input) -> None:
        """Inputs that follow each other are one instruction."""
        default = None if step.default is None else self.slot(step.default)
        if self.inputs is None:
            inputs: list[tuple[int, int | None, form.Input]] = []
            self.emit(INPUT, inputs)
            self.inputs = inputs
        self.inputs.append((self.slot(step.target), default, step))

    def _call(self, step: form.Call) -> None:
        targets = tuple(self.slot(each) for each in step.targets)
        self.emit(CALL, targets, tuple(self.slot(each) for each in step.arguments), step)

    def _primitivederivative(self, step: form.PrimitiveDerivative) -> None:
        self.emit(PRIME, self.slot(step.target), tuple(self.slot(each) for each in step.arguments), step)

    def _return(self, step: form.Return) -> None:
        self.emit(RETURN, tuple(self.slot(each) for each in step.values))

    def _push(self, step: form.Push) -> None:
        self.emit(PUSH, self.slot(step.source), step)

    def _pop(self, step: form.Pop) -> None:
        self.emit(POP, self.slot(step.target), step)

    def _show(self, step: form.Show) -> None:
        self.emit(SHOW, tuple(self.slot(each) for each in step.values), step)

    def _define(self, step: form.Define) -> None:
        self.emit(DEFINE, step.procedure)

    def _mark(self, step: form.Mark) -> None:
        self.emit(MARK, self.slot(step.name), step)

    def _ask(self, step: form.Ask) -> None:
        """Commands are answered between runs, from the steps before them."""

    def _if(self, step: form.If) -> Walk:
        ends: list[int] = []
        for arm in step.arms:
            yield self.block(arm.setup)
            miss = self.emit(UNLESS, self.slot(arm.condition), arm, 0)
            yield self.block(arm.body)
            ends.append(self.emit(JUMP, 0))
            self.patch(miss, self.here())
        yield self.block(step.otherwise)
        for end in ends:
            self.patch(end, self.here())

    def _while(self, step: form.While) -> Walk:
        start = self.here()
        yield self.block(step.setup)
        miss = self.emit(UNLESS, self.slot(step.condition), step, 0)
        yield self.block(step.body)
        self.emit(JUMP, start)
        self.patch(miss, self.here())

    def _for(self, step: form.For) -> Walk:
        turns = self._register(None)
        bounds = tuple(self.slot(each) for each in (step.start, step.stop, step.stride))
        self.emit(LOOP, turns, bounds, step)
        start = self.here()
        done = self.emit(NEXT, turns, self.slot(step.target), step, 0)
        yield self.block(step.body)
        self.emit(JUMP, start)
        self.patch(done, self.here())


_STRAIGHT = (form.Operation, form.Comparison, form.Negation, form.Copy, form.Require)


def _same(value: Any) -> Any:
    return value


def _number(value: Any) -> Any:
    if value.__class__ is float or isinstance(value, Active):
        return value
    raise Unmet


def _boolean(value: Any) -> Any:
    if value.__class__ is bool:
        return value
    raise Unmet


def _value(value: Any) -> Any:
    if value is None:
        raise Unmet
    return value


_REQUIRE = {"number": _number, "boolean": _boolean, "value": _value}
