"""Questions about texts -> answers, one after another in a thread of their own; a newer text supersedes an older one.

Law: whoever reads what an editor says never works, so that a key is heard at once. Work for a text that has changed
is worth nothing: what waits for its turn is dropped, and what is being done halts at its next look at the clock.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from lang.clock import Halt, Halted, within

SECONDS = 60.0
"""What one question may take; each part of the work has tighter bounds of its own."""


class Job(NamedTuple):
    """A question.

    Attributes:
        about: the text it is about.
        act: finds the answer.
        tell: takes the answer, in the thread that works; None where the question was dropped.
        halt: ends the work.
    """

    about: str
    act: Callable[[], Any]
    tell: Callable[[Any, BaseException | None], None]
    halt: Halt


class Work:
    """A thread that works, and the questions that wait for it."""

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._current: Job | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(self, about: str, act: Callable[[], Any], tell: Callable[[Any, BaseException | None], None]) -> Halt:
        """Answer a question when its turn comes; what is given back ends that."""
        job = Job(about, act, tell, Halt())
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_on, name="adlang", daemon=True)
                self._thread.start()
            self._waiting.append(job)
            self._changed.notify()
        return job.halt

    def supersede(self, about: str) -> None:
        """Nobody wants to know any more what was asked about a text so far."""
        with self._changed:
            for job in (*self._waiting, *filter(None, (self._current,))):
                if job.about == about:
                    job.halt.asked = True

    def _go_on(self) -> None:
        while True:
            with self._changed:
                self._current = None
                while not self._waiting:
                    self._changed.wait()
                job = self._current = self._waiting.popleft()
            answer = error = None
            try:
                if job.halt.asked:
                    raise Halted
                with within(SECONDS, job.halt):
                    answer = job.act()
            except BaseException as caught:
                error = caught
            job.tell(answer, error)


__all__ = ["Work"]
