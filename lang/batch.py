"""A compiled result and many rows of inputs -> arrays, and which rows have no answer.

Law: a row without a finite value is nan, is counted, and stops no other; what is wrong with the first is told in the
words the interpreter has for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lang.backend.rows import Columns, run
from lang.backend.unit import Unavailable, Unit
from lang.errors import AdError, InputError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Progress = Callable[[int, int], None]
Alone = Callable[[Sequence[float]], tuple[float, ...]]


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
    """Rows of inputs as an array of doubles of shape (rows, inputs).

    Raises:
        InputError: they are not numbers in that shape.
    """
    import numpy as np

    try:
        rows = np.asarray(data, dtype=float)
    except (TypeError, ValueError):
        raise InputError("rows of inputs are numbers, in an array of shape (rows, inputs)") from None
    if rows.ndim == 1 and len(inputs) == 1:
        rows = rows[:, None]
    if rows.ndim != 2 or rows.shape[1] != len(inputs):
        raise InputError(f"rows of inputs have the shape (rows, {len(inputs)}) here: {', '.join(inputs)}")
    return rows


def answer(
    unit: Callable[[], Unit], alone: Alone, rows: Array, results: int, exact: bool, progress: Progress | None
) -> tuple[Array, BadRows | None]:
    """All rows.

    Args:
        unit: what is compiled for columns.
        alone: the answer for one row; raises an `AdError` where there is none.
        rows: of shape (rows, inputs).
        results: how many numbers a row gives.
        exact: the bits of a single call, for every row.
        progress: told how many rows are done, of how many.
    """
    import numpy as np

    out = np.empty((len(rows), results))
    try:
        marked = run(Columns(unit(), exact), rows, out, progress)
    except (Unavailable, AdError):
        marked = np.ones(len(rows), dtype=bool)
    count, first, reason = 0, -1, ""
    wrong = np.flatnonzero(marked)
    for done, index in enumerate(wrong.tolist()):
        if progress is not None and done % 1000 == 0:
            progress(len(rows) - len(wrong) + done, len(rows))
        try:
            out[index] = alone(rows[index].tolist())
        except AdError as error:
            out[index] = np.nan
            count += 1
            first, reason = (index, error.message) if first < 0 else (first, reason)
    if progress is not None:
        progress(len(rows), len(rows))
    return out, BadRows(count, first, reason) if count else None
