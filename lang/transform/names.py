"""New names that nobody else has, and stay readable: `dx`, `gx`, `t1`, and `dx_1` where `dx` is taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lang.fact import Fact
from lang.rules import table
from lang.steps.lower import CONSTANTS
from lang.syntax import tree, walk

KEYWORDS = frozenset(
    {
        "if",
        "elif",
        "else",
        "while",
        "for",
        "in",
        "def",
        "return",
        "and",
        "or",
        "not",
        "range",
        "push",
        "pop",
    }
)


class Names:
    """The names of one scope.

    Args:
        taken: names that new ones must not have.
        common: names that are taken in every scope of the program; by default the same.
    """

    def __init__(self, taken: Iterable[str], common: set[str] | None = None) -> None:
        self.taken = set(taken)
        self._common = set(self.taken) if common is None else common
        self._counts: dict[str, int] = {}  # up to where each wish has been tried

    def fresh(self, wish: str) -> str:
        """The wished name, or the first of `wish_1`, `wish_2`, ... that is free; taken from now on."""
        if wish not in self.taken and wish not in self._common:
            self.taken.add(wish)
            return wish
        name, count = wish, self._counts.get(wish, 0)
        while name in self.taken or name in self._common:
            count += 1
            name = f"{wish}_{count}"
        self._counts[wish] = count
        self.taken.add(name)
        return name

    def function(self, wish: str) -> str:
        """The same for a function, whose name is taken in every scope."""
        name = self.fresh(wish)
        self._common.add(name)
        return name

    def inner(self) -> Names:
        """The names of a function's own scope: what the program and its functions are called is taken there."""
        return Names((), self._common)


def language_names() -> set[str]:
    """Names that mean something everywhere."""
    return {*KEYWORDS, *CONSTANTS, *table().function_names()}


def used_names(nodes: Iterable[object]) -> set[str]:
    """Every name that stands in a tree, of functions too."""
    found: set[str] = set()
    pending: list[Any] = list(nodes)
    while pending:
        node = pending.pop()
        kind = node.__class__
        if kind is tree.Name:
            found.add(node.name)
        elif kind is tree.Apply:
            found.add(node.function)
            pending.extend(node.arguments)
        elif kind is tuple:
            pending.extend(node)
        elif kind is tree.Assign:
            pending.extend(node.targets)
            pending.extend(node.values)
        elif kind is not tree.Number and isinstance(node, Fact):
            if isinstance(node, tree.Derivative):
                found.add(node.function)
            pending.extend(walk.parts(node))
    return found
