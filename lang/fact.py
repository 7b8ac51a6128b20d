"""Names and what they stand for -> a fact: what one stage tells the next, such as a node, a step or a signature.

Law: a fact is what its class lists in `__match_args__`, each given to it under that name and kept under that name. Two
facts are the same only if they are one object. What is equal where its values are is a `NamedTuple`, or `Telling` where
people look at it: a notebook shows a tuple as a tuple, whatever it says of itself.

Python writes the methods of a dataclass anew whenever the module is imported, which takes 0.1 to 0.4 ms for each class,
and what writes them takes 6 ms to import: together that was half of a start. So the facts that every start needs write
their `__init__` out, and all modules that a first gradient imports do without dataclasses (a test looks). Elsewhere a
dataclass is the way.
"""

from __future__ import annotations

from typing import Any, Self


class Fact:
    """Tells what it holds, and makes others like itself."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__match_args__)})"

    def but(self, **changes: Any) -> Self:
        """The same, but with these parts in place of its own."""
        own = {name: getattr(self, name) for name in self.__match_args__ if name not in changes}
        return type(self)(**own, **changes)


class Telling(Fact):
    """A fact that equals another of its kind that tells the same."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__match_args__)

    __hash__ = None  # type: ignore[assignment]
