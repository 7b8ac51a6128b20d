"""A fault of our own while somebody types -> the same key without what failed, and one line that says so.

Law: what only helps (colours, the menu, the toolbar) may fail and nobody's typing is lost by it; each fault is told
once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Faults:
    """The faults that nobody has been told yet.

    Attributes:
        untold: what they were, in words.
    """

    def __init__(self) -> None:
        self.untold: list[str] = []
        self._known: set[str] = set()

    def guarded(self, do: Callable[Given, Made], instead: Callable[Given, Made]) -> Callable[Given, Made]:
        """The same function, except that it does something else where it fails."""

        def safe(*given: Given.args, **named: Given.kwargs) -> Made:
            try:
                return do(*given, **named)
            except Exception as error:
                self.note(error)
                return instead(*given, **named)

        return safe

    def note(self, error: BaseException) -> None:
        """Remember a fault, once."""
        said = words(error)
        if said not in self._known:
            self._known.add(said)
            self.untold.append(said)

    def tell(self) -> list[str]:
        """What has not been told yet; it counts as told from now on."""
        told, self.untold = self.untold, []
        return told


def words(error: BaseException) -> str:
    """A fault in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
