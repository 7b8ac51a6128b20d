"""Rows that machine code hands out, and threads -> all rows answered.

Law: the caller works itself, and waits for nobody who comes late: helpers that are awake take shares at once, others
are woken and take what is left by then. Nobody works at a table after it was left.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from time import sleep
from typing import TYPE_CHECKING, Any

from lang.backend.rows.crew import PATIENCE, crew, helpers
from lang.backend.rows.shares import DONE, MARKED, NEXT, WORDS, Share, Words

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOMENT = 20e-6
"""Seconds that a caller sleeps who waits for helpers that have no core."""
_OPEN: set[Table] = set()
"""Tables that helpers in machine code may be at: their arrays live, whatever interrupts the caller, and how often."""


class Table:
    """One batch.

    Args:
        share: takes shares of it.
        arrays: rows, values, slopes, marks (`shares.places`).
    """

    def __init__(self, share: Share, arrays: tuple[Array, Array, Array | None, Array]) -> None:
        import numpy as np

        self.share = share
        self.arrays = arrays
        self.total = len(arrays[0])
        self.desk = np.zeros(WORDS, dtype=np.int64)
        self.words: Words = share.words(*arrays, self.desk)

    def answered(self, wanted: int, tell: Callable[[int], None]) -> int:
        """Answer all rows; how many marks were set.

        Args:
            wanted: how many helpers at most.
            tell: called now and then with the number of rows that are done.

        Raises:
            KeyboardInterrupt: Ctrl-C; or what `tell` raises.
        """
        woken: list[Future[None]] = []
        try:
            if wanted > 0:
                _OPEN.add(self)
                called = crew().call(wanted, self.share.place, self.words)
                woken += [self._woken() for _ in range(wanted - called)]
            while self.desk[NEXT] < self.total:
                self.share.take(self.words, PATIENCE)
                tell(int(self.desk[DONE]))
            self._left(wanted, woken if self.desk[DONE] < self.total else ())
        except BaseException:
            self.desk[NEXT] = self.total
            self._left(wanted, woken)
            raise
        return int(self.desk[MARKED])

    def _woken(self) -> Future[None]:
        """A helper who comes when it can."""
        over: Future[None] = Future()
        helpers().submit(_help, over, [self])
        return over

    def _left(self, wanted: int, woken: list[Future[None]] | tuple[()]) -> None:
        """Wait until no helper is here."""
        wait(woken)
        while wanted > 0 and crew().busy(self.desk.ctypes.data):
            sleep(MOMENT)
        _OPEN.discard(self)


def _help(over: Future[None], tables: list[Table]) -> None:
    """Take shares of a table; then stay awake for a while, without it."""
    table = tables.pop()
    try:
        while table.desk[NEXT] < table.total:
            table.share.take(table.words, 0)
    finally:
        over.set_result(None)
    del table
    crew().linger()
