"""A program and one of its results -> a function of its inputs, with its derivatives.

Law: what is compiled is what the verbs write: the gradient is the program of `reverse`, directional derivatives that of
`forward`, second derivatives `forward` of `reverse`. Where compiled code does not answer, the interpreter runs the
original program at the same point, so errors, notes and numbers are the interpreter's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lang.backend import Executable, Unavailable, Unit, build, pick
from lang.errors import AdError, InputError
from lang.evaluate.active import plain
from lang.evaluate.notes import Note
from lang.evaluate.recipe import Point, Recipe, result
from lang.session import finite, prepare
from lang.source import Source
from lang.steps import form
from lang.steps.walk import all_steps
from lang.verbs.core import registry
from lang.verbs.core.answer import Question
from lang.verbs.core.programs import Text, ready

if TYPE_CHECKING:
    import numpy as np

    from lang.batch import BadRows, Progress

Numbers = tuple[float, ...]
Answered = tuple[Numbers, tuple[Note, ...]]
"""Numbers, and the awkward points on the way to them."""


@dataclass(frozen=True)
class _Way:
    """One question in two forms: the unit to compile, and the interpreter's answer (from the numbers of the inputs)."""

    unit: Callable[[], Unit]
    ask: Callable[[Sequence[float]], Answered]


class Compiled:
    """A result of a program as a fast function of the program's inputs.

    Arguments are numbers in the order of `inputs`, or one NumPy vector of them. Derivatives are by the names of `wrt`;
    they come as tuples of floats, or as NumPy arrays where the argument was one. Source: `Program.compile`.

    Attributes:
        inputs: the names of the arguments, in order.
        target: the result's name.
        wrt: the names that derivatives are by.
        bad: rows of the last batch without an answer, None where there is none.
        notes: awkward points that the last call met, or why another engine than the one asked for is used.
    """

    def __init__(self, recipe: Recipe, target: str, wrt: tuple[str, ...], engine: str) -> None:
        self.inputs = recipe.inputs()
        self.target = target
        self.wrt = wrt
        self.notes: tuple[Note, ...] = ()
        self.bad: BadRows | None = None
        self._recipe = recipe
        self._asked = engine
        self._used = ""
        self._why = ""
        self._made: dict[str, Executable | None] = {}
        self._quick: dict[str, Callable[..., Any] | None] = {"value": None, "gradient": None}
        self._ways = {
            "value": _Way(self._value_unit, self._value),
            "gradient": _Way(self._gradient_unit, self._gradient),
            "jvp": _Way(self._jvp_unit, self._jvp),
            "second": _Way(self._second_unit, self._second),
        }

    @property
    def engine(self) -> str:
        """The engine that answers: `interpreter`, `python` or `native`."""
        self._executable("value")
        return self._used

    @property
    def why(self) -> str:
        """Why it is not the engine that was asked for; empty where it is."""
        self._executable("value")
        return self._why

    def __repr__(self) -> str:
        return f"<Compiled {self.target}({', '.join(self.inputs)}): {self.engine}>"

    # --- calls ----------------------------------------------------------------------------------------------

    def __call__(self, *arguments: Any) -> float:
        """The value of the result.

        Raises:
            InputError: too few or many arguments, or one that is not a finite number. DomainError, LimitExceeded: as
            `Program.run`.
        """
        if (quick := self._quick["value"]) is not None and (found := quick(*arguments)) is not None:
            self.notes = ()
            return found  # type: ignore[no-any-return]
        return self._answer("value", self._point(arguments)[0])[0]

    def value_and_grad(self, *arguments: Any) -> tuple[float, Any]:
        """The value and the partial derivatives by the names of `wrt`, in order."""
        if (quick := self._quick["gradient"]) is not None and (found := quick(*arguments)) is not None:
            self.notes = ()
            return found  # type: ignore[no-any-return]
        point, vector = self._point(arguments)
        value, *slopes = self._answer("gradient", point)
        return value, _array(slopes) if vector else tuple(slopes)

    def grad(self, *arguments: Any) -> Any:
        """The partial derivatives by the names of `wrt`, in order."""
        if (quick := self._quick["gradient"]) is not None and (found := quick(*arguments)) is not None:
            self.notes = ()
            return found[1]
        return self.value_and_grad(*arguments)[1]

    def jvp(self, at: Any, along: Any) -> tuple[float, float]:
        """The value, and its derivative as the names of `wrt` move along a direction.

        Args:
            at: the inputs, in order.
            along: how fast each name of `wrt` moves.
        """
        point = self._numbers(at, self.inputs)
        value, slope = self._answer("jvp", (*point, *self._numbers(along, self.wrt)))
        return value, slope

    def hessian(self, *arguments: Any) -> np.ndarray[Any, Any]:
        """The second derivatives, a NumPy array of shape (wrt, wrt)."""
        point, _ = self._point(arguments)
        count = len(self.wrt)
        rows = []
        for index in range(count):
            seeds = [0.0] * count
            seeds[index] = 1.0
            rows.append(self._answer("second", (*point, *seeds)))
        return _array(rows)

    def batch(self, rows: Any, *, exact: bool = False, progress: Progress | None = None) -> np.ndarray[Any, Any]:
        """The value for each row of inputs, on all cores.

        Args:
            rows: numbers, of shape (rows, inputs).
            exact: give the bits of a single call; without it `sin`, `exp` and so on may differ in the last place.
            progress: told how many rows are done, of how many.

        Returns:
            An array of shape (rows,). A row without a value is nan; `bad` counts them and tells of the first.

        Raises:
            InputError: `rows` has another shape.
        """
        return self._rows("value", rows, 1, exact, progress)[:, 0]

    def grad_batch(
        self, rows: Any, *, exact: bool = False, progress: Progress | None = None
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The value and the partial derivatives for each row: arrays of shape (rows,) and (rows, wrt); see `batch`."""
        found = self._rows("gradient", rows, 1 + len(self.wrt), exact, progress)
        return found[:, 0], found[:, 1:]

    def _rows(self, way: str, rows: Any, results: int, exact: bool, progress: Progress | None) -> np.ndarray[Any, Any]:
        from lang import batch

        given = batch.table(rows, self.inputs)

        def alone(row: Sequence[float]) -> Numbers:
            return self._answer(way, self._numbers(row, self.inputs))

        found, self.bad = batch.answer(self._ways[way].unit, alone, given, results, exact, progress)
        return found

    def may_be_awkward(self) -> bool:
        """May a derivative exist on one side only somewhere: is there a kink, a jump or a choice in the program?"""
        program = ready(self._recipe, (self.target,))
        pending = [program.block, *(step.procedure.body for step in program.block if isinstance(step, form.Define))]
        for step in (each for block in pending for each in all_steps(block)):
            if isinstance(step, form.Comparison) or (isinstance(step, form.Operation) and step.primitive.kink):
                return True
        return False

    def exactly(self, way: str, point: Sequence[float]) -> Numbers | None:
        """The compiled answer to `value`, `gradient`, ...; None where the interpreter is to answer."""
        made = self._executable(way)
        return None if made is None else made(point)

    # --- inside ---------------------------------------------------------------------------------------------

    def _point(self, arguments: tuple[Any, ...]) -> tuple[Sequence[float], bool]:
        """The inputs as floats, and whether they came as one vector."""
        if len(arguments) == 1 and hasattr(arguments[0], "__len__"):
            return self._numbers(arguments[0], self.inputs), hasattr(arguments[0], "dtype")
        return self._numbers(arguments, self.inputs), False

    def _numbers(self, given: Any, names: tuple[str, ...]) -> Sequence[float]:
        values = given.tolist() if hasattr(given, "tolist") else given
        if len(values) != len(names):
            raise InputError(f"this takes {len(names)} numbers ({', '.join(names)}), here are {len(values)}")
        for value in values:
            if value.__class__ is not float or value - value != 0.0:
                return tuple(finite(name, each) for name, each in zip(names, values, strict=True))
        return tuple(values)

    def _answer(self, way: str, point: Sequence[float]) -> Numbers:
        made = self._executable(way)
        quick = self._quick.get(way)
        if quick is not None and (given := quick(*point)) is not None:
            self.notes = ()
            return (given,) if way == "value" else (given[0], *given[1])
        found = None if made is None else made(point)
        if found is None:
            found, self.notes = self._ways[way].ask(point)
        elif self.notes:
            self.notes = ()
        return found

    def _executable(self, way: str) -> Executable | None:
        """The compiled code for a question; None where the interpreter answers."""
        if way not in self._made:
            made = self._made[way] = self._compile(way)
            self._quick[way] = getattr(made, "quick", None)
        return self._made[way]

    def _compile(self, way: str) -> Executable | None:
        settings = self._recipe.settings
        used, made = "interpreter", None
        if self._asked != "interpreter":
            try:
                if way != "value" and settings.kinks == "error" and self.may_be_awkward():
                    raise Unavailable("only the interpreter sees kinks, and they are to be errors")
                unit = self._ways[way].unit()
                used = pick(unit) if self._asked == "auto" else self._asked
                made = None if used == "interpreter" else build(used, unit, settings.limits, settings.ieee)
            except (Unavailable, AdError) as reason:
                used, self._why = "interpreter", str(reason)
        if way == "value":
            self._used = used
        return made

    # --- programs to compile --------------------------------------------------------------------------------

    def _value_unit(self) -> Unit:
        program = ready(self._recipe, (self.target,))
        return Unit(program.block, self._recipe.parts[0].source, self.inputs, (self.target,))

    def _written(self, verb: str, recipe: Recipe, question: Question) -> tuple[Text, Unit, Recipe]:
        """What a verb writes: its text, its unit (all its inputs, no results yet), and itself as a recipe."""
        text: Text = registry.verb(verb).ask(recipe, question).value
        entry = prepare(Source(text.text, f"<{verb} program>"), self._recipe.settings.limits)
        part = form.Procedure("", (), entry.steps, 0, (), entry.source, (0, len(entry.source.text)))
        derived = replace(recipe, parts=(part,), body=entry.checked.program.body, supply=lambda name, step: None)
        return text, Unit(entry.steps, entry.source, (), ()), derived

    def _gradient_unit(self) -> Unit:
        text, unit, _ = self._written("reverse", self._recipe, Question((self.target,), self.wrt))
        results = (text.results[self.target], *(text.derivatives[name] for name in self.wrt))
        return replace(unit, inputs=self.inputs, results=results)

    def _jvp_unit(self) -> Unit:
        along: dict[str, float | None] = dict.fromkeys(self.wrt)
        text, unit, _ = self._written("forward", self._recipe, Question((self.target,), along=along))
        seeds = tuple(text.seeds.get(name, "") for name in self.wrt)
        results = (text.results[self.target], text.derivatives[self.target])
        return replace(unit, inputs=(*self.inputs, *seeds), results=results)

    def _second_unit(self) -> Unit:
        first, _, recipe = self._written("reverse", self._recipe, Question((self.target,), self.wrt))
        slopes = tuple(first.derivatives[name] for name in self.wrt)
        along: dict[str, float | None] = dict.fromkeys(self.wrt)
        text, unit, _ = self._written("forward", recipe, Question(slopes, along=along))
        seeds = tuple(text.seeds.get(name, "") for name in self.wrt)
        return replace(unit, inputs=(*self.inputs, *seeds), results=tuple(text.derivatives[each] for each in slopes))

    # --- the interpreter's answers ---------------------------------------------------------------------------

    def _at(self, point: Sequence[float]) -> Recipe:
        return self._recipe.at(dict(zip(self.inputs, point, strict=False)))

    def _value(self, point: Sequence[float]) -> Answered:
        run = self._at(point).values()
        return (plain(result(run, self.target)),), tuple(run.notes.values())

    def _gradient(self, point: Sequence[float]) -> Answered:
        found = self._at(point).adjoints({self.target: 1.0}, self.wrt)
        return (found.values[self.target], *(found.derivatives[name] for name in self.wrt)), found.notes

    def _seeds(self, point: Sequence[float]) -> Mapping[str, float]:
        return dict(zip(self.wrt, point[len(self.inputs) :], strict=True))

    def _jvp(self, point: Sequence[float]) -> Answered:
        found = self._at(point).tangents((self.target,), self._seeds(point))
        return (found.values[self.target], found.derivatives[self.target]), found.notes

    def _second(self, point: Sequence[float]) -> Answered:
        along = next(name for name, seed in self._seeds(point).items() if seed)
        found = self._at(point).hessian_row(self.target, self.wrt, along)
        return tuple(found.derivatives[name] for name in self.wrt), found.notes


@dataclass(frozen=True)
class Engined(Recipe):
    """A recipe whose gradients come from another engine, wherever that tells as much as the interpreter would."""

    def adjoints(self, seeds: Mapping[str, float], by: Sequence[str]) -> Point:
        """As `Recipe.adjoints`."""
        point = self._point()
        if point is not None and list(seeds.values()) == [1.0] and not self.forced:
            (target,) = seeds
            compiled = Compiled(self, target, tuple(by), self.settings.engine)
            found = None if compiled.may_be_awkward() else compiled.exactly("gradient", point)
            if found is not None:
                return Point({target: found[0]}, dict(zip(by, found[1:], strict=True)), ())
        return super().adjoints(seeds, by)

    def _point(self) -> tuple[float, ...] | None:
        """The values of the inputs; None where one is asked twice, or its default is computed."""
        found: dict[str, float] = {}
        for step in (step for part in self.parts for step in part.body if isinstance(step, form.Input)):
            value = self.supply(step.target, step)
            default = step.default if isinstance(step.default, float) else None
            value = default if value is None else value
            if value is None or step.target in found:
                return None
            found[step.target] = value
        return tuple(found.values())


def _array(values: Any) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.array(values, dtype=float)
