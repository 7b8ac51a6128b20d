"""The names of one body (the program's own, a function's, a rule's), as far as the walk has come.

Law: a name may be read where some assignment can come before the read. Above it in the text, any can; below
it, only a loop can bring one, and only from a turn that came before:

    for i in range(3):
        if i > 0:
            y = x        # may read x: an earlier turn gave it a value
        x = i

In the first turn of a loop everything runs in the order of the text. So a read that happens in every turn
needs an assignment above it, or one below the loop's end inside a loop further out.
"""

from __future__ import annotations

from collections.abc import Mapping

from lang.check.outline import assigned
from lang.check.scope import Use
from lang.source import Span
from lang.syntax import tree

ANYWHERE = -1


class Names:
    """The names of one body at one place.

    Attributes:
        known: names that may be read, with the first place that gave each a value (None: not in this text).
        own: in a function or rule, every name that belongs to it; None for the program's own statements.
        free, calls: names of the program that were read and calls of its functions, with the first place of
            each; the walk fills what it is given.
        operands: in a rule, its operands.
    """

    def __init__(
        self,
        known: dict[str, Span | None],
        own: Mapping[str, Span] | None = None,
        free: dict[str, Span] | None = None,
        calls: dict[Use, Span] | None = None,
        operands: tuple[str, ...] = (),
    ) -> None:
        self.known = known
        self.own = own
        self.free = {} if free is None else free
        self.calls = {} if calls is None else calls
        self.operands = operands
        self._last: dict[str, int] = {}
        self._after = ANYWHERE
        self._outside: list[int] = []

    def enter_branch(self) -> None:
        """From here on statements run only sometimes."""
        self._outside.append(self._after)
        self._after = ANYWHERE

    def enter_loop(self, loop: tree.While | tree.For) -> None:
        """From here on statements run again and again."""
        self._outside.append(self._after)
        self._after = loop.span[1]
        if not self._last:
            self._last = {name.name: name.span[0] for name in assigned((loop,))}

    def leave(self, outermost: bool) -> None:
        """The end of a branch or loop; `outermost`: the end of a loop that stands in no other loop."""
        self._after = self._outside.pop()
        if outermost:
            self._last = {}

    def may_come(self, name: str, sometimes: bool) -> bool:
        """Can an assignment further down come before a read here? `sometimes`: not each turn reads it."""
        place = self._last.get(name)
        return place is not None and (sometimes or place > self._after)
