"""A program whose functions change their meaning -> one in which each function has one, for a translation gives it one.

Law: a call means what the function means at that place, through every function on the way. So a later meaning gets a
name of its own, and so does, from then on, each function that calls it:

    f(x) = x**2               f(x) = x**2
    g(x) = f(x) + 1           g(x) = f(x) + 1
    a = g(x)                  a = g(x)
    f(x) = x**3        ->     f_1(x) = x**3
    b = g(x)                  g_1(x) = f_1(x) + 1
                              b = g_1(x)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lang.syntax import tree
from lang.syntax.walk import with_operands
from lang.transform.expressions import name
from lang.transform.names import Names, language_names, used_names
from lang.transform.rewriting import Rewriter


def one_meaning(body: Sequence[tree.Statement]) -> list[tree.Statement]:
    """The statements, with a name for each meaning of a function.

    A definition that is used by nothing after it and has one before it is left out.
    """
    defined = [node.name.name for node in body if isinstance(node, tree.Function)]
    if len(set(defined)) == len(defined) and not any(isinstance(node, tree.Rule) for node in body):
        return list(body)
    return _Meanings(body).statements(body)


@dataclass
class _Meaning:
    """What a function means now: its definition and rules, what they call, and how they were written, if they were."""

    nodes: list[tree.Function | tree.Rule]
    calls: set[str]
    written: str = ""
    through: tuple[tuple[str, str], ...] = ()
    used: bool = False


class _Meanings:
    def __init__(self, body: Sequence[tree.Statement]) -> None:
        self.names = Names(used_names(body) | language_names())
        self.meanings: dict[str, _Meaning] = {}
        self.out: list[tree.Statement] = []
        self.renamed: set[str] = set()

    def statements(self, body: Sequence[tree.Statement]) -> list[tree.Statement]:
        """The statements, one after another."""
        for node in body:
            if isinstance(node, tree.Function):
                self._defined(node)
            elif isinstance(node, tree.Rule) and isinstance(node.left, tree.Apply):
                self._ruled(node, node.left.function)
            else:
                self._use(self._functions(node))
                self.out.append(self._renaming().statement(node) if self.renamed else node)
        return self.out

    def _functions(self, node: object) -> set[str]:
        return used_names((node,)) & self.meanings.keys()

    def _defined(self, node: tree.Function) -> None:
        own = node.name.name
        first = own not in self.meanings
        self.meanings[own] = _Meaning([node], used_names((node,)) - {own})
        if first:
            self.meanings[own].written = own
            self._write(own)

    def _ruled(self, node: tree.Rule, own: str) -> None:
        meaning = self.meanings[own]
        calls = meaning.calls | used_names((node,)) - {own}
        if meaning.used or not meaning.written:
            self.meanings[own] = _Meaning([meaning.nodes[0], node], calls)
            return
        meaning.nodes.append(node)
        meaning.calls = calls
        meaning.through = self._through(meaning)
        self.out.append(self._renaming().statement(node))

    def _use(self, functions: Iterable[str]) -> None:
        """Write what these functions mean now, if it has not been, and know that they are used."""
        reached = self._reached(functions)
        stale = self._stale(reached)
        for each in stale:
            self.meanings[each].written = self.names.function(each)
        self.renamed.update(stale)
        for each in stale:
            self._write(each)
        for each in reached:
            self.meanings[each].used = True

    def _reached(self, functions: Iterable[str]) -> list[str]:
        """The functions that calls of these reach, in the order of their first definitions."""
        pending, reached = list(functions), set[str]()
        while pending:
            each = pending.pop()
            if each in self.meanings and each not in reached:
                reached.add(each)
                pending.extend(self.meanings[each].calls)
        return [each for each in self.meanings if each in reached]

    def _stale(self, reached: list[str]) -> list[str]:
        """Those of them that are not written as they are meant now; all get their names before the first is written."""
        stale = {each for each in reached if self._changed(self.meanings[each])}
        while True:
            more = {each for each in reached if self.meanings[each].calls & stale} - stale
            if not more:
                break
            stale |= more
        for each in stale:
            self.meanings[each] = replace(self.meanings[each], written="", used=False)
        return [each for each in reached if each in stale]

    def _changed(self, meaning: _Meaning) -> bool:
        known = dict(meaning.through)
        now = dict(self._through(meaning))
        return not meaning.written or any(known[each] != now[each] for each in known.keys() & now.keys())

    def _through(self, meaning: _Meaning) -> tuple[tuple[str, str], ...]:
        """The functions that a meaning calls, as they are written now."""
        return tuple((each, self.meanings[each].written) for each in sorted(meaning.calls & self.meanings.keys()))

    def _write(self, own: str) -> None:
        meaning = self.meanings[own]
        renaming = self._renaming()
        self.out.extend(renaming.statement(each) if self.renamed else each for each in meaning.nodes)
        meaning.through = self._through(meaning)

    def _renaming(self) -> _Renaming:
        return _Renaming({each: self.meanings[each].written or each for each in self.renamed})


class _Renaming(Rewriter):
    """Gives calls, definitions and rules the names that functions have now."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words

    def statement(self, node: tree.Statement) -> tree.Statement:
        """A statement with the names that functions have now."""
        found = super().statement(node)
        if isinstance(found, tree.Function):
            word = name(self.words.get(found.name.name, found.name.name))
            return tree.Function(word, found.parameters, found.body, found.short, found.span)
        if isinstance(found, tree.Rule):
            left = self.expression(found.left)
            return tree.Rule(found.result, left, found.differential, found.right, found.clauses, found.span)
        return found

    def rebuilt(self, node: tree.Expression, parts: tuple[tree.Expression, ...]) -> tree.Expression:
        """A call of the function by its name now."""
        if isinstance(node, tree.Apply):
            return tree.Apply(self.words.get(node.function, node.function), parts, node.span, node.name_span)
        if isinstance(node, tree.Derivative):
            word = self.words.get(node.function, node.function)
            return tree.Derivative(word, node.primes, node.by, parts, node.span, node.name_span)
        return with_operands(node, parts)
