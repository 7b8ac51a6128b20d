"""The time that work may take: whoever starts it sets a clock, and every long walk looks at it.

Law: nothing that a person starts goes on past its seconds by more than a moment, whether it reads, runs, translates,
draws or writes. Runs look when they ask for steps (`lang.evaluate.spending`); all else walks over something long, and
looks at the clock once for some pieces of it:

    for step in watched(block, "writing the adjoint program"): ...

The clock belongs to the thread that works and is gone when the work is done, so nobody has to hand it on through
twenty calls, and threads know nothing of each other's. Without one, a look costs nothing. Ctrl-C may come in the midst
of taking a clock away; so a clock holds only as long as the `with` that set it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar, Token
from time import monotonic
from typing import TypeVar
from weakref import ref

from lang.errors import LimitExceeded
from lang.source import Source, Span

Item = TypeVar("Item")

EVERY = 32
"""Pieces between two looks at the clock."""


def now() -> float:
    """Seconds, from some beginning."""
    return monotonic()


class Halted(BaseException):
    """Nobody wants the answer any more: work that was asked to halt. It passes through whatever keeps going after an
    error, as Ctrl-C does, and leaves all in order.
    """


class Halt:
    """Asks work in another thread to stop at its next look.

    Attributes:
        asked: is it to stop?
    """

    __slots__ = ("asked",)

    def __init__(self) -> None:
        self.asked = False


class Clock:
    """When work began, how long it may take, the clock of the work around it, who may halt it, and who set it."""

    __slots__ = ("halt", "outer", "seconds", "set_by", "started")

    def __init__(
        self, set_by: Within, seconds: float, started: float, outer: Clock | None, halt: Halt | None = None
    ) -> None:
        self.set_by = ref(set_by)
        self.seconds, self.started, self.outer = seconds, started, outer
        self.halt: Halt | None = halt if halt is not None or outer is None else outer.halt


_CURRENT: ContextVar[Clock | None] = ContextVar("clock", default=None)


def _current() -> Clock | None:
    """The clock that holds."""
    clock = _CURRENT.get()
    while clock is not None and clock.set_by() is None:
        clock = clock.outer
    return clock


class Within:
    """What `within` gives."""

    __slots__ = ("__weakref__", "_halt", "_seconds", "_token")

    def __init__(self, seconds: float | None, halt: Halt | None = None) -> None:
        self._seconds, self._halt = seconds, halt
        self._token: Token[Clock | None] | None = None

    def __enter__(self) -> None:
        outer, at = _current(), now()
        if self._seconds is None:
            self._token = _CURRENT.set(None)
        elif outer is None or at + self._seconds < outer.started + outer.seconds:
            self._token = _CURRENT.set(Clock(self, self._seconds, at, outer, self._halt))

    def __exit__(self, *error: object) -> None:
        if self._token is not None:
            _CURRENT.reset(self._token)


def within(seconds: float, halt: Halt | None = None) -> Within:
    """`with within(seconds):` what is done there may take so long. Where the work around it has less time left, that
    stays in force.

    Args:
        halt: lets another thread end the work; only for work that has no clock yet.
    """
    return Within(seconds, halt)


def cleaning() -> Within:
    """`with cleaning():` what is done there has no clock: whose time is over must still put things in order."""
    return Within(None)


def started() -> float:
    """When the clock of this work began; now where there is none."""
    clock = _current()
    return now() if clock is None else clock.started


def waited(seconds: float) -> None:
    """Somebody took so long to answer a question; no clock counts that."""
    clock = _current()
    while clock is not None:
        clock.started += seconds
        clock = clock.outer


def heed() -> None:
    """Stop here if the work was asked to halt; for loops that mind the time themselves.

    Raises:
        Halted: it was.
    """
    clock = _CURRENT.get()
    if clock is not None and clock.halt is not None and clock.halt.asked:
        raise Halted


def look(doing: str, done: int = 0, whole: int = 0, span: Span | None = None, source: Source | None = None) -> None:
    """Look at the clock.

    Args:
        doing: what is being done, as in "while reading the program".
        done, whole: how many pieces of how many are done; 0 where nobody knows.
        span, source: the place that it has come to.

    Raises:
        LimitExceeded: the time is over. Halted: nobody wants the answer any more.
    """
    clock = _CURRENT.get()
    if clock is not None:
        if clock.halt is not None and clock.halt.asked:
            raise Halted
        elapsed = now() - clock.started
        if elapsed > clock.seconds:
            if clock is _current():
                raise _over(clock.seconds, elapsed, doing, done, whole, span, source)
            _CURRENT.set(_current())
            look(doing, done, whole, span, source)


def _over(
    seconds: float, elapsed: float, doing: str, done: int, whole: int, span: Span | None, source: Source | None
) -> LimitExceeded:
    message = f"stopped after {seconds:g} second{'s' * (seconds != 1)}, while {doing}"
    if done:
        message += f" ({100 * done // whole}% done)" if whole else f" ({done:,} lines done)"
    hint = "ask about less, or a smaller program; if it should take longer, raise the limit `seconds`"
    place = source if span is not None else None
    return LimitExceeded("seconds", seconds, elapsed, message, span, hint=hint, source=place)


def watched(items: Iterable[Item], doing: str, source: Source | None = None) -> Iterator[Item]:
    """The same items; the clock is looked at once for some of them.

    Args:
        doing: what is being done with them.
        source: the text that the items' own places (`span`) are in.

    Raises:
        LimitExceeded: the time is over.
    """
    if _CURRENT.get() is None:
        return iter(items)
    return _pieces(items, doing, source) if isinstance(items, Sequence) else _stream(items, doing, source)


def _pieces(items: Sequence[Item], doing: str, source: Source | None) -> Iterator[Item]:
    whole = len(items)
    for at in range(0, whole, EVERY):
        look(doing, at, whole, _span(items[at], source), source)
        yield from items[at : at + EVERY]


def _stream(items: Iterable[Item], doing: str, source: Source | None) -> Iterator[Item]:
    for at, item in enumerate(items):
        if not at % EVERY:
            look(doing, at, 0, _span(item, source), source)
        yield item


def _span(item: object, source: Source | None) -> Span | None:
    """The place of a piece in the text; what a translation wrote has none."""
    span = None if source is None else getattr(item, "span", None)
    return span if span and span[1] else None
