"""A program and one of its results -> a function of its inputs, with its derivatives.

Law: where compiled code does not answer, the interpreter runs the original program at the same point, so errors, notes
and numbers are the interpreter's. What is compiled, and what the interpreter answers, say the `questions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, overload

from lang.backend import Executable
from lang.compiled.batches import Batches
from lang.compiled.codes import Codes
from lang.compiled.policy import Policy
from lang.compiled.questions import Numbers, Questions
from lang.errors import InputError, LimitExceeded
from lang.evaluate.notes import Note, merged
from lang.evaluate.recipe import Recipe
from lang.evaluate.spending import Spent
from lang.evaluate.supplied import by_name, finite

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Vector = Array | Sequence[float]

    from lang.batch import BadRows, Progress


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
        self, recipe: Recipe, target: str, wrt: tuple[str, ...], engine: str, policy: Policy | None = None,
        again: Callable[[], Compiled] | None = None,
    ) -> None:  # fmt: skip
        self._again = again
        self.inputs = recipe.inputs()
        self.target = target
        self.wrt = wrt
        self.notes: tuple[Note, ...] = ()
        self.bad: BadRows | None = None
        self.questions = Questions(recipe, target, wrt)
        self._codes = Codes(self.questions, recipe.settings, engine, policy or Policy(), self._replaced)
        self._quick = self._codes.quick
        self._vectors = False
        self._batches = Batches(self.questions, recipe.settings, self._one_row)

    @property
    def engine(self) -> str:
        """The engine that answers: `interpreter`, `python` or `native`."""
        self._codes.of("value")
        return self._codes.used

    @property
    def why(self) -> str:
        """Why it is not the engine that was asked for; empty where it is."""
        self._codes.of("value")
        return self._codes.why

    def __repr__(self) -> str:
        return f"<Compiled {self.target}({', '.join(self.inputs)}): {self.engine}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """How another process, or a copy, makes the same function."""
        return super().__reduce__() if self._again is None else (self._again, ())  # type: ignore[return-value]

    # --- calls ----------------------------------------------------------------------------------------------

    def __call__(self, *arguments: float | Vector) -> float:
        """The value of the result.

        Raises:
            InputError: too few or many arguments, or one that is not a finite number. DomainError, LimitExceeded: as
            `Program.run`.
        """
        if (quick := self._quick["value"]) is not None and (found := quick(*arguments)) is not None:
            self.notes = ()
            return found  # type: ignore[no-any-return]
        point, vector = self._point(arguments)
        value = self._answer("value", point)[0]
        if vector:
            self._codes.take_vectors("value")
        return value

    @overload
    def value_and_grad(self, vector: Array, /) -> tuple[float, Array]: ...
    @overload
    def value_and_grad(self, *arguments: float | Sequence[float]) -> tuple[float, tuple[float, ...]]: ...
    def value_and_grad(self, *arguments: Any) -> tuple[float, Any]:
        """The value and the partial derivatives by the names of `wrt`, in order."""
        if (quick := self._quick["gradient"]) is not None and (found := quick(*arguments)) is not None:
            self.notes = ()
            return found  # type: ignore[no-any-return]
        return self._slopes(*arguments)

    @overload
    def grad(self, vector: Array, /) -> Array: ...
    @overload
    def grad(self, *arguments: float | Sequence[float]) -> tuple[float, ...]: ...
    def grad(self, *arguments: Any) -> Any:
        """The partial derivatives by the names of `wrt`, in order."""
        if (quick := self._quick["gradient"]) is not None and (found := quick(*arguments)) is not None:
            self.notes = ()
            return found[1]
        return self._slopes(*arguments)[1]

    def jvp(self, at: Vector, along: Vector) -> tuple[float, float]:
        """The value, and its derivative as the names of `wrt` move along a direction.

        Args:
            at: the inputs, in order.
            along: how fast each name of `wrt` moves.
        """
        point = self._numbers(at, self.inputs)
        value, slope = self._answer("jvp", (*point, *self._numbers(along, self.wrt)))
        return value, slope

    def hessian(self, *arguments: float | Vector) -> np.ndarray[Any, Any]:
        """The second derivatives, a NumPy array of shape (wrt, wrt)."""
        point, _ = self._point(arguments)
        whole = getattr(self._codes.of("table"), "table", None)
        found: np.ndarray[Any, Any] | None = self._within(whole, point)
        if found is not None:
            self.notes = ()
            return found[:, 1:]
        rows, notes = [], []
        for name in self.wrt:
            seeds = [float(name == each) for each in self.wrt]
            rows.append(self._answer("second", (*point, *seeds))[1:])
            notes.append(self.notes)
        self.notes = merged(notes)
        return _array(rows)

    def batch(
        self,
        rows: Any,
        *,
        exact: bool = False,
        progress: Progress | None = None,
        threads: int | None = None,
        out: np.ndarray[Any, Any] | None = None,
    ) -> np.ndarray[Any, Any]:
        """The value for each row of inputs, on all cores.

        Args:
            rows: numbers, of shape (rows, inputs).
            exact: give the bits of a single call; without it `sin`, `exp` and so on may differ in the last place.
            progress: told how many rows are done, of how many.
            threads: how many may work; one on each core by default.
            out: an array of float64 of shape (rows,) for the answer, which saves a new one each time.

        Returns:
            An array of shape (rows,), `out` if that is given. A row without a value is nan; `bad` counts them and tells
            of the first.

        Raises:
            InputError: `rows` or `out` has another shape.
        """
        values: np.ndarray[Any, Any]
        values, _, self.bad = self._batches.answer("value", rows, exact, progress, threads, (out, None))
        return values

    def grad_batch(
        self,
        rows: Any,
        *,
        exact: bool = False,
        progress: Progress | None = None,
        threads: int | None = None,
        out: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]] | None = None,
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The value and the partial derivatives for each row: arrays of shape (rows,) and (rows, wrt); see `batch`.

        `out` is a pair of such arrays here.
        """
        rooms = (None, None) if out is None else out
        values, slopes, self.bad = self._batches.answer("gradient", rows, exact, progress, threads, rooms)
        return values, _array([]).reshape(len(values), 0) if slopes is None else slopes

    def may_be_awkward(self) -> bool:
        """May a derivative exist on one side only somewhere: is there a kink, a jump or a choice in the program?"""
        return self.questions.may_be_awkward()

    def exactly(self, way: str, point: Sequence[float]) -> Numbers | None:
        """The compiled answer to `value`, `gradient`, ...; None where the interpreter is to answer."""
        made = self._codes.of(way)
        return None if made is None else made(point)

    # --- inside ---------------------------------------------------------------------------------------------

    def _slopes(self, *arguments: Any) -> tuple[float, Any]:
        """The value and the derivatives, from whoever answers; after it calls are attached where none is awkward."""
        point, vector = self._point(arguments)
        value, *slopes = self._answer("gradient", point)
        self._attach(self._codes.made["gradient"], vector)
        return value, _array(slopes) if vector else tuple(slopes)

    def _attach(self, made: Executable | None, vectors: bool = False) -> None:
        """Let calls of the gradient go straight to compiled code, which comes back here where it does not answer.

        Notes are those of the last call, so while there are some the calls go through the methods, which clear them.

        Args:
            vectors: calls are with NumPy vectors.
        """
        own = vars(self)
        attached = getattr(made, "attached", None)
        if self.notes or attached is None:
            own.pop("grad", None)
            own.pop("value_and_grad", None)
            self._vectors = False
        elif "grad" not in own or (vectors and not self._vectors):
            if vectors:
                attached, self._vectors = getattr(made, "vectors", None) or attached, True
            both = _like(Compiled.value_and_grad, lambda *arguments: self._slopes(*arguments))
            slopes = _like(Compiled.grad, lambda *arguments: self._slopes(*arguments)[1])
            own["value_and_grad"], own["grad"] = attached(both), attached(slopes, part=True)

    def _point(self, arguments: tuple[Any, ...]) -> tuple[Sequence[float], bool]:
        """The inputs as floats, and whether they came as one vector."""
        if len(arguments) == 1 and hasattr(arguments[0], "__len__"):
            return self._numbers(arguments[0], self.inputs), hasattr(arguments[0], "dtype")
        return self._numbers(arguments, self.inputs), False

    def _numbers(self, given: Any, names: tuple[str, ...]) -> Sequence[float]:
        if hasattr(given, "keys"):
            given = by_name(given, names) or given
        values = given.tolist() if hasattr(given, "tolist") else given
        values = values if hasattr(values, "__len__") else (values,)
        if len(values) != len(names):
            raise InputError(f"this takes {len(names)} numbers ({', '.join(names)}), here are {len(values)}")
        for value in values:
            if value.__class__ is not float or value - value != 0.0:
                return tuple(finite(name, each) for name, each in zip(names, values, strict=True))
        return tuple(values)

    def _answer(self, way: str, point: Sequence[float]) -> Numbers:
        made = self._codes.of(way)
        quick = self._quick.get(way)
        spent = Spent()
        given = None if quick is None else quick(*point)
        if given is not None:
            found: Numbers | None = (given,) if isinstance(given, float) else (given[0], *given[1])
        else:
            found = self._within(made, point, way) if quick is None or getattr(made, "long", False) else None
        if found is None:  # the clock runs on: a limit of time is met at once, and the interpreter knows where
            found, self.notes = self.questions.ways[way].ask(point, spent)
        elif self.notes:
            self.notes = ()
        return found

    def _within(
        self, made: Callable[[Sequence[float]], Any] | None, point: Sequence[float], way: str = "table"
    ) -> Any:
        """The compiled answer; None where a limit was met at no place of the user's text, too."""
        try:
            return None if made is None else made(point)
        except LimitExceeded as error:
            if error.limit == "steps" and (found := self._codes.further(way, point)) is not None:
                return found
            if error.span is None or error.span == (0, 0):
                return None
            raise

    def _replaced(self, way: str) -> None:
        if way == "gradient":
            self._attach(None)

    def _one_row(self, way: str, row: Sequence[float]) -> Numbers:
        return self._answer(way, self._numbers(row, self.inputs))


def _like(method: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under the name and with the help of a method."""
    function.__name__, function.__qualname__, function.__doc__ = method.__name__, method.__qualname__, method.__doc__
    return function


def _array(values: Any) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.array(values, dtype=float)
