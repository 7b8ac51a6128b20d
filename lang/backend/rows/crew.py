"""Threads that helped with one batch -> threads that are still there for the next.

Law: whoever helped stays awake for a moment, in machine code, and takes what comes within less than a microsecond;
waking a thread takes fifty. Then it sleeps and costs nothing. It holds on to nobody's arrays while it waits.

Each has a seat, words that it has in common with those who call it. The first is its state:

    ASLEEP -> AWAKE               a helper sits down
    AWAKE -> TAKEN -> CALLED      a caller takes it, writes what is to be done, and calls
    CALLED -> AWAKE               it is done
    AWAKE -> ASLEEP               nobody called for a while; the helper stands up

The others are the function to be called and its arguments, of which `desk` says whose work it is.
"""

from __future__ import annotations

import ctypes
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from lang.backend.native import jit
from lang.backend.native.processor import processor
from lang.backend.rows.shares import GIVEN, HEAD, Words

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

ASLEEP, AWAKE, TAKEN, CALLED = 0, 1, 2, 3
SEAT = 16
"""Words of a seat: two lines of the cache."""
DESK = 2 + [name for _, name in GIVEN].index("desk")
LINGER = 200e-6
"""Seconds that a helper stays awake."""
TRIAL, TRIALS = 500, 3
"""Moments that are measured to know how many a second has, and how often: processors differ by a hundred times."""
PATIENCE = 2_000
"""Moments that a caller waits for helpers in machine code, before it looks whether it is interrupted."""


def _place(index: int) -> str:
    return f"  %p{index} = getelementptr i64, ptr %seat, i64 {index}\n"


_STORED = "".join(f"{_place(at)}  store {kind} %{name}, ptr %p{at}\n" for at, (kind, name) in enumerate(GIVEN, 2))
_LOADED = "".join(f"{_place(at)}  %{name} = load {kind}, ptr %p{at}\n" for at, (kind, name) in enumerate(GIVEN, 2))

_TEXT = f"""
declare void DECLARED

define i64 @ad_call(ptr %seats, i64 %many, i64 %wanted, ptr %share, {HEAD}) nounwind {{
entry:
  br label %head
head:
  %at = phi i64 [ 0, %entry ], [ %on, %next ]
  %called = phi i64 [ 0, %entry ], [ %sum, %next ]
  %more = icmp slt i64 %at, %many
  %fewer = icmp slt i64 %called, %wanted
  %look = and i1 %more, %fewer
  br i1 %look, label %ask, label %end
ask:
  %start = mul i64 %at, {SEAT}
  %seat = getelementptr i64, ptr %seats, i64 %start
  %pair = cmpxchg ptr %seat, i64 {AWAKE}, i64 {TAKEN} acq_rel monotonic
  %got = extractvalue {{i64, i1}} %pair, 1
  br i1 %got, label %write, label %next
write:
  %p1 = getelementptr i64, ptr %seat, i64 1
  store ptr %share, ptr %p1
{_STORED}
  store atomic i64 {CALLED}, ptr %seat release, align 8
  br label %next
next:
  %one = zext i1 %got to i64
  %sum = add i64 %called, %one
  %on = add i64 %at, 1
  br label %head
end:
  ret i64 %called
}}

define void @ad_linger(ptr %seat, i64 %moments) nounwind {{
entry:
  br label %sit
sit:
  store atomic i64 {AWAKE}, ptr %seat release, align 8
  br label %wait
wait:
  %waited = phi i64 [ 0, %sit ], [ %longer, %on ]
  %state = load atomic i64, ptr %seat acquire, align 8
  %called = icmp eq i64 %state, {CALLED}
  br i1 %called, label %work, label %idle
work:
  %p1 = getelementptr i64, ptr %seat, i64 1
  %share = load ptr, ptr %p1
{_LOADED}
  call void %share({", ".join(f"{kind} %{name}" for kind, name in GIVEN)}, i64 0)
  br label %sit
idle:
  %late = icmp sge i64 %waited, %moments
  br i1 %late, label %leave, label %on
on:
  call void CALLED_PAUSE
  %longer = add i64 %waited, 1
  br label %wait
leave:
  %pair = cmpxchg ptr %seat, i64 {AWAKE}, i64 {ASLEEP} acq_rel monotonic
  %left = extractvalue {{i64, i1}} %pair, 1
  br i1 %left, label %end, label %on
end:
  ret void
}}

define i64 @ad_busy(ptr %seats, i64 %many, ptr %desk, i64 %patience) nounwind {{
entry:
  br label %head
head:
  %at = phi i64 [ 0, %entry ], [ %next, %free ]
  %more = icmp slt i64 %at, %many
  br i1 %more, label %ask, label %end
ask:
  %start = mul i64 %at, {SEAT}
  %seat = getelementptr i64, ptr %seats, i64 %start
{_place(DESK)}  br label %look
look:
  %waited = phi i64 [ 0, %ask ], [ %longer, %on ]
  %state = load atomic i64, ptr %seat acquire, align 8
  %called = icmp eq i64 %state, {CALLED}
  br i1 %called, label %whose, label %free
whose:
  %theirs = load atomic ptr, ptr %p{DESK} monotonic, align 8
  %mine = icmp eq ptr %theirs, %desk
  br i1 %mine, label %busy, label %free
busy:
  %late = icmp sge i64 %waited, %patience
  br i1 %late, label %end, label %on
on:
  call void CALLED_PAUSE
  %longer = add i64 %waited, 1
  br label %look
free:
  %next = add i64 %at, 1
  br label %head
end:
  %left = sub i64 %many, %at
  ret i64 %left
}}
"""


class Crew:
    """The seats of this process.

    Args:
        many: how many may wait at the same time.

    Raises:
        Unavailable: there is no machine code here.
    """

    def __init__(self, many: int) -> None:
        import numpy as np

        declared, called = processor().pause
        text = _TEXT.replace("DECLARED", declared).replace("CALLED_PAUSE", called)
        self._kept, (call, linger, busy) = jit.compile_text(text, 1, ("ad_call", "ad_linger", "ad_busy"))
        word, place = ctypes.c_int64, ctypes.c_void_p
        given = [place if kind == "ptr" else word for kind, _ in GIVEN]
        self._call = ctypes.CFUNCTYPE(word, place, word, word, place, *given)(call)
        self._linger = ctypes.CFUNCTYPE(None, place, word)(linger)
        self._busy = ctypes.CFUNCTYPE(word, place, word, place, word)(busy)
        self.many = many
        self.words = np.zeros(many * SEAT, dtype=np.int64)
        self.place: int = self.words.ctypes.data
        self.free = [self.place + 8 * SEAT * at for at in range(many)]
        self.moments = int(TRIAL * LINGER / min(self._trial() for _ in range(TRIALS)))

    def _trial(self) -> float:
        """Seconds that some moments last."""
        begun = perf_counter()
        self._linger(self.free[0], TRIAL)
        return perf_counter() - begun

    def call(self, wanted: int, share: int, words: Words) -> int:
        """Let helpers that are awake take shares; how many do.

        Args:
            wanted: how many at most.
            share: where the function lies that takes them; `words` its arguments (`shares`).
        """
        called: int = self._call(self.place, self.many, wanted, share, *words)
        return called

    def linger(self) -> None:
        """Wait for calls, and follow them, until none comes for a moment."""
        try:
            seat = self.free.pop()
        except IndexError:
            return
        self._linger(seat, self.moments)
        self.free.append(seat)

    def busy(self, desk: int) -> bool:
        """Is a helper that was called still at this desk, after a moment's wait?"""
        return bool(self._busy(self.place, self.many, desk, PATIENCE))


def workers() -> int:
    """How many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@cache
def helpers() -> ThreadPoolExecutor:
    """Threads that sleep until there is work."""
    return ThreadPoolExecutor(workers(), thread_name_prefix="adlang-rows")


@cache
def crew() -> Crew:
    """The seats of those who are awake."""
    return Crew(os.cpu_count() or 1)


def _nobody() -> None:
    """A child of this process has none of its threads."""
    helpers.cache_clear()
    crew.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_nobody)
