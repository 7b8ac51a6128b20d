"""A program as Python has it: parsed once, run and differentiated as often as wanted.

Law: a program never changes and remembers nothing of a run (it keeps code that was made of it), so threads may share
it. Every verb of the registry is a method here; results are facts, nothing prints and nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from lang import given
from lang.clock import within
from lang.compiled.engined import Engined
from lang.compiled.memory import Memory
from lang.entry import Entry, as_part, prepare, suffices
from lang.evaluate.assemble import Code
from lang.evaluate.recipe import Marked, Recipe
from lang.evaluate.settings import Settings
from lang.evaluate.supplied import Given
from lang.limits import Limits
from lang.source import Source
from lang.steps import form
from lang.steps.program import assigned_names
from lang.syntax import tree
from lang.syntax.parse import parse
from lang.syntax.unparse import unparse
from lang.verbs.core import registry
from lang.verbs.core.answer import Answer, Question
from lang.verbs.core.rows import Lazy

if TYPE_CHECKING:
    from lang.compiled.function import Compiled
    from lang.methods import Methods  # the verbs for type checkers, written by a test; there is no such module
    from lang.result import Result
    from lang.verbs.core.programs import Text
else:
    Methods = object


class Program(Methods):
    """A program, ready to run.

    Besides the methods below, every verb is a method: `program.grad("z", wrt="x", x=2, y=3)`. A verb's method takes
    names of results, then `wrt=` (a name or names), `by=`, `along=` (a mapping of names to numbers), `at=` (a mapping
    of inputs to numbers, for inputs whose names clash with options), `ieee=`, `kinks=`, `limits=`, `engine=`, and the
    inputs by name. See `ad help VERB` for what each answers and returns.
    """

    def __init__(self, source: Source, limits: Limits | None = None, read: tree.Program | None = None) -> None:
        self._limits = limits or Limits()
        self._given, self._read = source, read
        self._codes: dict[form.Procedure, Code] = {}
        self._marked: Marked = {}
        self._memory = Memory()
        # what a person wrote is told right or wrong at once; what a translation wrote has been read back already
        self._source = source if read is not None and suffices(self._limits) else self._entry.source

    @cached_property
    def _entry(self) -> Entry:
        return prepare(self._given, self._limits, read=self._read)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in the order of the text."""
        return tuple(self._asked)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name the program may give a value, in alphabetical order."""
        return tuple(sorted(assigned_names(self._entry.checked.program.body)))

    @property
    def entry(self) -> Entry:
        """The program after all stages before it runs."""
        return self._entry

    @property
    def limits(self) -> Limits:
        """The bounds of its runs."""
        return self._limits

    @property
    def source(self) -> Source:
        """The text the program was made from."""
        return self._source

    def __str__(self) -> str:
        """The program as the formatter writes it."""
        with within(self._limits.seconds):
            return unparse(self._entry.checked.program)

    def __repr__(self) -> str:
        return f"<Program {self.source.name}: inputs {', '.join(self.inputs) or 'none'}>"

    def _repr_html_(self) -> str:
        from lang.show import bundles

        return bundles.code(str(self))

    # --- running --------------------------------------------------------------------------------------------

    def run(
        self,
        *,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = "note",
        limits: Limits | None = None,
        engine: str = "auto",
        **inputs: float,
    ) -> Result:
        """Run the program.

        Args:
            at: values of inputs, for names that clash with options.
            ieee: let inf and nan flow instead of stopping.
            kinks: `note`, `error` or `silent`, for derivatives inside the program.
            limits: bounds of this run instead of the program's own.
            engine: `auto` (the interpreter, and machine code where the run takes long), `interpreter` or `native`.
            inputs: values of inputs; those with a default may be left out.

        Raises:
            InputError: an input is unknown, missing, or not a finite real number. DomainError: an operation has no
            finite real value. LimitExceeded: a bound was passed. Other `AdError`s as their names say.
        """
        from lang.result import Result
        from lang.session import Session

        values = given.inputs(at, inputs, self._asked)
        session = Session(limits=limits or self._limits, inputs=values, ieee=ieee, kinks=kinks, engine=engine)
        outcome = session.execute(self._entry, self._codes)
        if outcome.error is not None:
            raise outcome.error
        return Result(outcome.values, outcome.shown, outcome.notes)

    def ask(
        self,
        verb: str,
        *targets: str,
        wrt: str | Sequence[str] | None = None,
        by: str | None = None,
        along: Mapping[str, float | None] | None = None,
        as_: str = "text",
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = "note",
        limits: Limits | None = None,
        engine: str = "auto",
        inputs: Mapping[str, float] | None = None,
    ) -> Answer:
        """The whole answer of a verb, with what people read (`pieces`) and the notes; its method gives `.value`.

        Raises:
            CommandError: there is no such verb, or it does not take what was asked. AdError: as for `run`.
        """
        found = given.verb(verb)
        weights = given.weights(along)
        if not found.free:
            given.check_names((*targets, *given.names(wrt), *(weights or ())), self.names)
        values = given.inputs(at, inputs, self._asked)
        recipe = self._recipe(values, Settings(limits or self._limits, ieee, kinks, engine))
        asked = Question(targets, None if wrt is None else given.names(wrt), {}, weights, by, as_)
        from lang.show.rich import rich

        return rich(found.ask(recipe, asked))

    def value_and_grad(
        self,
        target: str,
        *,
        wrt: str | Sequence[str] | None = None,
        at: Mapping[str, float] | None = None,
        ieee: bool = False,
        kinks: str = "note",
        limits: Limits | None = None,
        engine: str = "auto",
        **inputs: float,
    ) -> tuple[float, dict[str, float]]:
        """A result and its partial derivatives, by one run on a tape and one sweep back, or by compiled code.

        Returns:
            The value, and the partial derivative by each name of `wrt` (default: each input, in order).

        Raises:
            CommandError, InputError, DomainError, LimitExceeded: as for `run` and `ask`.
        """
        options: dict[str, Any] = {"wrt": wrt, "at": at, "ieee": ieee, "kinks": kinks, "limits": limits}
        answer = self.ask("grad", target, engine=engine, inputs=inputs, **options)
        return answer.fact["value"], answer.value

    def compile(
        self,
        target: str,
        *,
        wrt: str | Sequence[str] | None = None,
        engine: str = "auto",
        ieee: bool = False,
        kinks: str = "note",
        limits: Limits | None = None,
    ) -> Compiled:
        """A result as a fast function of the inputs, with its derivatives.

        Args:
            target: the result's name.
            wrt: the names that derivatives are by (default: each input, in order).
            engine: `auto`, `interpreter`, `python` or `native`. One that is not there, or cannot do this program, is
                replaced by the interpreter; `.engine` and `.why` say so.
            ieee, kinks, limits: as for `run`, for each call.

        Raises:
            CommandError: a name is not one of the program's, or there is no such engine.
        """
        from lang.backend import ENGINES
        from lang.compiled.function import Compiled

        registry.choose(engine, ENGINES, "an engine is one of")
        given.check_names((target, *given.names(wrt)), self.names)
        recipe = self._recipe({}, Settings(limits or self._limits, ieee, kinks))
        by = self.inputs if wrt is None else given.names(wrt)
        again = partial(self.compile, target, wrt=by, engine=engine, ieee=ieee, kinks=kinks, limits=limits)
        return Compiled(recipe, target, by, engine, again=again)

    def __getstate__(self) -> tuple[Any, ...]:
        """What another process, or a copy, makes the same program from."""
        return self.source, self._limits

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        Program.__init__(self, *state[:2])

    # --- inside ---------------------------------------------------------------------------------------------

    def _recipe(self, inputs: Mapping[str, float], settings: Settings) -> Recipe:
        body = self._entry.checked.program.body
        given = ((self._part,), body, Given(inputs), settings, self._codes, self._marked)
        return Engined(*given, memory=self._memory)

    @cached_property
    def _asked(self) -> dict[str, None]:
        """The names of the inputs, quick to look up."""
        return dict.fromkeys(each.target.name for each in self._entry.checked.inputs)

    @cached_property
    def _part(self) -> form.Procedure:
        only, *others = self._entry.pieces
        return as_part(self.source, self._entry.steps) if others or isinstance(only, form.Ask) else only

    def _verb(self, name: str) -> Callable[..., Any]:
        """The method of a verb."""
        if name.startswith("_") or name not in registry.names():
            raise AttributeError(f"a program has no `{name}`", name=name, obj=self)
        return _method(self, name)

    if not TYPE_CHECKING:  # a checker knows each verb, and so a name that is none
        __getattr__ = _verb

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *registry.names()]


class Derived(Program):
    """A derivative program, with the names of what it holds.

    Attributes:
        seeds: the name that holds the seed of each name (`{"x": "dx"}`; in reverse `{"z": "gz"}`).
        derivatives: the name that holds each derivative (`{"z": "dz"}`; in reverse `{"x": "gx"}`).
        results: the name that holds each value of the original program.
        whole: can it run by itself? Statements that were asked for `by="separate"` need its values beside them.
    """

    def __init__(self, text: Text, limits: Limits) -> None:
        source = Source(text.text, "<derivative program>")
        super().__init__(source, limits, text.read if text.whole else parse(source, limits))
        self.whole = text.whole
        self.seeds = text.seeds
        self.derivatives = text.derivatives
        self.results = text.results

    def __getstate__(self) -> tuple[Any, ...]:
        return *super().__getstate__(), self.seeds, self.derivatives, self.results, self.whole

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        source, limits, self.seeds, self.derivatives, self.results, self.whole = state
        Program.__init__(self, source, limits, None if self.whole else parse(source, limits))

    def __str__(self) -> str:
        """The program as the formatter writes it, which is how it was written, but perhaps for comments."""
        return super().__str__() if self.whole and "#" in self.source.text else self.source.text


def _method(program: Program, name: str) -> Callable[..., Any]:
    """A verb as a method; its help is the verb's own."""
    options = {"wrt", "by", "along", "as_", "at", "ieee", "kinks", "limits", "engine"}

    def ask(*targets: str, **words: Any) -> Any:
        chosen = {word: value for word, value in words.items() if word in options}
        inputs = {word: value for word, value in words.items() if word not in options}
        answer = program.ask(name, *targets, inputs=inputs, **chosen)
        if chosen.get("as_", "text") not in ("text", *registry.verb(name).styles):
            return str(answer) if answer.data is None else answer.data
        value = answer.value
        if isinstance(value, dict | Lazy):
            return value.array() if isinstance(value, Lazy) else value
        from lang.verbs.core.programs import Text

        return Derived(value, program.limits) if isinstance(value, Text) else value

    ask.__name__ = ask.__qualname__ = name
    ask.__doc__ = registry.told(name)
    return ask
