"""A compiled result and many rows of inputs -> arrays, and which rows have no answer.

Law: a row without a finite value is nan, is counted, and stops no other; what is wrong with the first is told in the
words the interpreter has for it.

Rows pass through up to three hands. Lanes answer several at a time and mark what they cannot answer; where lanes cannot
take a program, or loops take different turns in the rows of a group, machine code answers one row after another; the
rows still marked are run alone, by whoever says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from lang.backend.rows.job import Code, Job, Progress
from lang.backend.unit import NEEDS, Unavailable, Unit
from lang.errors import AdError, InputError
from lang.evaluate.supplied import by_name
from lang.limits import Limits

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Alone = Callable[[Sequence[float]], tuple[float, ...]]
FEW = 64
"""Marked rows that are run alone at once, without machine code for one row after another."""
MANY = 500
"""Marked rows from which it is seen first which of them are hopeless."""
BLANK = 1 << 22
"""Rows whose blank marks are kept for the next batch of as many."""
NEAR = 1_000
"""Rows that are run alone between two looks at how far it is."""


@dataclass(frozen=True)
class BadRows:
    """Rows that have no answer.

    Attributes:
        count: how many.
        first: the index of the first, from 0.
        reason: what is wrong with the first.
    """

    count: int
    first: int
    reason: str

    def __str__(self) -> str:
        return self.told(0)

    def told(self, base: int) -> str:
        """A sentence for people who count rows from `base`."""
        rows = "1 row has" if self.count == 1 else f"{self.count:,} rows have"
        return f"{rows} no answer; the first is row {self.first + base}: {self.reason}"


def table(data: Any, inputs: tuple[str, ...]) -> Array:
    """Rows of inputs as an array of shape (rows, inputs), of whatever kind of number it is; columns with names go by
    these.

    Raises:
        InputError: they are not real numbers in that shape.
    """
    import numpy as np

    columns = None if isinstance(data, np.ndarray | list) else by_name(data, inputs)
    try:
        if columns is not None:
            arrays = [np.asarray(each) for each in columns]
            data = np.column_stack(arrays)
        else:
            arrays = [data]
        if any(getattr(getattr(each, "dtype", None), "kind", "") in ("b", "c") for each in arrays) or _booleans(data):
            raise TypeError
        rows = data if isinstance(data, np.ndarray) and data.dtype.kind in "fiu" else np.asarray(data, dtype=float)
    except (TypeError, ValueError):
        raise InputError("rows of inputs are numbers, in an array of shape (rows, inputs)") from None
    if rows.ndim == 1 and len(inputs) == 1:
        rows = rows[:, None]
    if rows.ndim != 2 or rows.shape[1] != len(inputs):
        raise InputError(f"rows of inputs have the shape (rows, {len(inputs)}) here: {', '.join(inputs)}")
    return rows


def _booleans(data: Any) -> bool:
    """Are there booleans in rows that are lists? NumPy takes them for 1 and 0."""
    if not isinstance(data, list | tuple):
        return False
    return any(isinstance(each, bool) for row in data for each in (row if isinstance(row, list | tuple) else (row,)))


def room(given: Any, shape: tuple[int, ...], rows: Array) -> Array:
    """Where answers go: the array that is given for them, or a new one.

    Raises:
        InputError: what is given cannot take them, or shares memory with the rows.
    """
    import numpy as np

    if given is None:
        return np.empty(shape)
    fits = isinstance(given, np.ndarray) and given.shape == shape and given.dtype == np.float64
    if not fits or not given.flags.carray:
        wanted = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
        raise InputError(f"answers go to an array of float64 of shape ({wanted}) that is in C order and can be written")
    if np.may_share_memory(given, rows):
        raise InputError("answers go to another array than the rows, which are still read")
    array: Array = given
    return array


@dataclass(eq=False)
class Rows:
    """One question, for many rows.

    Args:
        unit: what is compiled.
        alone: the answer for one row; raises an `AdError` where there is none.
        others: how many numbers a row gives besides the first.
        limits: what each row may use.
        compiled: may compiled code answer (or is there something that only the interpreter sees)?
        primal: the program whose value the first number is, where a value in it that is not finite is an error.
    """

    unit: Callable[[], Unit]
    alone: Alone
    others: int
    limits: Limits
    compiled: bool = True
    primal: Callable[[], Unit] | None = None
    _made: dict[Any, Any] = field(default_factory=dict)
    _blank: list[Any] = field(default_factory=list)

    def answer(
        self, rows: Array, exact: bool, progress: Progress | None, threads: int = 0, out: tuple[Any, Any] = (None, None)
    ) -> tuple[Array, Array | None, BadRows | None]:
        """All rows: the first number of each, the others, and what is wrong.

        Args:
            rows: of shape (rows, inputs).
            exact: the bits of a single call, for every row.
            progress: told how many rows are done, of how many.
            threads: how many may work; 0 for one on each core.
            out: arrays for the first numbers and for the others, None for new ones.

        Raises:
            InputError: `out` cannot take the answers.
            KeyboardInterrupt: Ctrl-C.
        """
        values = room(out[0], (len(rows),), rows)
        slopes = room(out[1], (len(rows), self.others), rows) if self.others else None
        bad = self._unmarked(len(rows))
        stopped: dict[int, str] = {}
        code, marked = self._code(rows, exact) if self.compiled and len(rows) else None, len(rows)
        if code is None:
            bad[:] = 1
        else:
            marked = Job(code, rows, values, slopes, bad, progress, stopped, threads).run()
            if marked > FEW and not code.joins and code.lanes > 1:
                self._again(rows, values, slopes, bad, stopped)
        wrong = self._mend(rows, values, slopes, bad, stopped, progress) if marked else None
        if not marked and len(rows) <= BLANK:
            self._blank[:] = [bad]
        if progress is not None:
            progress(len(rows), len(rows))
        return values, slopes, wrong

    def _unmarked(self, count: int) -> Array:
        """A byte for each row, 0: that of the last batch, where it marked none, for new memory takes its time."""
        import numpy as np

        try:
            bad = self._blank.pop()
        except IndexError:
            bad = None
        return bad if bad is not None and len(bad) == count else np.zeros(count, dtype=np.uint8)

    # --- the hands ------------------------------------------------------------------------------------------

    def _code(self, rows: Array, exact: bool) -> Code | None:
        """What answers these rows: on lanes, one after another, in columns; None where nothing does."""
        columns = rows.ndim == 2 and rows.shape[1] > 1 and rows.strides[0] == rows.itemsize == 8
        key = (exact, columns and rows.dtype.kind == "f")
        if key not in self._made:
            self._made[key] = self._find(*key)
        found: Code | None = self._made[key]
        return found

    def _find(self, exact: bool, columns: bool) -> Code | None:
        if any(find_spec(each) is None for each in NEEDS["native"]):
            from lang.backend.rows.columns import Columns

            return self._first([lambda: Columns(self.unit().quicker(), exact)])
        from lang.backend.rows.code import LaneCode

        return self._first([lambda: LaneCode(self.unit().quicker(), self.limits, exact, columns), self._one_by_one])

    def _first(self, ways: Sequence[Callable[[], Code]]) -> Code | None:
        for each in ways:
            try:
                return each()
            except (Unavailable, AdError):
                continue
        return None

    def _one_by_one(self) -> Code:
        from lang.backend.rows.single import RowCode

        if "rows" not in self._made:
            self._made["rows"] = RowCode(self.unit().quicker(), self.limits)
        found: Code = self._made["rows"]
        return found

    def _again(
        self, rows: Array, values: Array, slopes: Array | None, bad: Array, stopped: dict[int, str]
    ) -> None:
        """The rows that lanes could not take together, one after another."""
        import numpy as np

        code = self._first([self._one_by_one])
        where = np.flatnonzero(bad)
        if code is None:
            return
        count = len(where)
        one, several = np.empty(count), None if slopes is None else np.empty((count, self.others))
        marks, met = np.zeros(count, dtype=np.uint8), dict[int, str]()
        Job(code, rows[where], one, several, marks, None, met).run()
        values[where], bad[where] = one, marks
        stopped.update({int(where[at]): said for at, said in met.items()})
        if slopes is not None:
            slopes[where] = several

    def _hopeless(self, rows: Array) -> Array:
        """Rows in which a value of the program itself is not finite, by exactly the operations of a single call.

        Each is certain to have no answer: in the first such operation a single call stops, too.
        """
        import numpy as np

        if "primal" not in self._made:
            from lang.backend.rows.code import LaneCode

            unit, limits = self.primal, self.limits
            self._made["primal"] = self._first([lambda: LaneCode(unit().quicker(), limits, True)]) if unit else None
        code, bad = self._made["primal"], np.zeros(len(rows), dtype=np.uint8)
        if code is not None and code.certain:
            Job(code, rows, np.empty(len(rows)), None, bad).run()
        return bad

    def _mend(
        self, rows: Array, values: Array, slopes: Array | None, bad: Array, stopped: dict[int, str],
        progress: Progress | None,
    ) -> BadRows | None:  # fmt: skip
        """The rows that are marked, alone; what is wrong with those that have no answer."""
        import numpy as np

        where = np.flatnonzero(bad)
        count, first, reason = 0, -1, ""
        if len(where) > MANY and self.compiled and find_spec("llvmlite"):
            hopeless = where[self._hopeless(rows[where]) != 0]
            _give_up(hopeless[1:], values, slopes)
            bad[hopeless[1:]] = 0
            where, count = np.flatnonzero(bad), len(hopeless[1:])
        for done, index in enumerate(where.tolist()):
            if progress is not None and done % NEAR == 0:
                progress(len(rows) - len(where) + done, len(rows))
            said = stopped.get(index) or self._one(index, rows, values, slopes)
            if said:
                _give_up(index, values, slopes)
                count += 1
                first, reason = (index, said) if first < 0 else (first, reason)
        return BadRows(count, first, reason) if count else None

    def _one(self, index: int, rows: Array, values: Array, slopes: Array | None) -> str:
        """Run a row alone; what is wrong with it, if anything."""
        try:
            found = self.alone(rows[index].tolist())
        except AdError as error:
            return error.message
        values[index] = found[0]
        if slopes is not None:
            slopes[index] = found[1:]
        return ""


def _give_up(where: Any, values: Array, slopes: Array | None) -> None:
    values[where] = float("nan")
    if slopes is not None:
        slopes[where] = float("nan")


__all__ = ["BadRows", "Progress", "Rows", "table"]
