"""Functions as they are defined at one place of a program -> what a call of each reaches.

Law: a function's meaning is its body and the meanings of those it calls, so it is found once, whoever asks, and a chain
of functions costs as much as it is long (`lang.steps.reach`). Functions that call each other mean something together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lang.clock import watched
from lang.errors import CommandError
from lang.export.walk import EXPORTING
from lang.source import Source, Span
from lang.steps import form
from lang.steps.reach import groups
from lang.steps.walk import blocks_of


@dataclass(frozen=True, slots=True)
class Reached:
    """What a call of a function reaches.

    Attributes:
        meaning: a number, the same for the same meaning.
        reads: the names of the program that are read. stacks: those that are used.
    """

    meaning: int
    reads: frozenset[str]
    stacks: frozenset[int]


class Reach:
    """What each function of a program reaches, at one place of it.

    Args:
        foreign: names of functions that need no definition.
        functions: those that are defined there.
        meanings: the meanings that are known of other places.
    """

    def __init__(
        self,
        foreign: frozenset[str],
        functions: dict[str, form.Procedure] | None = None,
        meanings: dict[object, int] | None = None,
    ) -> None:
        self.foreign = foreign
        self.functions = {} if functions is None else functions
        self._meanings = {} if meanings is None else meanings
        self._found: dict[str, Reached] = {}
        self._outlines: dict[str, tuple[set[str], set[int]]] = {}

    def after(self, procedure: form.Procedure) -> Reach:
        """The place after a definition; a name that is new changes nothing for those who call the others."""
        known = self.functions.get(procedure.name)
        if known is None or known.body is procedure.body:
            self.functions[procedure.name] = procedure
            return self
        return Reach(self.foreign, {**self.functions, procedure.name: procedure}, self._meanings)

    def of(self, name: str, span: Span, source: Source) -> Reached:
        """What a call of a function reaches.

        Args:
            span, source: where the call stands.

        Raises:
            CommandError: the function, or one that it calls, is not defined.
        """
        if name not in self._found:
            self._settle(name, span, source)
        return self._found[name]

    def _calls(self, name: str, span: Span, source: Source) -> list[str]:
        """The functions with a definition that a function calls."""
        if name not in self.functions:
            raise CommandError(
                f"`{name}` is not defined in what is exported",
                span,
                source=source,
                hint="export the program that defines it",
            )
        self._outlines[name] = outline(self.functions[name].body)
        called = self._outlines[name][0]
        return sorted(each for each in called if each in self.functions or each not in self.foreign)

    def _settle(self, root: str, span: Span, source: Source) -> None:
        """Find out what a function reaches, and all that it calls before it; groups that call each other at once."""
        for group in groups(root, lambda name: self._calls(name, span, source), self._found):
            self._close(group)

    def _close(self, group: list[str]) -> None:
        """Functions that call each other reach the same."""
        reads: set[str] = set()
        stacks: set[int] = set()
        beyond: set[int] = set()
        for each in group:
            calls, used = self._outlines[each]
            reads.update(self.functions[each].reads)
            stacks |= used
            for found in (self._found[inner] for inner in calls if inner in self._found):
                beyond.add(found.meaning)
                reads |= found.reads
                stacks |= found.stacks
        own = frozenset((each, id(self.functions[each].body)) for each in group)
        meaning = self._meanings.setdefault((own, frozenset(beyond)), len(self._meanings))
        reached = Reached(meaning, frozenset(reads), frozenset(stacks))
        self._found.update(dict.fromkeys(group, reached))


def outline(block: form.Block) -> tuple[set[str], set[int]]:
    """The functions that some steps call, and the stacks they use."""
    calls: set[str] = set()
    stacks: set[int] = set()
    for step in every(block):
        if isinstance(step, form.Call) and not step.by:
            calls.add(step.function)
        elif isinstance(step, form.Push | form.Pop):
            stacks.add(step.stack)
    return calls, stacks


def every(block: form.Block) -> Iterable[form.Step]:
    """Every step, those in blocks too."""
    pending = [block]
    while pending:
        for step in watched(pending.pop(), EXPORTING):
            yield step
            pending.extend(blocks_of(step))
