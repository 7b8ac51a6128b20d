"""The questions to a function -> their answers for many rows of inputs.

Law: a row is answered as a single call would answer it, up to the last place (or to the bit, where that is asked).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lang.compiled.questions import Numbers, Questions
from lang.errors import InputError
from lang.evaluate.settings import Settings

if TYPE_CHECKING:
    import numpy as np

    from lang.batch import BadRows, Progress, Rows

    Array = np.ndarray[Any, Any]

OTHERS = {"value": 0, "gradient": 1}
"""Numbers that a question gives besides the first, for each name that derivatives are by."""


class Batches:
    """Each question, ready for many rows.

    Args:
        questions: what may be asked.
        settings: how the program is run.
        one: the answer to a question for one row.
    """

    def __init__(
        self, questions: Questions, settings: Settings, one: Callable[[str, Sequence[float]], Numbers]
    ) -> None:
        self.questions = questions
        self.settings = settings
        self.one = one
        self.made: dict[str, Rows] = {}

    def answer(
        self, way: str, rows: Any, exact: bool, progress: Progress | None, threads: int | None, out: Any
    ) -> tuple[Array, Array | None, BadRows | None]:
        """The first number of each row, the others, and which rows have none; see `Rows.answer`."""
        from lang import batch

        given = batch.table(rows, self.questions.inputs)
        if not isinstance(out, tuple | list) or len(out) != 2:
            raise InputError("values and derivatives go to two arrays, a pair of them")
        if threads is not None and (threads.__class__ is not int or threads < 0):
            raise InputError(f"`threads` is a number of cores, or None for all, not {threads!r:.60}")
        ready = self.made.get(way) or self.made.setdefault(way, self._ready(way))
        return ready.answer(given, exact, progress, threads or 0, (out[0], out[1]))

    def _ready(self, way: str) -> Rows:
        from lang import batch

        ways, settings = self.questions.ways, self.settings
        safe = self.questions.inner is None if way == "value" else not self.questions.may_be_awkward()
        compiled = safe or settings.kinks != "error"
        primal = None if settings.ieee else ways["value"].unit
        others = OTHERS[way] * len(self.questions.wrt)
        return batch.Rows(
            ways[way].unit, lambda row: self.one(way, row), others, settings.limits, compiled, primal
        )
