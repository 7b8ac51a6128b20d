"""Contributions to adjoints -> statements: one for each name, contributions summed in the order of the program.

Law: the first contribution to an adjoint is an assignment. Contributions wait until the adjoint is wanted, so that they
become one statement (`gx = y * ga + cos(x) * gb`); they are written earlier only where waiting would change what they
mean, because a name they read is about to get another value.
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.source import Span
from lang.steps.trail import Trail
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, constant, name
from lang.transform.lines import Line, Term, line, read
from lang.transform.names import Names
from lang.transform.stencil import IDENTITY, Filling, Stencil


class Adjoints:
    """The adjoints of one scope while its sweep back is written.

    Args:
        names: where new names come from.
        taped: add up the last statement's contribution first, as a tape does.
    """

    def __init__(self, names: Names, taped: bool = False) -> None:
        self.names = names
        self.taped = taped
        self.out: list[tree.Statement | Line] = []
        self.held = Trail()
        self.origin: Span = NOWHERE
        self._waiting: dict[str, list[Term]] = {}  # the last in the program first
        self._words: dict[str, str] = {}
        self._need: set[str] = set()
        self._unread: list[Term] = []  # what reads names that are not in `_need` yet
        self._readers: _Readers | None = None  # nobody asks in a program without blocks

    def word(self, source: str) -> str:
        """The name of the adjoint of a written name."""
        if source not in self._words:
            self._words[source] = self.names.fresh("g" + source.split(" ")[0])
        return self._words[source]

    @property
    def need(self) -> set[str]:
        """The names whose values the sweep back reads, so far."""
        unread, self._unread = self._unread, []
        for part, words, _ in unread:
            self._need.update(read(part, words))
        return self._need

    def require(self, names: Iterable[str]) -> None:
        """Other statements of the sweep back read names, too."""
        self._need.update(names)

    # --- contributions --------------------------------------------------------------------------------------

    def add(self, source: str, word: str) -> None:
        """All of another adjoint is a contribution to that of a name."""
        self.contribute(source, IDENTITY, [word])

    def contribute(self, source: str, part: Stencil, words: Filling) -> None:
        """A contribution to the adjoint of a name, from a statement before those that contributed so far."""
        term = part, words, self.origin
        waiting = self._waiting.get(source)
        if waiting is None:
            self._waiting[source] = [term]
        else:
            waiting.append(term)
        self._unread.append(term)
        if self._readers is not None:
            self._readers.note(source, term)

    def _waited(self, source: str) -> list[Term]:
        """What waits for a name, in the order that it is added up; it waits no longer."""
        waiting = self._waiting.pop(source, None)
        if waiting is None:
            return []
        if self._readers is not None:
            self._readers.forget(source, waiting)
        if not self.taped:
            waiting.reverse()
        return waiting

    def take(self, source: str) -> str:
        """The name of the whole adjoint of a name, written; empty where nothing contributed."""
        self.write(source)
        return self.word(source) if source in self.held else ""

    def write(self, source: str) -> None:
        """Write the contributions to the adjoint of a name that still wait."""
        terms = self._waited(source)
        if not terms:
            return
        self.overwrite(source)
        word = self.word(source)
        if source in self.held:
            terms.insert(0, (IDENTITY, [word], None))
        first, words, _ = terms[0]
        if len(terms) > 1 or first.right.__class__ is not tree.Name or read(first, words) != [word]:
            self.out.append(line(word, terms))
        self.held.add(source)

    def put(self, word: str, value: tree.Expression) -> None:
        """Write `word = value`."""
        self.out.append(tree.Assign((name(word),), None, (value,), NOWHERE))

    def kill(self, source: str) -> None:
        """Before this place the name is another value, to which nothing contributed yet."""
        self.held.discard(source)

    def overwrite(self, source: str) -> None:
        """The adjoint of a name is about to get another value; what waits can read it only if it has a name."""
        if source in self._words:
            self.free(self._words[source])

    def free(self, word: str) -> None:
        """A name is about to get another value: write what waits and reads it."""
        if self._readers is None:
            self._readers = _Readers(self._waiting)
        for source in self._readers.of(word):
            self.write(source)

    def write_all(self) -> None:
        """Write everything that waits."""
        for source in list(self._waiting):
            self.write(source)

    def zero(self, source: str) -> None:
        """Write that the adjoint of a name is 0 here."""
        self.overwrite(source)
        self.put(self.word(source), constant(0.0))
        self.held.add(source)

    def idle(self, source: str) -> bool:
        """Has nothing contributed to the adjoint of a name so far?"""
        return source not in self.held and source not in self._waiting

    def forget(self, source: str) -> None:
        """Drop what waits for a name: the statement that gives it its value has been passed."""
        self._waited(source)


class _Readers:
    """For each name, whose contributions read it while they wait, in the order that they began to wait.

    Args:
        waiting: what waits already.
    """

    def __init__(self, waiting: dict[str, list[Term]]) -> None:
        self._count = 0
        self._order: dict[str, int] = {}
        self._readers: dict[str, set[str]] = {}
        for source, terms in waiting.items():
            for term in terms:
                self.note(source, term)

    def note(self, source: str, term: Term) -> None:
        """A contribution to the adjoint of a name waits from now on."""
        if source not in self._order:
            self._count += 1
            self._order[source] = self._count
        for each in read(term[0], term[1]):
            self._readers.setdefault(each, set()).add(source)

    def forget(self, source: str, terms: list[Term]) -> None:
        """All that waited for a name waits no longer."""
        del self._order[source]
        for part, words, _ in terms:
            for each in read(part, words):
                among = self._readers.get(each)
                if among is not None:
                    among.discard(source)
                    if not among:
                        del self._readers[each]

    def of(self, word: str) -> list[str]:
        """Whose contributions read a name."""
        return sorted(self._readers.get(word, ()), key=self._order.__getitem__)
