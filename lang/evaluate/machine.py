"""Assembled code -> values: the loop that runs programs, on numbers of any level.

Law: the machine keeps its own stack of frames, so calls are as deep as the limit allows and Python's stack stays flat.
What a call means beyond running the function's body (its derivative, a user's rule) is a generator in `calls`, which
asks the machine for the calls it needs.

The inner loops over straight steps are in `straight`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from lang.errors import AdError, DomainError, Mark
from lang.evaluate import assemble as op
from lang.evaluate import calls
from lang.evaluate.active import Active, Level, Value, below, highest, plain, sound
from lang.evaluate.run import Run
from lang.evaluate.straight import Straight
from lang.source import Source, Span
from lang.steps import form
from lang.steps.guards import unset

Request = tuple[form.Procedure, tuple[Value, ...], Level | None]
Continuation = Generator[Request, tuple[Value, ...], tuple[Value, ...]]


class Frame:
    """A scope that is running."""

    __slots__ = (
        "active",
        "beneath",
        "code",
        "continuation",
        "lenient",
        "place",
        "registers",
        "source",
        "step",
        "targets",
    )

    def __init__(self, code: op.Code, registers: list[Any], source: Source, active: bool) -> None:
        self.code = code
        self.registers = registers
        self.source = source
        self.active = active
        self.place = 0
        self.lenient = False
        self.beneath: tuple[Level, ...] = ()
        self.targets: tuple[int, ...] = ()
        self.continuation: Continuation | None = None
        self.step: form.Step | None = None


class Machine(Straight):
    """Runs code for one run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.frames: list[Frame] = []
        self.main: Frame | None = None
        self.saved: tuple[tuple[int, Any], ...] = ()
        self.index = -1
        self.failing: form.Step | None = None
        self.careful = False

    def execute(self, procedure: form.Procedure) -> None:
        """Run a program's own statements to their end; its values go to `run.values`.

        When one stops half-way, the values are those before that statement, and `run.stopped_at` is the step.

        Raises:
            AdError: what stopped it, with its place and the call that led there.
        """
        run = self.run
        run.source = procedure.source
        code = run.code(procedure)
        registers = code.registers.copy()
        for name, value in run.values.items():
            if name in code.slots:
                registers[code.slots[name]] = value
        active = bool(run.activate) or any(isinstance(value, Active) for value in run.values.values())
        self.main = Frame(code, registers, run.source, active)
        self.frames = [self.main]
        lenient = run.lenient
        try:
            self._loop()
        except BaseException as error:
            self._stopped(procedure, registers)
            if isinstance(error, AdError):
                self._locate(error)
            raise
        finally:
            run.lenient, run.beneath = lenient, ()
            wanted = code.slots if run.kept is None else [name for name in run.kept if name in code.slots]
            for name in wanted:
                value = registers[code.slots[name]]
                if value is not None and not isinstance(name, form.Temporary):
                    run.values[name] = value

    def _stopped(self, procedure: form.Procedure, registers: list[Any]) -> None:
        for slot, value in self.saved:
            registers[slot] = value
        if self.index >= 0:
            self.run.stopped_at = procedure.body[self.index]
        else:
            self.run.stopped_at = self.failing

    def _locate(self, error: AdError) -> None:
        """Tell the error which text it is in, and which call led there, where that is another place."""
        error.within(self.frames[-1].source)
        step = self.frames[-1].step
        if step is not None and (error.span, error.source) != (step.span, self.frames[-2].source):
            error.marks = (*error.marks, Mark(step.span, "called from here", self.frames[-2].source))

    # --- the loop -------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        run = self.run
        fuel = run.fuel
        frame = self.frames[-1]
        instructions, registers, place = frame.code.instructions, frame.registers, 0
        while True:
            instruction = instructions[place]
            place += 1
            opcode = instruction[0]
            if opcode == op.RUN:
                segment = instruction[1]
                fuel -= len(segment)
                if fuel < 0:
                    fuel = self._refuel(fuel, segment)
                if self.careful or run.lenient:
                    self._straight_total(segment, registers)
                elif frame.active:
                    if run.recorder is not None:
                        self._straight_tape(segment, frame, run.recorder)
                    else:
                        self._straight_active(segment, registers)
                else:
                    self._straight(segment, registers)
            elif opcode == op.UNLESS:
                if not registers[instruction[1]]:
                    place = instruction[3]
            elif opcode == op.JUMP:
                place = instruction[1]
            elif opcode == op.NEXT:
                fuel -= 1
                if fuel < 0:
                    fuel = run.refuel(fuel, instruction[3].span)
                turn = next(registers[instruction[1]], None)
                if turn is None:
                    place = instruction[4]
                else:
                    registers[instruction[2]] = float(turn)
            elif opcode == op.PUSH:
                fuel -= 1
                self._save(registers, instruction)
            elif opcode == op.POP:
                self._take_back(frame, instruction)
            elif opcode == op.END and len(self.frames) == 1:
                run.fuel = fuel
                return
            elif opcode == op.CALL or opcode == op.RETURN:
                fuel -= 1
                if fuel < 0:
                    fuel = run.refuel(fuel, frame.step.span if frame.step else instruction[-1].span)
                frame.place = place
                if opcode == op.CALL:
                    self._call(frame, instruction)
                else:
                    self._return(frame, tuple([registers[slot] for slot in instruction[1]]))
                frame = self.frames[-1]
                instructions, registers, place = frame.code.instructions, frame.registers, frame.place
            else:
                self._other(opcode, instruction, frame)

    def _save(self, registers: list[Any], instruction: tuple[Any, ...]) -> None:
        self.run.push(registers[instruction[1]], instruction[2])

    def _take_back(self, frame: Frame, instruction: tuple[Any, ...]) -> None:
        frame.registers[instruction[1]] = value = self.run.pop(instruction[2])
        if value.__class__ is not float and isinstance(value, Active):
            frame.active = True

    def _refuel(self, fuel: int, segment: list[tuple[Any, ...]]) -> int:
        left = max(0, min(len(segment) - 1, len(segment) + fuel))
        span: Span = segment[left][4].span
        return self.run.refuel(fuel, span)

    def _other(self, opcode: int, instruction: tuple[Any, ...], frame: Frame) -> None:
        """The instructions that are rare."""
        run, registers = self.run, frame.registers
        if opcode == op.LOOP:
            registers[instruction[1]] = self._turns(instruction, registers)
        elif opcode == op.PRIME:
            arguments = tuple(registers[slot] for slot in instruction[2])
            registers[instruction[1]] = value = calls.primitive_derivative(run, instruction[3], arguments)
            self.careful = self.careful or not sound(value)
        elif opcode == op.SHOW:
            run.finish_show(instruction[2], tuple(registers[slot] for slot in instruction[1]))
        elif opcode == op.INPUT:
            self.failing = instruction[3]
            default = None if instruction[2] is None else registers[instruction[2]]
            registers[instruction[1]] = run.ask(instruction[3], default)
            self.failing = None
        elif opcode == op.DEFINE:
            run.functions[instruction[1].name] = instruction[1]
        elif opcode == op.SAVE:
            self.saved = tuple((slot, registers[slot]) for slot in instruction[1])
            self.index = instruction[2]
        else:
            registers[instruction[1]] = run.activate[instruction[2].name](registers[instruction[1]], instruction[2])

    def _turns(self, instruction: tuple[Any, ...], registers: list[Any]) -> Any:
        step: form.For = instruction[3]
        bounds = [plain(registers[slot]) for slot in instruction[2]]
        for bound in bounds:
            if bound - bound != 0.0 or bound != int(bound):
                raise DomainError(
                    f"`range` counts in whole numbers, not to {bound!r}",
                    step.span,
                    hint="round it first: `range(floor(n))`",
                )
        start, stop, stride = (int(bound) for bound in bounds)
        if stride == 0:
            raise DomainError("`range` cannot count in steps of 0", step.span, hint="use a step such as 1 or -1")
        return iter(range(start, stop, stride))

    # --- calls ----------------------------------------------------------------------------------------------

    def _call(self, frame: Frame, instruction: tuple[Any, ...]) -> None:
        _, targets, slots, step = instruction
        arguments = tuple([frame.registers[slot] for slot in slots])
        procedure = self.run.functions.get(step.function)
        if procedure is None:
            raise unset(step.function, step.span, frame.source)
        if step.by:
            self._resume(calls.derivative(self.run, procedure, arguments, step), (), step, targets)
        elif procedure.rule is not None and highest(arguments) is not None:
            self._resume(calls.ruled(self.run, procedure, arguments, step), (), step, targets)
        else:
            self._push(procedure, arguments, None, step, targets, None)

    def _push(
        self,
        procedure: form.Procedure,
        arguments: tuple[Value, ...],
        rule_of: Level | None,
        step: form.Step,
        targets: tuple[int, ...],
        continuation: Continuation | None,
    ) -> None:
        run = self.run
        if len(self.frames) > run.settings.limits.depth:
            raise run.exceeded(
                "depth",
                run.settings.limits.depth,
                len(self.frames),
                f"more than {run.settings.limits.depth:,} calls stand inside each other",
                step.span,
            )
        if procedure.rule is not None:
            self._refuse_moving_reads(procedure, step)
        code = run.code(procedure)
        registers = code.registers.copy()
        registers[: len(arguments)] = arguments
        active = highest(arguments) is not None
        beneath = run.beneath if rule_of is None else (*run.beneath, rule_of)
        for name in procedure.reads:
            value = self._global(name)
            for level in beneath:
                value = below(value, level)
            if name in code.slots:
                registers[code.slots[name]] = value
                active = active or isinstance(value, Active)
        frame = Frame(code, registers, procedure.source, active)
        frame.lenient, frame.beneath = run.lenient, run.beneath
        frame.step, frame.targets, frame.continuation = step, targets, continuation
        run.lenient, run.beneath = run.lenient or rule_of is not None, beneath
        run.source = procedure.source
        self.frames.append(frame)

    def _return(self, frame: Frame, values: tuple[Value, ...]) -> None:
        self.frames.pop()
        run, caller = self.run, self.frames[-1]
        run.lenient, run.beneath = frame.lenient, frame.beneath
        run.source = caller.source
        assert frame.step is not None
        if frame.continuation is not None:
            self._resume(frame.continuation, values, frame.step, frame.targets)
        else:
            for target, value in zip(frame.targets, values, strict=True):
                caller.registers[target] = value
                caller.active = caller.active or isinstance(value, Active)

    def _resume(
        self, continuation: Continuation, values: tuple[Value, ...], step: form.Step, targets: tuple[int, ...]
    ) -> None:
        """Give a continuation what it asked for; it asks again, or has the results."""
        try:
            request = continuation.send(values) if values else next(continuation)
        except StopIteration as stop:
            caller = self.frames[-1]
            for target, value in zip(targets, stop.value, strict=True):
                caller.registers[target] = value
                caller.active = caller.active or isinstance(value, Active)
                self.careful = self.careful or not sound(value)
        else:
            procedure, arguments, rule_of = request
            self._push(procedure, arguments, rule_of, step, targets, continuation)

    def _global(self, name: str) -> Any:
        """A name of the program as it stands now."""
        assert self.main is not None
        slot = self.main.code.slots.get(name)
        value = None if slot is None else self.main.registers[slot]
        return self.run.values.get(name) if value is None else value

    def _refuse_moving_reads(self, procedure: form.Procedure, step: form.Step) -> None:
        for name in procedure.reads:
            if isinstance(self._global(name), Active):
                raise calls.rule_misses(procedure, name, step)
