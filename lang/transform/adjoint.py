"""Contributions to adjoints -> statements: one for each name, contributions summed in the order of the program.

Law: the first contribution to an adjoint is an assignment. Contributions wait until the adjoint is wanted, so that they
become one statement (`gx = y * ga + cos(x) * gb`); they are written earlier only where waiting would change what they
mean, because a name they read is about to get another value.
"""

from __future__ import annotations

from typing import Any

from lang.source import Span
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, constant, name
from lang.transform.lines import Line, line, read
from lang.transform.names import Names
from lang.transform.stencil import IDENTITY, Filling, Stencil

Waiting = tuple[Stencil, Filling, Span]
"""A contribution, the names in its holes, and where it comes from."""


class Adjoints:
    """The adjoints of one scope while its sweep back is written.

    Args:
        names: where new names come from.
        given: names that adjoints of some words must have.
        taped: add up the last statement's contribution first, as a tape does.
    """

    def __init__(self, names: Names, given: dict[str, str] | None = None, taped: bool = False) -> None:
        self.names = names
        self.taped = taped
        self.out: list[tree.Statement | Line] = []
        self.need: set[str] = set()
        self.held: set[str] = set()
        self.origin: Span = NOWHERE
        self._waiting: dict[str, list[Waiting]] = {}  # the last in the program first
        self._order: dict[str, int] = {}
        self._count = 0
        self._readers: dict[str, set[str]] = {}
        self._words = dict(given or {})

    def word(self, source: str) -> str:
        """The name of the adjoint of a written name."""
        if source not in self._words:
            self._words[source] = self.names.fresh("g" + source.split(" ")[0])
        return self._words[source]

    # --- contributions --------------------------------------------------------------------------------------

    def add(self, source: str, word: str) -> None:
        """All of another adjoint is a contribution to that of a name."""
        self.contribute(source, IDENTITY, [word])

    def contribute(self, source: str, part: Stencil, words: Filling) -> None:
        """A contribution to the adjoint of a name, from a statement before those that contributed so far."""
        waiting = self._waiting.get(source)
        if waiting is None:
            waiting = self._waiting[source] = []
            self._count += 1
            self._order[source] = self._count
        waiting.append((part, words, self.origin))
        readers, need = self._readers, self.need
        for place in part.reads:
            each: Any = words[place] if place.__class__ is int else place
            need.add(each)
            if each in readers:
                readers[each].add(source)
            else:
                readers[each] = {source}

    def _waited(self, source: str) -> list[Waiting]:
        """What waits for a name, in the order that it is added up; it waits no longer."""
        waiting = self._waiting.pop(source, None)
        if waiting is None:
            return []
        readers = self._readers
        for part, words, _ in waiting:
            for place in part.reads:
                each: Any = words[place] if place.__class__ is int else place
                among = readers.get(each)
                if among is not None:
                    among.discard(source)
                    if not among:
                        del readers[each]
        del self._order[source]
        return waiting if self.taped else waiting[::-1]

    def take(self, source: str) -> str:
        """The name of the whole adjoint of a name, written; empty where nothing contributed."""
        self.write(source)
        return self.word(source) if source in self.held else ""

    def write(self, source: str) -> None:
        """Write the contributions to the adjoint of a name that still wait."""
        waiting = self._waited(source)
        if not waiting:
            return
        word = self.word(source)
        terms = [(part, words) for part, words, _ in waiting]
        if source in self.held:
            terms.insert(0, (IDENTITY, [word]))
        self.free(word)
        if len(terms) > 1 or terms[0][0].right.__class__ is not tree.Name or read(*terms[0]) != [word]:
            origins = tuple(dict.fromkeys([origin for _, _, origin in waiting]))
            self.out.append(line(word, terms, origins))
        self.held.add(source)

    def put(self, word: str, value: tree.Expression) -> None:
        """Write `word = value`."""
        self.out.append(tree.Assign((name(word),), None, (value,), NOWHERE))

    def kill(self, source: str) -> None:
        """Before this place the name is another value, to which nothing contributed yet."""
        self.held.discard(source)

    def free(self, word: str) -> None:
        """A name is about to get another value: write what waits and reads it."""
        readers = self._readers.get(word)
        if readers:
            for source in sorted(readers, key=self._order.__getitem__):
                self.write(source)

    def write_all(self) -> None:
        """Write everything that waits."""
        for source in list(self._waiting):
            self.write(source)

    def zero(self, source: str) -> None:
        """Write that the adjoint of a name is 0 here."""
        word = self.word(source)
        self.free(word)
        self.put(word, constant(0.0))
        self.held.add(source)

    def idle(self, source: str) -> bool:
        """Has nothing contributed to the adjoint of a name so far?"""
        return source not in self.held and source not in self._waiting

    def forget(self, source: str) -> None:
        """Drop what waits for a name: the statement that gives it its value has been passed."""
        self._waited(source)
