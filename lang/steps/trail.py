"""The names that move, have a value or are needed at the place being written -> the same after a branch.

Law: a way costs what it changes, however many names there are. So nothing is copied when a way begins: what it changes
is noted, told when it ends, and undone for the next one.

    names = {x, y};   begin;   + z, - y;   end -> came {z}, gone {y};   names = {x, y} again
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Way(NamedTuple):
    """What a way of a branch changed: the names that came, those that went, and those that came and went again."""

    came: set[str]
    gone: set[str]
    passed: set[str]


class Trail(set[str]):
    """A set of names that can go back to what it was; changed by these methods only."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        super().__init__(names)
        self._noted: list[dict[Any, bool]] = []

    def add(self, name: str) -> None:
        """A name is so from here on."""
        if name not in self:
            if self._noted:
                self._noted[-1].setdefault(name, False)
            super().add(name)

    def discard(self, name: object) -> None:
        """A name is so no longer."""
        if name in self:
            if self._noted:
                self._noted[-1].setdefault(name, True)
            super().discard(name)

    def update(self, *others: Iterable[str]) -> None:
        """Names are so from here on."""
        if not self._noted:
            super().update(*others)
            return
        for names in others:
            for each in names:
                self.add(each)

    def begin(self) -> None:
        """A way begins."""
        self._noted.append({})

    def end(self) -> Way:
        """What was changed since it began, undone."""
        noted = self._noted.pop()
        came = {each for each, before in noted.items() if not before and each in self}
        gone = {each for each, before in noted.items() if before and each not in self}
        passed = {each for each, before in noted.items() if not before and each not in self}
        super().difference_update(came)
        super().update(gone)
        for each in passed if self._noted else ():  # it passed on the way around this one, too
            self._noted[-1].setdefault(each, False)
        return Way(came, gone, passed)

    def join(self, ways: Sequence[Way]) -> None:
        """After a branch a name is so if it is at the end of one of its ways."""
        self.update(*(way.came for way in ways))
        for each in set.intersection(*(way.gone for way in ways)) if ways else ():
            self.discard(each)


def lacking(ways: Sequence[Way]) -> tuple[set[str], list[set[str]]]:
    """What ways lack at their end that came in others: names that several lack, and what else each way lacks.

    What several lack is given to all before the branch: one statement, where many ways would else have one each. A way
    that had such a name in between lacks it still.
    """
    everywhere = set.intersection(*(way.gone for way in ways)) if ways else set()
    counts = Counter(each for way in ways for each in way.came)
    early = {each for each, count in counts.items() if len(ways) - count > 1}
    late = counts.keys() - early
    return early, [late - way.came | (way.gone - everywhere) | (way.passed & early) for way in ways]
