"""Text -> outcome: the stages of the language in order, and the only place that remembers anything between texts.

Read this first. A text passes these stages:

    parse    lang.syntax     text -> tree
    check    lang.check      tree -> checked tree
    lower    lang.steps      checked tree -> steps
    run      lang.evaluate   steps -> values
    answer   lang.verbs      a command and the steps before it -> facts

The first three are `lang.entry`, where nothing runs yet; the other two are here.

Law: a text either changes the session by whole statements or not at all; a statement that fails leaves what was before
it, and everything that ran can be run again with the same inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from lang.check import Checked, Scope, check
from lang.clock import cleaning, within
from lang.entry import Entry, prepare
from lang.errors import AdError, CommandError
from lang.evaluate.assemble import Code
from lang.evaluate.machine import Machine
from lang.evaluate.notes import Note
from lang.evaluate.recipe import Marked, Recipe
from lang.evaluate.run import Run, Shown, new_names
from lang.evaluate.settings import Settings
from lang.evaluate.supplied import finite
from lang.fact import Fact
from lang.limits import Limits
from lang.source import Source, Span
from lang.steps import form
from lang.steps.program import assigned_names
from lang.switch import Known, execute
from lang.syntax import tree
from lang.verbs.core import registry
from lang.verbs.core.answer import Answer, Question

if TYPE_CHECKING:
    from lang.compiled.memory import Memory

Ask = Callable[[str, float | None], float | None]


class Outcome(Fact):
    """What a text did.

    Attributes:
        values: the names it gave a value, in the order they were first given one.
        shown: what it showed and the commands it asked, in order.
        notes: awkward points that derivatives inside it passed.
        error: what stopped it; None where nothing did. What came before the failing statement holds.
    """

    __match_args__ = ("values", "shown", "notes", "error")

    def __init__(
        self,
        values: dict[str, float | bool] | None = None,
        shown: list[Shown | Answer] | None = None,
        notes: list[Note] | None = None,
        error: AdError | None = None,
    ) -> None:
        self.values = {} if values is None else values
        self.shown = [] if shown is None else shown
        self.notes = [] if notes is None else notes
        self.error = error

    @property
    def ok(self) -> bool:
        """Did every statement run, and every check hold?"""
        return self.error is None and all(each.ok for each in self.shown if isinstance(each, Answer))

    def _repr_html_(self) -> str:
        from lang.show import bundles

        return bundles.outcome(self.values, self.shown, self.notes, self.error)


class State(NamedTuple):
    """What a session remembers between two texts. Runs replace what is in it and never change it."""

    scope: Scope
    values: Mapping[str, float | bool]
    functions: Mapping[str, form.Procedure]
    parts: tuple[form.Procedure, ...]
    body: tree.Block
    given: Mapping[form.Input, float]


class Session:
    """Runs texts one after another, each seeing what those before it defined.

    Args:
        limits: what each text may use.
        ask: asked for the value of an input, given its name and default; None means nobody is there to ask.
        inputs: values of inputs that need no asking.
        ieee: let inf and nan flow.
        kinks: `note`, `error` or `silent`.
        engine: what runs the texts: `auto` (the interpreter, and machine code where a run takes long), `interpreter`,
            `native`; `python` is for compiled functions and leaves runs to the interpreter.
        answer: the name of the last value shown, for people at a prompt (`ans`); empty for none.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        ask: Ask | None = None,
        inputs: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = "note",
        engine: str = "auto",
        answer: str = "",
    ) -> None:
        self.answer = answer
        self.settings = Settings(limits or Limits(), ieee, kinks, engine)
        self.ask = ask
        self.inputs = dict(inputs or {})
        self.scope = Scope()
        self.values: Mapping[str, float | bool] = {}
        self._functions: Mapping[str, form.Procedure] = {}
        self._parts: tuple[form.Procedure, ...] = ()
        self._body: tree.Block = ()
        self._given: dict[form.Input, float] = {}
        self._codes: dict[form.Procedure, Code] = {}
        self._marked: Marked = {}
        self._memory: Memory | None = None
        self._count = 0

    def run(self, text: str | Source, name: str | None = None) -> Outcome:
        """Run a text.

        Args:
            text: a program, or the next lines of one.
            name: what errors call it; by default `<input N>`.

        Returns:
            What it did. Errors of the language are in it, never raised.

        Raises:
            TypeError: this is no text.
        """
        if not isinstance(text, str | Source):
            raise TypeError(f"a program's text is a str, not {type(text).__name__}")
        self._count += 1
        source = text if isinstance(text, Source) else Source(text, name or f"<input {self._count}>")
        with within(self.settings.limits.seconds):
            try:
                entry = prepare(source, self.settings.limits, self.scope, self._functions, self.values, self.answer)
            except AdError as error:
                return Outcome(error=error)
            return self.execute(entry)

    def execute(self, entry: Entry, codes: dict[form.Procedure, Code] | None = None) -> Outcome:
        """Run a prepared text; errors of the language are in the outcome.

        Args:
            codes: what was made of its pieces, kept by those who run it again and again.
        """
        with within(self.settings.limits.seconds):
            self._codes = self._codes if codes is None else codes
            return self._execute(entry)

    def _execute(self, entry: Entry) -> Outcome:
        outcome = Outcome()
        run = Run(self.settings, entry.source, self._supply, self._codes)
        run.values = dict(self.values)
        run.functions = dict(self._functions)
        run.shown = outcome.shown  # type: ignore[assignment]
        machine = Machine(run)
        done = entry.checked
        count = len(entry.body)
        try:
            for piece in entry.pieces:
                self._step(machine, piece, entry)
            run.finish()
        except BaseException as error:
            count = entry.failing(run.stopped_at)
            done = self._until(entry, count)
            if not isinstance(error, AdError):
                raise
            outcome.error = error
        finally:
            self._body = (*self._body, *entry.body[:count])
            self._keep(done, run, outcome)
        return outcome

    def recipe(self) -> Recipe:
        """Everything that ran so far, ready to be run again with the same inputs."""
        from lang.compiled.engined import Engined
        from lang.compiled.memory import Memory

        self._memory = self._memory or Memory()
        given = (self._parts, self._body, lambda name, step: self._given.get(step), self.settings, self._codes)
        return Engined(*given, self._marked, memory=self._memory)

    def state(self) -> State:
        """What the session remembers now, to come back to."""
        return State(self.scope, self.values, self._functions, self._parts, self._body, dict(self._given))

    def restore(self, state: State) -> None:
        """Remember what was remembered then, and nothing since."""
        self.scope, self.values, self._functions = state.scope, state.values, state.functions
        self._parts, self._body, self._given = state.parts, state.body, dict(state.given)

    # --- one piece at a time --------------------------------------------------------------------------------

    def _step(self, machine: Machine, piece: form.Procedure | form.Ask, entry: Entry) -> None:
        if isinstance(piece, form.Ask):
            machine.run.stopped_at = piece
            machine.run.shown.append(self._answer(piece, machine.run, entry))  # type: ignore[arg-type]
            return
        part = piece
        try:
            execute(machine, part, self._known)
        except BaseException:
            part = entry.before(piece, machine.run.stopped_at)
            raise
        finally:
            if part.body or not self._parts:  # a command goes through all parts; between two there may be nothing
                self._parts = (*self._parts, part)

    def _answer(self, step: form.Ask, run: Run, entry: Entry) -> Answer:
        command = step.command
        given = [None if name is None else run.values[str(name)] for name in step.settings]
        numbers = [None if value is None else float(value) for value in given]  # type: ignore[arg-type]
        at = dict(zip((each.name.name for each in command.at), numbers[: len(command.at)], strict=True))
        along = dict(zip((each.name.name for each in command.along), numbers[len(command.at) :], strict=True))
        try:
            recipe = self.recipe().but(body=(*self._body, *entry.above(command)))
            return registry.verb(command.verb.name).ask(recipe, question(command, at, along or None))
        except CommandError as error:
            if error.span is None:
                error.span = _place(command, error.about)
            raise error.within(entry.source) from None

    def _supply(self, name: str, step: form.Input) -> float | None:
        value = self.inputs.get(name)
        if value is None and self.ask is not None:
            default = step.default if isinstance(step.default, float) else None
            value = self.ask(name, default)
        if value is not None:
            value = finite(name, value)
            self._given[step] = value
        return value

    def _known(self, step: form.Input, run: Run) -> Known:
        """What is known of an input without asking for it."""
        if step in self._given:
            return Known(True, self._given[step])
        if step.target in self.inputs:
            return Known(True, self._supply(step.target, step))
        return Known(self.ask is None or step.target in run.values, None)

    def _until(self, entry: Entry, index: int) -> Checked:
        """The statements before the one that failed, checked anew for the scope they leave."""
        with cleaning():
            return check(entry.checked.program, self.scope, registry.names(), registry.FREE_TARGETS, first=index)

    def _keep(self, done: Checked, run: Run, outcome: Outcome) -> None:
        before, self.scope = self.values, done.scope
        new = new_names(run.values, before, done.scope.names)
        new_names(run.functions, self._functions, done.scope.functions)
        self.values, self._functions = run.values, run.functions  # type: ignore[assignment]  # none is differentiated
        changed: Collection[str] = before.keys() & assigned_names(done.program.body) if before else ()
        if len(changed) > 1:
            changed = dict.fromkeys(name for name in before if name in changed)
        outcome.values = {name: self.values[name] for name in (*changed, *new)}
        outcome.notes.extend(run.notes.values())


def _place(command: tree.Command, word: str) -> Span:
    """Where a command says a word; the whole command where it does not."""
    settings = [each.name for each in (*command.along, *command.at)]
    said = [*(each for each in (command.by, command.as_) if each), *settings, *command.wrt, *command.targets]
    return next((each.span for each in said if each.name == word), command.span)


def question(
    command: tree.Command, at: Mapping[str, float | None], along: Mapping[str, float | None] | None
) -> Question:
    """What a command asks."""
    return Question(
        targets=tuple(each.name for each in command.targets),
        wrt=tuple(each.name for each in command.wrt) or None,
        at={name: value for name, value in at.items() if value is not None},
        along=along,
        by=command.by.name if command.by else None,
        form=command.as_.name if command.as_ else "text",
    )
