"""A table of rows and several threads -> each takes the next few rows that nobody has, in machine code.

Law: a share is over within microseconds, so threads end together however late one of them woke up, and no thread asks
Python for more. What they have in common are three words, each on a line of the cache of its own.

    next      the first row that nobody has taken; far behind the last one where the work is called off
    done      rows that are answered
    marked    how many of them are marked, some of the last ones twice

The last rows may be fewer than lanes. They are answered with rows before them, which get the same numbers once more.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from lang.backend.native.processor import processor
from lang.backend.rows.line import ALIGNED

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Words = tuple[int | None, ...]
"""What `GIVEN` says, for one batch."""
NEXT, DONE, MARKED, WORDS = 0, 8, 16, 24
"""Where those words are among the words of a desk."""
GIVEN = (
    ("ptr", "in"), ("i64", "step"), ("ptr", "values"), ("ptr", "slopes"), ("ptr", "bad"), ("i64", "count"),
    ("ptr", "desk"), ("i64", "most"),
)  # fmt: skip
"""What the function takes: rows and where answers go (`places`), the desk, and how many shares at most."""
HEAD = ", ".join(f"{kind} %{name}" for kind, name in GIVEN)

_TEXT = f"""
declare void DECLARED
define internal i64 @ad_some(ptr %in, i64 %step, ptr %values, ptr %slopes, ptr %bad, i64 %start, i64 %rows) ALIGNED {{
  %over = mul i64 %start, INPUTS
  %behind = mul i64 %start, OTHERS
  %in.here = getelementptr double, ptr %in, i64 %over
  %values.here = getelementptr double, ptr %values, i64 %start
  %slopes.here = getelementptr double, ptr %slopes, i64 %behind
  %bad.here = getelementptr i8, ptr %bad, i64 %start
  %found = call i64 @ad_lanes(ptr %in.here, i64 %step, ptr %values.here, ptr %slopes.here, ptr %bad.here, i64 %rows,
    ptr null, ptr null)
  ret i64 %found
}}
define void @ad_share({HEAD}, i64 %patience) nounwind ALIGNED {{
entry:
  %done = getelementptr i64, ptr %desk, i64 {DONE}
  %marked = getelementptr i64, ptr %desk, i64 {MARKED}
  br label %head
head:
  %taken = phi i64 [ 0, %entry ], [ %more, %told ]
  %enough = icmp sge i64 %taken, %most
  br i1 %enough, label %end, label %take
take:
  %start = atomicrmw add ptr %desk, i64 SHARE monotonic
  %there = icmp slt i64 %start, %count
  br i1 %there, label %work, label %wait
work:
  %left = sub i64 %count, %start
  %last = icmp slt i64 %left, SHARE
  %rows = select i1 %last, i64 %left, i64 SHARE
  %whole = and i64 %rows, -LANES
  %found = call i64 @ad_some(ptr %in, i64 %step, ptr %values, ptr %slopes, ptr %bad, i64 %start, i64 %whole)
  %even = icmp eq i64 %whole, %rows
  br i1 %even, label %told, label %rest
rest:
  %back = sub i64 %count, LANES
  %besides = call i64 @ad_some(ptr %in, i64 %step, ptr %values, ptr %slopes, ptr %bad, i64 %back, i64 LANES)
  br label %told
told:
  %again = phi i64 [ 0, %work ], [ %besides, %rest ]
  %both = add i64 %found, %again
  %marks = atomicrmw add ptr %marked, i64 %both monotonic
  %before = atomicrmw add ptr %done, i64 %rows release
  %more = add i64 %taken, 1
  br label %head
wait:
  %waited = phi i64 [ 0, %take ], [ %longer, %on ]
  %now = load atomic i64, ptr %done acquire, align 8
  %all = icmp sge i64 %now, %count
  %late = icmp sge i64 %waited, %patience
  %leave = or i1 %all, %late
  br i1 %leave, label %end, label %on
on:
  call void CALLED
  %longer = add i64 %waited, 1
  br label %wait
end:
  ret void
}}
"""


def share_text(share: int, lanes: int, inputs: int, others: int) -> str:
    """The function that takes shares, of no fewer rows than lanes.

    Args:
        share: rows, a multiple of the lanes.
        inputs, others: doubles from one row to the next, of what is read and of the results after the first.
    """
    text = _TEXT
    for word, number in (("SHARE", share), ("LANES", lanes), ("INPUTS", inputs), ("OTHERS", others)):
        text = text.replace(word, str(number))
    declared, called = processor().pause
    return text.replace("ALIGNED", ALIGNED).replace("DECLARED", declared).replace("CALLED", called)


def places(rows: Array, values: Array, slopes: Array | None, bad: Array) -> Words:
    """Where they are, as machine code takes them; the distance of the numbers in a row, and how many rows."""
    return (
        rows.ctypes.data, rows.strides[1], values.ctypes.data, None if slopes is None else slopes.ctypes.data,
        bad.ctypes.data, len(rows),
    )  # fmt: skip


class Share:
    """The function that takes shares, as Python calls it.

    Args:
        place: where it lies.
        kept: what must live as long as anyone may call it.
        most: how many shares it takes before it comes back.
    """

    def __init__(self, place: int, kept: object, most: int) -> None:
        self.place, self.kept, self.most = place, kept, most
        kinds = [ctypes.c_void_p if kind == "ptr" else ctypes.c_int64 for kind, _ in GIVEN]
        self._take = ctypes.CFUNCTYPE(None, *kinds, ctypes.c_int64)(place)

    def words(self, rows: Array, values: Array, slopes: Array | None, bad: Array, desk: Array) -> Words:
        """What it is given for a batch, which must live as long as anyone takes shares of it."""
        return (*places(rows, values, slopes, bad), desk.ctypes.data, self.most)

    def take(self, words: Words, patience: int) -> None:
        """Answer rows that nobody has taken; wait a moment for the others, once everything is taken."""
        self._take(*words, patience)
