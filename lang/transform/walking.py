"""The steps of one scope -> each handed to what writes its kind, with what moves at its place.

Law: both translations walk a scope alike: `active` are the names that move here and now, and a name that moves in some
turn of a loop (`sticky`) moves in all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from lang.steps import form
from lang.steps.drive import Walk
from lang.steps.trail import Trail
from lang.steps.walk import assigned
from lang.syntax import tree
from lang.transform.activity import Key
from lang.transform.expressions import name
from lang.transform.scope import Writer, called
from lang.transform.stencil import RESULT


class Walking:
    """Walks the steps of one scope; a subclass has a method for each kind (`_operation`, `_copy`, ...).

    Args:
        writer: how names are written.
        shared: functions and activity, shared by all scopes of a program.
        active: the names that move before the scope begins.

    Attributes:
        own: the names of a function's own; beyond: the program's names that move and that these hide.
    """

    def __init__(self, writer: Writer, shared: Any, active: Iterable[str] = ()) -> None:
        self.writer = writer
        self.shared = shared
        self.style = shared.style
        self.active = Trail(active)
        self.sticky = Trail()
        self.own: frozenset[str] = frozenset()
        self.beyond: frozenset[str] = frozenset()
        self._handlers: dict[type, Callable[[Any], Walk | None] | None] = {}

    def handler(self, kind: type[form.Step]) -> Callable[[Any], Walk | None] | None:
        """What writes steps of a kind, or begins a walk that does; None where nothing is written for them."""
        if kind not in self._handlers:
            self._handlers[kind] = getattr(self, "_" + kind.__name__.lower(), None)
        return self._handlers[kind]

    def moving_in(self, loop: form.While | form.For) -> set[str]:
        """The names that move somewhere in a loop, and did not before it."""
        return self.shared.activity.closure([loop], self.active, self.own, self.beyond)  # type: ignore[no-any-return]

    @contextmanager
    def turning(self, loop: form.While | form.For, more: set[str]) -> Iterator[None]:
        """Inside a loop and after it: these move, too, and what moves in one turn does in all."""
        self.active.update(more)
        self.active.begin()
        self.sticky.begin()
        self.sticky.update(assigned([loop]) & self.active)
        yield
        self.sticky.end()
        self.active.end()

    def _call(self, step: form.Call) -> Walk | None:
        """A call: by its function's own rule where there is one, else through its function."""
        arguments = [self.writer.value(each) for each in step.arguments]
        key = self.shared.call_key(step, self.active, self.own, self.beyond)
        rule = self.shared.functions[step.function].rule
        if rule is None:
            return self._through(step, arguments, key, self.shared.activity.results(key))
        self._ruled(step, rule, key[1], called(step.function, arguments))
        return None

    def _ruled(self, step: form.Call, rule: form.UserRule, indices: tuple[int, ...], value: tree.Expression) -> None:
        """A call by a rule: the value, and what the arguments at `indices`, which move, contribute."""
        raise NotImplementedError

    def _through(
        self, step: form.Call, arguments: list[tree.Expression], key: Key, results: tuple[bool, ...]
    ) -> Walk | None:
        """A call of a function that is translated for these arguments (`key`), and which `results` of it move."""
        raise NotImplementedError

    def rule_words(self, step: form.Call, rule: form.UserRule) -> dict[str, tree.Expression]:
        """What stands for the names in a user's rule where its function is called.

        Raises:
            DerivativeError: the rule says nothing of something that moves.
        """
        self.shared.check_rule(step, rule, self.active, self.own)
        values = map(self.writer.value, step.arguments)
        words: dict[str, tree.Expression] = dict(zip(rule.parameters, values, strict=True))
        words |= {each: name(self.writer.word(each)) for each in rule.reads}
        words[rule.result] = name(RESULT)
        return words
