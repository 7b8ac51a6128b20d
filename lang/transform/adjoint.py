"""Contributions to adjoints -> statements: one for each name, contributions summed in the order of the program.

Law: the first contribution to an adjoint is an assignment. Contributions wait until the adjoint is wanted, so that they
become one statement (`gx = y * ga + cos(x) * gb`); they are written earlier only where waiting would change what they
mean, because a name they read is about to get another value.
"""

from __future__ import annotations

from lang.source import Span
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, constant, mentions, name
from lang.transform.names import Names
from lang.transform.scope import summed

Waiting = tuple[tree.Expression, set[str], Span]
"""A contribution, what it reads, and where it comes from."""


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
        self.out: list[tree.Statement] = []
        self.need: set[str] = set()
        self.held: set[str] = set()
        self.origin: Span = NOWHERE
        self._waiting: dict[str, list[Waiting]] = {}  # the last in the program first
        self._order: dict[str, int] = {}
        self._count = 0
        self._readers: dict[str, set[str]] = {}
        self._words = dict(given or {})
        self._names: dict[str, tree.Name] = {}

    def word(self, source: str) -> str:
        """The name of the adjoint of a written name."""
        if source not in self._words:
            self._words[source] = self.names.fresh("g" + source.split(" ")[0])
        return self._words[source]

    # --- contributions --------------------------------------------------------------------------------------

    def add(self, source: str, part: tree.Expression) -> None:
        """A contribution to the adjoint of a name, from a statement before those that contributed so far."""
        self.contribute(source, part, mentions(part))

    def contribute(self, source: str, part: tree.Expression, reads: set[str]) -> None:
        """The same, where what it reads is known."""
        waiting = self._waiting.get(source)
        if waiting is None:
            waiting = self._waiting[source] = []
            self._count += 1
            self._order[source] = self._count
        waiting.append((part, reads, self.origin))
        self.need |= reads
        readers = self._readers
        for each in reads:
            if each in readers:
                readers[each].add(source)
            else:
                readers[each] = {source}

    def _waited(self, source: str) -> list[Waiting]:
        """What waits for a name, in the order that it is added up; it waits no longer."""
        waiting = self._waiting.pop(source, None)
        if waiting is None:
            return []
        for _, reads, _ in waiting:
            for each in reads:
                self._readers[each].discard(source)
        del self._order[source]
        return waiting if self.taped else waiting[::-1]

    def take(self, source: str) -> tree.Expression | None:
        """The whole adjoint of a name, written; None where nothing contributed."""
        self.write(source)
        return self._named(self.word(source)) if source in self.held else None

    def write(self, source: str) -> None:
        """Write the contributions to the adjoint of a name that still wait."""
        waiting = self._waited(source)
        if not waiting:
            return
        word = self.word(source)
        parts = [part for part, _, _ in waiting]
        if source in self.held:
            parts.insert(0, self._named(word))
        self.free(word)
        if len(parts) > 1 or not (isinstance(parts[0], tree.Name) and parts[0].name == word):
            self.put(word, summed(parts), tuple(dict.fromkeys([origin for _, _, origin in waiting])))
        self.held.add(source)

    def put(self, word: str, value: tree.Expression, origins: tuple[Span, ...] = ()) -> None:
        """Write `word = value`."""
        self.out.append(tree.Assign((self._named(word),), None, (value,), NOWHERE, origins))

    def _named(self, word: str) -> tree.Name:
        found = self._names.get(word)
        if found is None:
            found = self._names[word] = name(word)
        return found

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
