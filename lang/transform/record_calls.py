"""Calls and ends of functions -> their statements in the forward sweep of an adjoint program, and the items they leave.

Law: what a call overwrites and its function reads stays where the function's adjoint will look for it.
"""

from __future__ import annotations

from lang.rules import restrict
from lang.steps import form
from lang.syntax import tree
from lang.transform.activity import Key
from lang.transform.expressions import NOWHERE, constant, name, substitute
from lang.transform.items import CallItem, Invoke, ReturnItem, Save, hidden
from lang.transform.record_straight import StraightRecorder, assignment
from lang.transform.stencil import ADJOINT, Stencil, stencil


class CallRecorder(StraightRecorder):
    """Writes calls, too; see `record.Recorder`."""

    def _through(
        self, step: form.Call, arguments: list[tree.Expression], key: Key, results: tuple[bool, ...]
    ) -> None:
        procedure = key[0]
        operands = tuple(self.writer.word(str(step.arguments[index])) for index in key[1])
        reads = tuple(hidden(each) if each in self.own else self.writer.word(each) for each in sorted(key[2]))
        apart = set(step.targets) & (self.shared.activity.reads(procedure) | set(key[2]))
        if apart and self.writer.depth + len(self.writer.kept & apart):
            self._call_apart(step)
            return
        prepared = [self._overwrite(each) for each in step.targets]
        invoke = Invoke(tuple(word for word, _ in prepared), step.function, tuple(arguments))
        self.out.append(invoke)
        self.items.append(CallItem(invoke, key, results, operands, reads, tuple(save for _, save in prepared)))
        for target, moves in zip(step.targets, results, strict=True):
            if moves:
                self.active.add(target)
            else:
                self._rest(target)

    def _call_apart(self, step: form.Call) -> None:
        """A call whose result overwrites a name that the function reads: its adjoint must find the old value there."""
        kept = tuple(form.Temporary(self.writer.names.fresh("t")) for _ in step.targets)
        for word in kept:
            self._keep(word)
        self._call(form.Call(kept, step.function, step.arguments, step.by, step.span))
        for word, target in zip(kept, step.targets, strict=True):
            self._copy(form.Copy(target, word, step.span))

    def _ruled(self, step: form.Call, rule: form.UserRule, indices: tuple[int, ...], value: tree.Expression) -> None:
        words = self.rule_words(step, rule)
        parts: list[tuple[int, Stencil]] = []
        for index in indices:
            right = restrict(rule.right, {rule.differentials[index]}, rule.differentials)
            if right is not None:
                given = {**words, rule.differentials[index]: name(ADJOINT)}
                whole = substitute(right, given, self.style.fold)
                part = stencil(whole, self.style, len(step.arguments))
                parts.append((index, part))
        self._give(step.targets[0], value, tuple(parts), self.writer.words(step.arguments))

    def _return(self, step: form.Return) -> None:
        writer = self.writer
        saves = [
            self._saving(word, False)
            for word in sorted(
                ({writer.word(each) for each in writer.known} | self.old) - self.outside - set(self.locals)
            )
        ]
        for word, place in reversed(self.marks):
            self.out.extend((assignment(name(word), constant(float(place))), Save(word, taken=True, always=True)))
        words = tuple(
            writer.word(each) if isinstance(each, str) and each in self.active else None for each in step.values
        )
        self.items.append(ReturnItem(words, saves))
        self.out.append(tree.Return(tuple(writer.value(each) for each in step.values), NOWHERE))
