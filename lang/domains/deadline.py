"""A bound in seconds for code of others that looks at no clock.

Law: the bound holds in any thread and leaves nothing behind: while it stands, each call that the code makes looks at
the clock (a profiling hook), and the one that is late raises.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
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


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `Late` from within the block once so many seconds have passed."""
    end = monotonic() + seconds
    before = sys.getprofile()

    def look(frame: Any, event: str, argument: Any) -> None:
        if event == "call" and monotonic() > end and not frame.f_code.co_flags & SILENT and not _ends(frame):
            raise Late

    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)
