"""A run that takes long -> the same run in machine code, from its inputs on.

Law: programs are hermetic, so a part that was begun may be begun again on another engine, and what the user sees is the
same. The interpreter begins; after `LONG` steps the part is compiled, and machine code does it from the start. Where
that does not answer (an operation without a value, say), the interpreter does it after all, to say where and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from lang.clock import cleaning
from lang.errors import LimitExceeded
from lang.evaluate.machine import Machine
from lang.evaluate.run import Run
from lang.limits import Limits
from lang.source import Span
from lang.steps import form
from lang.steps.walk import all_steps

if TYPE_CHECKING:
    from lang.compiled.runs import Part

LONG = 100_000
"""Steps of the interpreter that take about as long as compiling a small program."""
KEPT = 8
"""For how many limits and sets of inputs a program's machine code is kept."""


class Known(NamedTuple):
    """What is known of an input: whether anything is, and its value (None: its default)."""

    certain: bool
    value: float | None


Ask = Callable[[form.Input, Run], Known]


class _TakesLongError(Exception):
    """The part has been interpreted for long enough."""


def execute(machine: Machine, part: form.Procedure, ask: Ask) -> None:
    """Run a part of a program, as `Machine.execute`, on the engine that suits it.

    Args:
        ask: what is known of an input without asking anybody.

    Raises:
        AdError: what stopped it.
    """
    run = machine.run
    settings = run.settings
    if settings.engine in ("interpreter", "python") or settings.ieee or run.stacks:
        machine.execute(part)
        return
    before = _Before(part, run, ask)
    shown, careful = len(run.shown), machine.careful
    found: list[Part] = []

    def watch(steps: int) -> None:
        if steps - before.used > LONG or settings.engine == "native":
            run.watch = None
            made = before.compiled()
            if made is not None:
                found.append(made)
                raise _TakesLongError

    def restart() -> None:
        run.values, run.functions, run.watch = dict(before.values), dict(before.functions), None
        run.notes = dict(before.notes)
        del run.shown[shown:]
        run.stacks.clear()
        run.again(before.used)
        machine.saved, machine.index, machine.careful, machine.failing = (), -1, careful, None

    run.watch = watch
    try:
        if settings.engine == "native" or before.took_long():
            watch(before.used + LONG + 1)
        machine.execute(part)
    except _TakesLongError:
        restart()
        if not _natively(found[0], before):
            machine.execute(part)
    finally:
        run.watch = None


class _Before:
    """A part that is about to run, and what there was before it.

    Code is kept with the part where nothing ran before it: then it depends on nothing but limits and which inputs are
    supplied, and the next run of the same program begins with it.
    """

    def __init__(self, part: form.Procedure, run: Run, ask: Ask) -> None:
        self.part, self.run, self.ask, self.used = part, run, ask, run.used
        self.values: Mapping[str, float | bool] = dict(run.values)  # type: ignore[arg-type]  # nothing is differentiated
        self.functions = dict(run.functions)
        self.limits = run.settings.limits._replace(steps=run.settings.limits.steps - run.used)
        self.notes = dict(run.notes)
        self.telling = run.settings.kinks != "silent"
        self.alone = not (run.values or run.functions or run.used)

    def took_long(self) -> bool:
        """Was machine code made of it in an earlier run, under these limits and with these inputs supplied?"""
        kept = self.run.code(self.part).made if self.alone else {}
        point = self.point(self.part) if kept else None
        return point is not None and kept.get(self._key(point)) is not None

    def _key(self, point: Mapping[str, float]) -> tuple[Any, ...]:
        return tuple(point), self.limits, self.telling

    def point(self, part: form.Procedure) -> dict[str, float] | None:
        """The inputs that are supplied; None where somebody would have to be asked."""
        point: dict[str, float] = {}
        for step in part.body:
            if isinstance(step, form.Input):
                known = self.ask(step, self.run)
                if not known.certain or point.get(step.target, known.value) != known.value:
                    return None
                if known.value is not None:
                    point[step.target] = known.value
        return point

    def compiled(self) -> Part | None:
        """The part in machine code; None where it cannot be."""
        point = self.point(self.part)
        if point is None or len(self.run.notes) > len(self.notes):  # a kink was met, and code does not answer there
            return None
        inputs = tuple(point)
        kept = self.run.code(self.part).made if self.alone else {}
        key = self._key(point)
        if key not in kept:
            if len(kept) >= KEPT:
                kept.clear()
            kept[key] = self.code(self.part, inputs, self.functions, self.limits)
        found: Part | None = kept[key]
        return found

    def code(
        self, part: form.Procedure, inputs: tuple[str, ...], functions: Mapping[str, form.Procedure], limits: Limits
    ) -> Part | None:
        """Some of it, in machine code."""
        return _compiled(part, inputs, self.values, functions, limits, self.telling)


def _compiled(*given: Any) -> Part | None:
    """As `in_machine_code`, which a short run does not import."""
    from lang.compiled.runs import in_machine_code

    return in_machine_code(*given)


def _natively(made: Part, before: _Before) -> bool:
    """Run machine code, and leave what the interpreter would have left; False where it does not answer."""
    run, part = before.run, before.part
    run.source = part.source
    point = before.point(part)
    assert point is not None
    try:
        answer = made.native(tuple(point.values()))
    except LimitExceeded as error:
        if error.limit == "steps" and not made.exact:
            return False
        _keep_until(error.span or (0, 0), before)
        raise
    except KeyboardInterrupt as error:
        _keep_until(getattr(error, "span", (0, 0)), before)
        raise
    if answer is None:
        return False
    _keep(made, part.body, answer, run)
    return True


def _keep(made: Part, steps: form.Block, answer: tuple[float, ...], run: Run) -> None:
    from lang.compiled.runs import Seen

    native = made.native
    names = native.module.unit.results
    values: dict[str, float | bool] = {}
    for name, value, boolean in zip(names, answer, native.booleans, strict=True):
        if value == value:  # one that was given no value comes as nan
            values[name] = bool(value) if boolean else value
    run.values.update({name: value for name, value in values.items() if not isinstance(name, Seen)})
    for step in steps:
        if isinstance(step, form.Define):
            run.functions[step.procedure.name] = step.procedure
    for show, words in made.shown:
        run.finish_show(show, tuple(values[word] for word in words))


def _keep_until(span: Span, before: _Before) -> None:
    """Leave what was before the statement that was stopped."""
    run, part = before.run, before.part
    index = _stopped(span, part.body)
    run.stopped_at = part.body[index]
    ahead = part.but(body=part.body[:index])
    point = before.point(ahead)
    if point is None:
        return
    with cleaning():
        made = before.code(ahead, tuple(point), run.functions, run.settings.limits)
        try:
            if made is not None and (answer := made.native(tuple(point.values()))) is not None:
                _keep(made, ahead.body, answer, run)
        except LimitExceeded:
            pass


def _stopped(span: Span, body: form.Block) -> int:
    """The step that holds a place; for a place inside a function the first that may have called it."""
    for index, step in enumerate(body):
        if step.span[0] <= span[0] and span[1] <= step.span[1] and not isinstance(step, form.Define):
            return index
    return next((index for index, step in enumerate(body) if any(_calls(each) for each in all_steps([step]))), 0)


def _calls(step: form.Step) -> bool:
    return isinstance(step, form.Call | form.While | form.For)
