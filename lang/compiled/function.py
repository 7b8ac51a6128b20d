"""A program and one of its results -> a function of its inputs, with its derivatives.

Law: where compiled code does not answer, the interpreter runs the original program at the same point, so errors, notes
and numbers are the interpreter's. What is compiled, and what the interpreter answers, say the `questions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lang.backend import Executable, Unavailable, Unit, build, pick
from lang.backend.python import Function
from lang.compiled.inner import Guarded
from lang.compiled.policy import Policy, Watched
from lang.compiled.questions import Numbers, Questions
from lang.compiled.ties import with_ties
from lang.errors import AdError, InputError, LimitExceeded
from lang.evaluate.notes import Note
from lang.evaluate.recipe import Recipe
from lang.evaluate.run import Spent
from lang.evaluate.supplied import finite
from lang.garbage import paused

if TYPE_CHECKING:
    import numpy as np

    from lang.batch import BadRows, Progress, Rows


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
        questions: what may be asked, each as what is compiled and as the interpreter's answer.
    """

    def __init__(
        self, recipe: Recipe, target: str, wrt: tuple[str, ...], engine: str, policy: Policy | None = None
    ) -> None:
        self.inputs = recipe.inputs()
        self.target = target
        self.wrt = wrt
        self.notes: tuple[Note, ...] = ()
        self.bad: BadRows | None = None
        self._recipe = recipe
        self._asked = engine
        self._policy = policy or Policy()
        self._used = ""
        self._why = ""
        self._made: dict[str, Executable | None] = {}
        self._batches: dict[str, Rows] = {}
        self._quick: dict[str, Callable[..., Any] | None] = {"value": None, "gradient": None}
        self.questions = Questions(recipe, target, wrt)
        self._ways = self.questions.ways

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
        if len(arguments) == 1 and (found := self._of_array("value", arguments[0])) is not None:
            return found  # type: ignore[no-any-return]
        return self._answer("value", self._point(arguments)[0])[0]

    def value_and_grad(self, *arguments: Any) -> tuple[float, Any]:
        """The value and the partial derivatives by the names of `wrt`, in order."""
        if (quick := self._quick["gradient"]) is not None and (found := quick(*arguments)) is not None:
            self.notes = ()
            return found  # type: ignore[no-any-return]
        return self._slopes(*arguments)

    def grad(self, *arguments: Any) -> Any:
        """The partial derivatives by the names of `wrt`, in order."""
        if (quick := self._quick["gradient"]) is not None and (found := quick(*arguments)) is not None:
            self.notes = ()
            return found[1]
        return self._slopes(*arguments)[1]

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
        whole = getattr(self._executable("table"), "table", None)
        found: np.ndarray[Any, Any] | None = self._within(whole, point)
        if found is not None:
            self.notes = ()
            return found[:, 1:]
        seeds = [[float(name == each) for each in self.wrt] for name in self.wrt]
        return _array([self._answer("second", (*point, *row))[1:] for row in seeds])

    def batch(
        self, rows: Any, *, exact: bool = False, progress: Progress | None = None, threads: int | None = None
    ) -> np.ndarray[Any, Any]:
        """The value for each row of inputs, on all cores.

        Args:
            rows: numbers, of shape (rows, inputs).
            exact: give the bits of a single call; without it `sin`, `exp` and so on may differ in the last place.
            progress: told how many rows are done, of how many.
            threads: how many may work; one on each core by default.

        Returns:
            An array of shape (rows,). A row without a value is nan; `bad` counts them and tells of the first.

        Raises:
            InputError: `rows` has another shape.
        """
        values: np.ndarray[Any, Any] = self._rows("value", rows, 0, exact, progress, threads)[0]
        return values

    def grad_batch(
        self, rows: Any, *, exact: bool = False, progress: Progress | None = None, threads: int | None = None
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The value and the partial derivatives for each row: arrays of shape (rows,) and (rows, wrt); see `batch`."""
        values, slopes = self._rows("gradient", rows, len(self.wrt), exact, progress, threads)
        return values, _array([]).reshape(len(values), 0) if slopes is None else slopes

    def _rows(
        self, way: str, rows: Any, others: int, exact: bool, progress: Progress | None, threads: int | None
    ) -> tuple[Any, Any]:
        from lang import batch

        given = batch.table(rows, self.inputs)
        if way not in self._batches:
            settings = self._recipe.settings
            safe = self.questions.inner is None if way == "value" else not self.may_be_awkward()
            compiled = safe or settings.kinks != "error"

            def alone(row: Sequence[float]) -> Numbers:
                return self._answer(way, self._numbers(row, self.inputs))

            ways, primal = self.questions.ways, None if settings.ieee else self.questions.ways["value"].unit
            self._batches[way] = batch.Rows(ways[way].unit, alone, others, settings.limits, compiled, primal)
        values, slopes, self.bad = self._batches[way].answer(given, exact, progress, threads or 0)
        return values, slopes

    def may_be_awkward(self) -> bool:
        """May a derivative exist on one side only somewhere: is there a kink, a jump or a choice in the program?"""
        return self.questions.may_be_awkward()

    def exactly(self, way: str, point: Sequence[float]) -> Numbers | None:
        """The compiled answer to `value`, `gradient`, ...; None where the interpreter is to answer."""
        made = self._executable(way)
        return None if made is None else made(point)

    # --- inside ---------------------------------------------------------------------------------------------

    def _slopes(self, *arguments: Any) -> tuple[float, Any]:
        """The value and the derivatives, from whoever answers; after it calls are attached where none is awkward."""
        if len(arguments) == 1 and (found := self._of_array("gradient", arguments[0])) is not None:
            return found  # type: ignore[no-any-return]
        point, vector = self._point(arguments)
        value, *slopes = self._answer("gradient", point)
        self._attach(self._made["gradient"])
        return value, _array(slopes) if vector else tuple(slopes)

    def _of_array(self, way: str, vector: Any) -> Any:
        """The answer of machine code to a NumPy vector of finite doubles; None where it does not answer."""
        of_array = getattr(self._made.get(way), "of_array", None)
        found = None if of_array is None or not hasattr(vector, "dtype") else of_array(vector)
        if found is not None and self.notes:
            self.notes = ()
        return found

    def _attach(self, made: Executable | None) -> None:
        """Let calls of the gradient go straight to compiled code, which comes back here where it does not answer.

        Notes are those of the last call, so while there are some the calls go through the methods, which clear them.
        """
        own = vars(self)
        attached = getattr(made, "attached", None)
        if self.notes or attached is None:
            own.pop("grad", None)
            own.pop("value_and_grad", None)
        elif "grad" not in own:
            own["value_and_grad"] = _like(self.value_and_grad, attached(self._slopes))
            own["grad"] = _like(self.grad, attached(lambda *arguments: self._slopes(*arguments)[1], part=True))

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
        spent = Spent()
        if quick is not None:
            given = quick(*point)
            found = given if given is None else (given,) if isinstance(given, float) else (given[0], *given[1])
        else:
            found = self._within(made, point)
        if found is None:  # the clock runs on: a limit of time is met at once, and the interpreter knows where
            found, self.notes = self._ways[way].ask(point, spent)
        elif self.notes:
            self.notes = ()
        return found

    @staticmethod
    def _within(made: Callable[[Sequence[float]], Any] | None, point: Sequence[float]) -> Any:
        """The compiled answer; None where a limit was met at no place of the user's text, too."""
        try:
            return None if made is None else made(point)
        except LimitExceeded as error:
            if error.span is None or error.span == (0, 0):
                return None
            raise

    def _executable(self, way: str) -> Executable | None:
        """The compiled code for a question; None where the interpreter answers."""
        if way not in self._made:
            made = self._made[way] = self._compile(way)
            self._quick[way] = getattr(made, "quick", None)
        return self._made[way]

    @paused
    def _compile(self, way: str) -> Executable | None:
        settings = self._recipe.settings
        used, made = "interpreter", None
        if self._asked != "interpreter":
            try:
                unit = self._ways[way].unit()
                inner = self.questions.inner if settings.kinks != "silent" else None
                if settings.kinks != "silent" and (way != "value" or inner is not None):
                    if settings.ieee and self.may_be_awkward():
                        raise Unavailable("only the interpreter sees kinks where infinities may flow")
                    unit = with_ties(unit, self.wrt) if inner is None or way != "value" else inner
                used = pick(unit) if self._asked == "auto" else self._asked
                made = None if used == "interpreter" else build(used, unit, settings.limits, settings.ieee)
                cost = self._policy.cost(unit) if self._asked == "auto" and inner is None else None
                if isinstance(made, Function) and cost is not None:
                    made = Watched(made, cost, lambda: self._replace(way, unit), self._policy)
                if inner is not None and made is not None and way != "value":
                    value = self._executable("value")
                    made = None if value is None else Guarded(value, made, len(self.inputs))
            except (Unavailable, AdError) as reason:
                used, self._why = "interpreter", str(reason)
        if way == "value":
            self._used = used
        return made

    def _replace(self, way: str, unit: Unit) -> None:
        """Let machine code answer from now on, where there is any."""
        settings, before = self._recipe.settings, self._made[way]
        try:
            made = build("native", unit, settings.limits, settings.ieee)
        except (Unavailable, AdError):
            return
        self._made[way], self._quick[way] = made, getattr(made, "quick", None)
        if isinstance(before, Watched):
            before.replaced = True
        if way == "gradient":
            self._attach(None)
        elif way == "value":
            self._used = "native"


def _like(method: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under the name and with the help of a method."""
    function.__name__, function.__qualname__, function.__doc__ = method.__name__, method.__qualname__, method.__doc__
    return function


def _array(values: Any) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.array(values, dtype=float)
