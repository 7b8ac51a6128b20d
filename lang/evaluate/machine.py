"""Assembled code -> values: the loop that runs programs, on numbers of any level.

Law: the machine keeps its own stack of frames, so calls are as deep as the limit allows and Python's stack stays flat.

The inner loops over straight steps are in `straight`, calls in `calling`.
"""

from __future__ import annotations

from typing import Any

from lang.errors import AdError, DomainError, Mark
from lang.evaluate import assemble as op
from lang.evaluate import calls
from lang.evaluate.active import Active, plain, sound
from lang.evaluate.calling import Calling
from lang.evaluate.frame import Frame
from lang.evaluate.run import Run
from lang.evaluate.straight import Straight
from lang.source import Span
from lang.steps import form


class Machine(Calling, Straight):
    """Runs code for one run."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.saved: tuple[tuple[int, Any], ...] = ()
        self.index = -1
        self.failing: form.Step | None = None

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
        slots, values = code.slots, run.values
        for name in slots if len(slots) < len(values) else values:  # a session's next line knows few of its many names
            if name in slots and name in values:
                registers[slots[name]] = values[name]
        self.main = Frame(procedure, code, registers, bool(run.activate))
        self.frames = [self.main]
        run.frames = self.frames
        lenient = run.lenient
        try:
            self._loop()
        except BaseException as error:
            self._stopped(procedure, registers)
            if isinstance(error, AdError):
                self._locate(error)
            raise
        finally:
            run.lenient, run.beneath, run.frames = lenient, (), ()
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
            elif opcode == op.PUSH:
                fuel -= 1
                self._save(registers, instruction)
            elif opcode == op.POP:
                self._take_back(frame, instruction)
            elif opcode == op.END and len(self.frames) == 1:
                run.fuel = fuel
                return
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
        self.failing = segment[0][4]  # none of them was done yet
        granted = self.run.refuel(fuel, span)
        self.failing = None
        return granted

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
            self._inputs(instruction[1], registers)
        elif opcode == op.DEFINE:
            self._define(instruction[1])
        elif opcode == op.SAVE:
            self.saved = tuple((slot, registers[slot]) for slot in instruction[1])
            self.index = instruction[2]
        else:
            registers[instruction[1]] = run.activate[instruction[2].name](registers[instruction[1]], instruction[2])

    def _inputs(self, asked: list[tuple[int, int | None, form.Input]], registers: list[Any]) -> None:
        """Inputs that follow each other: those that are known beforehand need nobody to be asked."""
        run = self.run
        given, activate = run.given, run.activate
        for slot, default, step in asked:
            self.failing = step
            name = step.target
            value: Any = given.get(name)
            if value is None:
                value = run.ask(step, None if default is None else registers[default])
            registers[slot] = activate[name](value, step) if name in activate else value
        self.failing = None

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
