"""Calls -> frames: what happens where the machine enters a function of the program, and where it leaves one.

Law: the stack is the machine's own list, so calls are as deep as the limit allows. What a call means beyond running the
function's body is a generator of `calls`: it is resumed with the results of each call it asked for.
"""

from __future__ import annotations

from typing import Any

from lang.evaluate import calls
from lang.evaluate.active import Active, Level, Value, below, highest, sound
from lang.evaluate.calls import Continuation
from lang.evaluate.frame import Frame
from lang.evaluate.run import Run
from lang.steps import form
from lang.steps.guards import unset
from lang.steps.reach import Reach
from lang.steps.walk import calls_of


class Calling:
    """The part of a machine that calls.

    Args:
        run: the run.

    `careful` is it once a derivative inside the program may have been infinite or nan.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.frames: list[Frame] = []
        self.main: Frame | None = None
        self.careful = False
        self._reach: Reach[form.Procedure] | None = None

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
        frame = Frame(procedure, code, registers, active)
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

    def _define(self, procedure: form.Procedure) -> None:
        """A function has this meaning from now on."""
        self.run.functions[procedure.name] = procedure
        self._reach = None

    def _reads(self, procedure: form.Procedure) -> list[str]:
        """Names of the program that a call reads, through the functions it calls too, in alphabetical order."""
        if self._reach is None:
            self._reach = Reach(lambda each: each.reads, self._called_by)
        return sorted(self._reach.of(procedure))

    def _called_by(self, procedure: form.Procedure) -> list[form.Procedure]:
        functions = self.run.functions
        return [functions[name] for name in calls_of(procedure.body) if name in functions]

    def _refuse_moving_reads(self, procedure: form.Procedure, step: form.Step) -> None:
        for name in self._reads(procedure):
            if isinstance(self._global(name), Active):
                raise calls.rule_misses(procedure, name, step)
