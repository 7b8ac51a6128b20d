"""Building large trees without stopping to look for garbage.

Law: only while a tree, a program or code is built, and never for longer than that. Python looks for unreachable cycles
again and again as objects become more, although trees and steps have none: half of the time that a program of 10,000
statements took to be read went there. What is not needed any more is given back at once all the same, by counting.
"""

from __future__ import annotations

import gc
from _thread import allocate_lock  # what threading.Lock is; threading would cost a start 1 ms
from contextlib import ContextDecorator

MANY = 100_000
"""New objects that are not looked through when building ends: the first look would take as long as all of those saved.
Trees and steps have no cycles, so they may count as old at once."""

FROZEN_AT_START = 1_000
"""More than Python itself freezes as it starts (3.12: 375); whoever freezes on purpose freezes all there is, and that
stays as it is."""


class Paused(ContextDecorator):
    """While at least one thread builds, nobody looks for cycles; afterwards all is as it was."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._builders = 0
        self._resume = False

    def __enter__(self) -> None:
        with self._lock:
            if not self._builders:
                self._resume = gc.isenabled()
                gc.disable()
            self._builders += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._builders -= 1
            if not self._builders and self._resume:
                _let_age()
                gc.enable()


def _let_age() -> None:
    """Put what is new among what is old, unseen."""
    if gc.get_count()[0] > MANY and gc.get_freeze_count() < FROZEN_AT_START:
        gc.freeze()
        gc.unfreeze()


paused = Paused()
"""For `with paused:` around what builds, or as `@paused`."""
