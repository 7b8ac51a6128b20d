"""Straight steps -> their statements in the forward sweep of an adjoint program, and the items they leave.

Law: what the sweep back needs is saved, never computed again. A word is saved before it is overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lang.clock import watched
from lang.steps import form
from lang.steps.walk import assigned
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, mentions, name
from lang.transform.items import (
    Item,
    Leaf,
    Linear,
    Overwrite,
    PopItem,
    PushItem,
    Save,
    Start,
    Written,
)
from lang.transform.lines import filled, line
from lang.transform.scope import Writer, primal
from lang.transform.stencil import (
    COPIED,
    RESULT_AT,
    Filling,
    Parts,
    Stencil,
    contributions,
    filling,
    pattern_of,
    plain,
)
from lang.transform.walking import Walking


class StraightRecorder(Walking):
    """Writes what has no blocks inside it; see `record.Recorder`.

    Args:
        writer: how names are written.
        shared: functions and activity, shared by all scopes of a program.
        active: the names that move before the scope begins.
    """

    def __init__(self, writer: Writer, shared: Any, active: set[str]) -> None:
        super().__init__(writer, shared, active)
        self.items: list[Item] = []
        self.out: list[Written] = []
        self.starts: dict[str, Start] | None = None
        self.locals: dict[str, Save] = {}
        self.outside: set[str] = set()
        self.marks: list[tuple[str, int]] = []
        self.unsure: set[str] = set()
        self.top: dict[str, Start] = {}
        self.old: set[str] = set()
        self.is_function = False
        self._scope: form.Block = []
        self.leaves: dict[form.Step, tuple[str, ...]] = {}

    def block(self, block: form.Block) -> None:
        """Write a block's statements and items."""
        items, leaves = self.items, self.leaves
        for step in watched(block, "writing the adjoint program"):
            handler = self.handler(step.__class__)
            before = len(items)
            if handler is not None:
                handler(step)
            for item in items[before:]:
                item.origin = step.span
            if step in leaves:
                for source in leaves[step]:
                    items.append(Leaf(source, self.writer.word(source), on_the_way=True))
                    self.active.add(source)

    # --- assignments ----------------------------------------------------------------------------------------

    def _overwrite(self, target: str) -> tuple[str, Save | None]:
        """Prepare an assignment: the word it writes to, and the place where the word's old value may be saved."""
        writer = self.writer
        fresh = target not in writer.known
        if fresh and self.starts is None and not writer.depth:
            writer.known.add(target)
            word = writer.word(target)
            self.unsure.discard(word)
            return word, None
        before = writer.word(target)
        word = writer.assign(target)
        if not writer.depth:
            self.unsure.discard(word)
        if not fresh and word != before:
            self.old.add(before)
        if word != before or (fresh and self.starts is None) or word in self.locals:
            return word, None
        return word, self._saving(word, fresh)

    def _saving(self, word: str, fresh: bool) -> Save:
        """A place where a word's value may be saved; in a loop's first turn it may have none yet."""
        save = Save(word)
        if word in self.unsure:
            self.top.setdefault(word, Start(word)).saves.append(save)
        elif self.starts is not None and (fresh or word in self.starts):
            self.starts.setdefault(word, Start(word)).saves.append(save)
        self.out.append(save)
        return save

    def whole(self) -> list[Written]:
        """Everything written, with values at the top for words that only some ways give one."""
        return [*self.top.values(), *self.out]

    def _savings(self, step: form.Step) -> list[Save]:
        """Places to save, once, what a branch or loop overwrites: for when the sweep back passes it by."""
        writer = self.writer
        found = []
        for each in sorted(assigned([step])):
            fresh = each not in writer.known
            if not isinstance(each, form.Temporary) and (not fresh or self.starts is not None):
                found.append(self._saving(writer.word(each), fresh))
        return found

    def _give(
        self,
        target: str,
        value: tree.Expression | Stencil,
        parts: Parts = (),
        operands: Sequence[form.Operand] = (),
    ) -> None:
        """Write `target = value`, and leave what it contributes.

        Args:
            operands: what stands in the holes of the value, and of the parts.
        """
        holes = filling(operands)
        reads_result = False
        for _, each in parts:
            reads_result |= each.reads_result
        if reads_result and self.writer.depth and self._reads(target, value, holes):
            kept = form.Temporary(self.writer.names.fresh("t"))
            self._keep(kept)
            self._give(kept, value, parts, operands)
            self._give(target, name(kept), COPIED, (kept,))
            return
        word, save = self._overwrite(target)
        if isinstance(value, Stencil):
            self.out.append(line(str(word), ((value, holes, None),)))
        else:
            self.out.append(assignment(self.writer.named(word), value))
        if parts:
            holes[RESULT_AT] = str(word)
            self.items.append(Linear(word, parts, operands, holes, save, reads_result))
            self.active.add(target)
        else:
            self.items.append(Overwrite(word, save))
            self._rest(target)

    def _reads(self, target: str, value: tree.Expression | Stencil, words: Filling) -> bool:
        """Does a value read the name that it is given to?"""
        return self.writer.word(target) in mentions(filled(value, words) if isinstance(value, Stencil) else value)

    def _keep(self, word: str) -> None:
        """A word that the sweep brought in: a function saves it, too, when it returns."""
        self.old.add(word)
        self.unsure.add(word)

    def _rest(self, target: str) -> None:
        if target not in self.sticky:
            self.active.discard(target)

    def _operation(self, step: form.Operation) -> None:
        primitive, arguments, active = step.primitive, step.arguments, self.active
        self.shared.check_fixed(step, active)
        words = self.writer.words(arguments)
        moving = tuple([each in active for each in arguments])
        parts = contributions(primitive, pattern_of(words), moving, self.style) if True in moving else ()
        self._give(step.target, plain(primitive), parts, words)

    def _copy(self, step: form.Copy) -> None:
        if self.writer.alias(step.target, step.source):
            if step.source in self.active:
                self.active.add(step.target)
            return
        moves = isinstance(step.source, str) and step.source in self.active
        words = (self.writer.word(str(step.source)),)
        self._give(step.target, self.writer.value(step.source), COPIED if moves else (), words if moves else ())

    def _comparison(self, step: form.Comparison | form.Negation) -> None:
        value = primal(self.writer, step)
        assert value is not None
        self._give(step.target, value)

    _negation = _comparison

    def _show(self, step: form.Show) -> None:
        self.out.append(tree.Show(tuple(self.writer.value(each) for each in step.values), NOWHERE))

    def _push(self, step: form.Push) -> None:
        self.out.append(tree.Push(self.writer.value(step.source), step.stack, NOWHERE))
        moves = isinstance(step.source, str) and step.source in self.active
        self.items.append(PushItem(self.writer.word(str(step.source)) if moves else "", step.stack))

    def _pop(self, step: form.Pop) -> None:
        word, save = self._overwrite(step.target)
        self.out.append(tree.Pop(name(word), step.stack, NOWHERE))
        self.items.append(PopItem(word, step.stack, save))
        self.active.add(step.target)


def assignment(word: tree.Name, value: tree.Expression) -> tree.Statement:
    """`word = value`."""
    return tree.Assign((word,), None, (value,), NOWHERE)
