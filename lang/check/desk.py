"""What the walk through a program has on its desk: the facts gathered so far, and where it stands.

Law: the one place of this stage with state. What is still to come in the text is in `outline`, made when
first asked for; most programs never ask.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from lang.check.names import Names
from lang.check.outline import Outline, results_of
from lang.check.scope import Scope, Signature
from lang.errors import Mark
from lang.rules import table
from lang.syntax import tree


class Desk:
    """The state of one check.

    Attributes:
        source: the text.
        table, builtin: the primitives, and every name a program may call them by.
        verbs, free_targets: the verbs of commands, and those of them whose targets are no names of the
            program.
        top: the names of the program's own statements.
        names: those of the body the walk is in.
        functions: the program's functions as they are defined at this place.
        ready: functions whose every call from here on finds what it reads.
    """

    def __init__(
        self, program: tree.Program, scope: Scope, verbs: Collection[str], free_targets: Collection[str]
    ) -> None:
        self.source = program.source
        self.body = program.body
        self.table = table()
        self.builtin = dict.fromkeys(self.table.function_names())
        self.verbs = verbs
        self.free_targets = free_targets
        self.top = Names(dict.fromkeys(scope.names))
        self.names = self.top
        self.functions = dict(scope.functions)
        self.ready: set[str] = set()
        self._heads: dict[int, Signature] = {}

    @cached_property
    def outline(self) -> Outline:
        """What the whole text assigns and defines."""
        return Outline(self.body)

    @property
    def at_top(self) -> bool:
        """Is the walk in the program's own statements, not in a function or rule?"""
        return self.names is self.top

    def signature(self, node: tree.Function) -> Signature:
        """A definition's signature; what its body reads and calls is filled in by the walk through it."""
        found = self._heads.get(id(node))
        if found is None:
            parameters = tuple(each.name for each in node.parameters)
            found = self._heads[id(node)] = Signature(
                node.name.name, parameters, results_of(node.body), node.name.span, self.source
            )
        return found

    def value_mark(self, name: str) -> tuple[Mark, ...]:
        """Where a variable of the program first gets a value, if that is in this text."""
        span = self.top.known.get(name) or self.outline.names.get(name)
        return (Mark(span, f"`{name}` gets its first value here"),) if span else ()


def defined_mark(signature: Signature) -> Mark:
    """Where a function is defined."""
    return Mark(signature.span, f"`{signature.head}` is defined here", signature.source)
