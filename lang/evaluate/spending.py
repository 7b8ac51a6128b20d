"""What a run may use, and what it has used: steps, seconds, and the memory of what it records.

Steps are the program's own, whatever they are done on; what derivatives take besides is bounded by the clock, and by
a multiple of the limit.

Law: every loop of every machine asks here for steps before it does them, so no run goes on past its limits by more than
a chunk. The clock is looked at once for each chunk; time that somebody takes to supply an input is not counted.
"""

from __future__ import annotations

from collections.abc import Callable

from lang import clock
from lang.errors import LimitExceeded
from lang.evaluate.active import Value
from lang.evaluate.settings import Settings
from lang.limits import FURTHER, SAVED_BYTES
from lang.source import Source, Span
from lang.steps import form

CHUNK = 50_000
"""Steps between two looks at the clock and the tape."""
INNER_CHUNK = 1_000
"""The same for operations inside derivatives, each of which may take much longer."""


class Spent:
    """What the runs for one answer have used so far: primitive operations, and the time since the work began."""

    def __init__(self, steps: int = 0, started: float | None = None) -> None:
        self.steps = steps
        self.started = clock.started() if started is None else started


class Spending:
    """The part of a run that counts.

    Args:
        settings: how to run.
        source: the text that is running.
        spent: what earlier runs for the same answer used of the limits.

    `tapes` tell what bytes they take, `stacks` are what adjoint programs saved; `inner` counts what derivatives took
    besides; `watch` is told how much was done with that.
    """

    def __init__(self, settings: Settings, source: Source, spent: Spent | None) -> None:
        self.settings = settings
        self.source = source
        self.tapes: list[Callable[[], int]] = []
        self.stacks: dict[int, list[Value]] = {}
        self.current: form.Step | None = None
        self.watch: Callable[[int], None] | None = None
        self.inner = 0
        self.spent = spent or Spent()
        self.used = self.spent.steps
        self.started = self.spent.started
        self.fuel = self._grant()

    def _next_chunk(self) -> int:
        return min(CHUNK, self.settings.limits.steps - self.used)

    def refuel(self, fuel: int, span: Span) -> int:
        """Count the steps of the last chunk and grant the next; `fuel` is what is left of it (negative: owed).

        Raises:
            LimitExceeded: steps, seconds or tape_bytes.
        """
        self._check(self._granted - fuel, span)
        granted = self._grant()
        if self.watch is not None:
            self.watch(self.used + self.inner)
        return granted

    def _check(self, spent: int, span: Span) -> None:
        clock.heed()
        limits = self.settings.limits
        self.used += spent
        elapsed = clock.now() - self.started
        if self.used > limits.steps:
            raise self.exceeded("steps", limits.steps, self.used, f"stopped after {limits.steps:,} steps", span)
        if elapsed > limits.seconds:
            raise self.exceeded(
                "seconds",
                limits.seconds,
                elapsed,
                f"stopped after {limits.seconds:g} seconds and {self.used:,} steps",
                span,
            )
        recorded = sum(size() for size in self.tapes)
        recorded += sum(len(saved) for saved in self.stacks.values()) * SAVED_BYTES
        if recorded > limits.tape_bytes:
            raise self.exceeded(
                "tape_bytes",
                limits.tape_bytes,
                recorded,
                f"stopped: the tape has grown past {limits.tape_bytes / 2**20:,.0f} MiB",
                span,
            )

    def _grant(self) -> int:
        self._granted = self._next_chunk()
        return self._granted

    def again(self, used: int) -> None:
        """Count on from what was used before a part that is run anew."""
        self.used = used
        self.fuel = self._grant()

    def spend(self) -> None:
        """Count an operation on numbers that move: nested derivatives make many of one step of the program.

        Raises:
            LimitExceeded: seconds or tape_bytes, or steps where these are `FURTHER` times as many.
        """
        self.inner += 1
        if self.inner % INNER_CHUNK == 0:
            span: Span = self.current.span if self.current else (0, 0)
            self._check(0, span)
            allowed = self.settings.limits.steps
            if self.inner > FURTHER * allowed:
                said = f"stopped after {self.inner:,} operations inside derivatives, {FURTHER} times the limit of steps"
                raise self.exceeded("steps", allowed, self.inner, said, span)

    def exceeded(self, limit: str, allowed: float, reached: float, message: str, span: Span) -> LimitExceeded:
        """The error for a limit that the run passed."""
        return LimitExceeded(
            limit,
            allowed,
            reached,
            message,
            span,
            source=self.source,
            hint=f"does it end? if it should run longer, raise the limit `{limit}`",
        )

    def settle(self) -> None:
        """Count what is left of the last chunk, at the end of a run."""
        self._check(self._granted - self.fuel, (0, 0))
        self._granted = self.fuel
        self.spent.steps = self.used
