"""A bound in seconds for code of others that looks at no clock.

Law: the bound holds in any thread and leaves nothing behind: while it stands, each call that the code makes looks at
the clock (a profiling hook), and the one that is late raises.

It raises in functions of that code alone. Python calls others by itself in between, when it collects garbage or when a
weak reference ends, and swallows what is raised there: the bound would be lost, and a traceback shown.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

SILENT = inspect.CO_GENERATOR
"""A generator may be called to be closed, where Python swallows what is raised and takes the hook away."""


class Late(BaseException):
    """The time is over. Not an `Exception`, so that nobody on the way takes it for one of theirs."""


def _ends(frame: Any) -> bool:
    """Does something's end call this (`__del__`)? What is raised there is swallowed, too, and shown as a traceback."""
    while frame is not None and frame.f_code.co_name != "__del__":
        frame = frame.f_back
    return frame is not None


OTHERS = frozenset({"sympy", "mpmath", "lang"})
"""The packages whose functions may raise."""


@contextmanager
def deadline(seconds: float, packages: Collection[str] = OTHERS) -> Iterator[None]:
    """Raise `Late` from within the block once so many seconds have passed.

    Args:
        packages: the packages whose functions look at the clock.
    """
    end = monotonic() + seconds
    before = sys.getprofile()

    def look(frame: Any, event: str, argument: Any) -> None:
        if event != "call" or monotonic() <= end or frame.f_code.co_flags & SILENT:
            return
        if str(frame.f_globals.get("__name__")).partition(".")[0] in packages and not _ends(frame):
            raise Late

    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)
