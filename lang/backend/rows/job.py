"""Compiled code and many rows of inputs -> their answers, in blocks, on all cores.

Law: a block's memory is bounded, however many rows there are; answers go straight to where the caller keeps them.
Ctrl-C ends it at the next block, or in the middle of one where rows take long.

Whoever calls takes part in the work where blocks are over in a moment; where code loops, only helpers compute, and the
caller stays free to be interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from lang.backend.rows.crew import helpers, workers
from lang.backend.rows.together import Table

if TYPE_CHECKING:
    import numpy as np

    from lang.backend.rows.shares import Share

    Array = np.ndarray[Any, Any]

Progress = Callable[[int, int], None]
CONVERTED = 1 << 16
"""Rows a block at most where they are copied, to become doubles that follow each other."""
PAUSE = 0.1
"""Seconds between two looks of a caller who waits."""


class Code(Protocol):
    """What answers rows; see `LaneCode`."""

    lanes: int
    """Rows come in multiples of this."""
    block: int
    """Rows at a time at most."""
    least: int
    """Rows at a time at least, if there are so many: fewer are not worth a thread."""
    joins: bool
    """Is a block over in a moment?"""
    share: Share | None
    """Machine code that takes rows nobody has taken, for several threads at once; None where a block may take long."""
    scratch: int
    """Doubles a thread needs besides."""

    def __call__(
        self, rows: Array, values: Array, slopes: Array | None, bad: Array, stop: Array, scratch: Array | None
    ) -> tuple[int, dict[int, str]]: ...


@dataclass(eq=False)
class Job:
    """Rows to be answered.

    Attributes:
        data: numbers of any kind, of shape (rows, inputs).
        values: room for the first result of each row; slopes: for the others, None where there are none.
        bad: a byte for each row, 0 before; not 0 where a row has no answer here.
        stopped: gets the rows that a limit stopped, and in what words.
        threads: how many may work; 0 for one on each core.
    """

    code: Code
    data: Array
    values: Array
    slopes: Array | None
    bad: Array
    progress: Progress | None = None
    stopped: dict[int, str] = field(default_factory=dict)
    threads: int = 0
    stop: Array = field(init=False)
    counts: list[tuple[int, int]] = field(default_factory=list)
    """How many rows each block had, and how many of them are marked."""

    def __post_init__(self) -> None:
        import numpy as np

        self.stop = np.zeros(1, dtype=np.int64)
        self.threads = self.threads or workers()

    def run(self) -> int:
        """Answer all rows; how many are marked.

        Raises:
            KeyboardInterrupt: Ctrl-C. What was answered until then is there.
        """
        if self.code.share is not None and len(self.data) >= self.code.lanes and self._as_they_lie(self.data):
            return self._shared(self.code.share)
        total = len(self.data)
        size = self._size(total)
        places = count(0, size)
        threads = min(self.threads, -(-total // size)) if total else 0
        joins = self.code.joins
        others: list[Future[None]] = []
        if threads > 1 or not joins:
            others = [helpers().submit(self._work, places, size, False) for _ in range(threads - joins)]
        try:
            if joins and threads:
                self._work(places, size, True)
            for each in others:
                self._await(each)
        except BaseException:
            self.stop[0] = 1
            wait(others)
            raise
        return sum(marked for _, marked in self.counts)

    def _shared(self, share: Share) -> int:
        """The same where machine code hands out the rows: only who calls comes back to Python on the way."""
        wanted = min(self.threads, len(self.data) // self.code.least) - 1
        return Table(share, (self.data, self.values, self.slopes, self.bad)).answered(wanted, self._tell)

    def _await(self, helper: Future[None]) -> None:
        """Wait for a helper, telling how far it is."""
        while True:
            try:
                return helper.result(PAUSE)
            except TimeoutError:
                self._tell(sum(rows for rows, _ in self.counts))

    def _size(self, total: int) -> int:
        """Rows a block: enough blocks for all cores but none too small, each a multiple of the lanes."""
        size = min(self.code.block, max(self.code.least, -(-total // (2 * self.threads))))
        if not self._as_they_lie(self.data):
            size = min(size, CONVERTED)
        return max(1, -(-size // self.code.lanes)) * self.code.lanes

    def _tell(self, done: int) -> None:
        if self.progress is not None:
            self.progress(done, len(self.data))

    def _work(self, places: Iterator[int], size: int, told: bool) -> None:
        """Take one block after another until there are no more."""
        import numpy as np

        scratch = np.empty(self.code.scratch) if self.code.scratch else None
        for start in places:
            if start >= len(self.data) or self.stop[0]:
                return
            stop = min(start + size, len(self.data))
            marked = self._block(start, stop, scratch)
            self.counts.append((stop - start, marked))
            if told:
                self._tell(sum(rows for rows, _ in self.counts))

    def _block(self, start: int, stop: int, scratch: Array | None) -> int:
        """Answer some rows; those that do not fill a group are answered in a group of their own."""
        whole = stop - (stop - start) % self.code.lanes
        marked = 0
        if whole > start:
            slopes = None if self.slopes is None else self.slopes[start:whole]
            rows = self._rows(start, whole)
            marked, met = self.code(rows, self.values[start:whole], slopes, self.bad[start:whole], self.stop, scratch)
            self.stopped.update({start + at: said for at, said in met.items()})
        return marked + (self._tail(whole, stop, scratch) if stop > whole else 0)

    def _rows(self, start: int, stop: int) -> Array:
        """Rows as machine code reads them."""
        import numpy as np

        rows = self.data[start:stop]
        return rows if self._as_they_lie(rows) else np.ascontiguousarray(rows, dtype=np.float64)

    def _as_they_lie(self, rows: Array) -> bool:
        """Can machine code read these rows where they are?"""
        if rows.dtype.kind != "f" or rows.itemsize != 8 or not rows.dtype.isnative:
            return False
        if getattr(self.code, "columns", False):
            return bool(rows.strides[0] == 8 and rows.flags.aligned)
        return bool(rows.flags.c_contiguous and rows.flags.aligned)

    def _tail(self, start: int, stop: int, scratch: Array | None) -> int:
        """Fewer rows than lanes: the last one stands in for those that are missing."""
        import numpy as np

        lanes, there = self.code.lanes, stop - start
        given = np.asarray(self.data[start:stop], dtype=np.float64)
        order: Any = "F" if getattr(self.code, "columns", False) else "C"
        rows = np.array(given[np.minimum(np.arange(lanes), there - 1)], order=order)
        values, bad = np.empty(lanes), np.zeros(lanes, dtype=np.uint8)
        slopes = None if self.slopes is None else np.empty((lanes, self.slopes.shape[1]))
        self.code(rows, values, slopes, bad, self.stop, scratch)
        self.values[start:stop], self.bad[start:stop] = values[:there], bad[:there]
        if self.slopes is not None and slopes is not None:
            self.slopes[start:stop] = slopes[:there]
        return int(np.count_nonzero(bad[:there]))

