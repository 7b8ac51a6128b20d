"""A scope being written: its statements so far, and how each name of the steps is called in them.

Law: in the straight part of a scope a name that is assigned again gets a name of its own (`x`, `x_1`, ...), so that
what was written before still means what it meant. Inside loops and branches a name keeps the one it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lang.source import Span
from lang.steps import form
from lang.steps.trail import Trail
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, mentions, name, operand, place, substitute
from lang.transform.lines import Line
from lang.transform.names import Names


class Writer:
    """Writes the statements of one scope.

    Args:
        names: where new names come from.
        kept: names that must keep their own name (functions read them).
        present: names that have a value before the scope begins.
    """

    def __init__(self, names: Names, kept: Collection[str], present: Iterable[str] = ()) -> None:
        self.names = names
        self.kept = kept
        self.out: list[tree.Statement | Line] = []
        self.printed: dict[str, str] = {}
        self.known = Trail(present)
        self.depth = 0
        self._named: dict[str, tree.Name] = {}
        self.origin: Span = NOWHERE

    def word(self, source: str) -> str:
        """How a name of the steps is written here, now."""
        return self.printed.get(source, source)

    def words(self, sources: Iterable[form.Operand]) -> list[form.Operand]:
        """How operands are written here, now."""
        printed: Mapping[Any, str] = self.printed  # no number is in it
        return [printed.get(each, each) for each in sources] if printed else list(sources)

    def value(self, source: form.Operand) -> tree.Expression:
        """An operand as written here, now."""
        return self.named(self.word(source)) if isinstance(source, str) else operand(source)

    def named(self, word: str) -> tree.Name:
        """A written name as an expression: one for each, however often it stands."""
        found = self._named.get(word)
        if found is None:
            found = self._named[word] = name(word)
        return found

    def rewritten(self, expression: tree.Expression) -> tree.Expression:
        """An expression of the program with the names written here, now."""
        printed = self.printed
        if not printed:
            return expression
        words = {each: printed[each] for each in mentions(expression) if each in printed}
        changed = {source: name(word) for source, word in words.items() if word != source}
        return substitute(expression, changed, fold=False) if changed else expression

    def assign(self, source: str) -> str:
        """The name that an assignment to `source` writes to, from now on what it is called."""
        if source in self.known and not self.depth and source not in self.kept:
            self.printed[source] = self.names.fresh(source)
        self.known.add(source)
        return self.word(source)

    def alias(self, target: str, source: form.Operand) -> bool:
        """Let a snapshot of a name be called by that name, where nothing written later overwrites it."""
        straight = isinstance(source, str) and not self.depth and source not in self.kept
        if not straight or not isinstance(target, form.Snapshot):
            return False
        self.printed[target] = self.word(str(source))
        self.known.add(target)
        return True

    def put(self, target: str | tuple[str, ...], value: tree.Expression) -> None:
        """Write `target = value`."""
        targets = (target,) if isinstance(target, str) else target
        self.out.append(tree.Assign(tuple(name(each) for each in targets), None, (value,), NOWHERE))

    def derive(self, target: str | tuple[str, ...], value: tree.Expression) -> None:
        """Write `target = value` as a derivative statement, which tells the step it came from."""
        targets = (target,) if isinstance(target, str) else target
        words = tuple(name(each) for each in targets)
        self.out.append(tree.Assign(words, None, (value,), NOWHERE, (self.origin,)))

    def swap(self, statements: list[tree.Statement | Line]) -> list[tree.Statement | Line]:
        """Write somewhere else from now on; what was written to so far."""
        before, self.out = self.out, statements
        return before


def primal(writer: Writer, step: form.Step) -> tree.Expression | None:
    """The right side of a step that gives one name a value; None for other steps."""
    if isinstance(step, form.Operation):
        return tree.Apply(step.primitive.name, tuple(writer.value(each) for each in step.arguments), NOWHERE, NOWHERE)
    if isinstance(step, form.Copy):
        return writer.value(step.source)
    if isinstance(step, form.Comparison):
        sides = writer.value(step.left), writer.value(step.right)
        return tree.Compare((step.operator,), sides, place(step.span))
    if isinstance(step, form.Negation):
        return tree.Logic("not", (writer.value(step.source),), NOWHERE)
    return None


def called(function: str, arguments: Iterable[tree.Expression]) -> tree.Expression:
    """A call."""
    return tree.Apply(function, tuple(arguments), NOWHERE, NOWHERE)


def range_bounds(writer: Writer, step: form.For) -> tuple[tree.Expression, ...]:
    """The bounds of a loop as a person writes them: those that say nothing are left out."""
    start, stop, stride = (writer.value(each) for each in (step.start, step.stop, step.stride))
    if step.stride != 1.0:
        return (start, stop, stride)
    return (stop,) if step.start == 0.0 and not isinstance(step.start, str) else (start, stop)
