"""Items of the forward sweep -> the sweep back: the adjoint statements, last item first.

Law: an item is reversed only if something arrived at it; what a reversed item needs is taken back in exactly the
reverse order of its saving.
"""

from __future__ import annotations

from typing import Any, get_args

from lang.clock import EVERY, look
from lang.steps.drive import Walk
from lang.steps.trail import Way, lacking
from lang.syntax import tree
from lang.transform.adjoint import Adjoints
from lang.transform.exposure import exposed_words, has_effects, matters, touched
from lang.transform.expressions import NOWHERE, constant, mentions, name
from lang.transform.finish import Back
from lang.transform.items import (
    Branches,
    CallItem,
    IfItem,
    Item,
    Leaf,
    Linear,
    LoopItem,
    Overwrite,
    PopItem,
    PushItem,
    Repeat,
    ReturnItem,
    Save,
)
from lang.transform.lines import line, read
from lang.transform.scope import called
from lang.transform.stencil import ADJOINT_AT, Filling, Stencil


class Sweep:
    """Writes the sweep back over one scope.

    Args:
        adjoints: where adjoints are collected.
        shared: the functions of the program.
        leaves: filled with the name of the adjoint of each name derivatives are asked by.

    Attributes:
        ends: those of values on the way, each with where its adjoint is whole: before that statement.
    """

    def __init__(self, adjoints: Adjoints, shared: Any, leaves: dict[str, str]) -> None:
        self.adjoints = adjoints
        self.shared = shared
        self.leaves = leaves
        self.ends: list[tuple[str, int]] = []
        self.returned: tuple[str, ...] = ()
        self._handlers = {kind: getattr(self, "_" + kind.__name__.lower()) for kind in get_args(Item)}

    def back(self, items: list[Item]) -> Walk:
        """Write the adjoint statements of items; each is given up, for those of a long program take much room."""
        whole = len(items)
        while items:
            if not len(items) % EVERY:
                look("writing the adjoint program's way back", whole - len(items), whole)
            item = items.pop()
            self.adjoints.origin = item.origin
            inner = self._handlers[item.__class__](item)
            if inner is not None:
                yield inner

    def restore(self, save: Save | None) -> None:
        """Take back what was saved, if it turns out to be needed."""
        if save is not None:
            save.taken = True
            self.adjoints.free(save.word)
            self.adjoints.out.append(Back(save))  # type: ignore[arg-type]

    # --- statements -----------------------------------------------------------------------------------------

    def _linear(self, item: Linear) -> None:
        adjoints = self.adjoints
        arrived = adjoints.take(item.target)
        adjoints.kill(item.target)
        if not item.reads_result:
            self.restore(item.save)
        if arrived:
            words = item.words
            words[ADJOINT_AT] = arrived
            for index, part in item.parts if adjoints.taped else reversed(item.parts):
                adjoints.contribute(item.operands[index], part, self._with_calls(part, words) if part.calls else words)
        if item.reads_result:
            self.restore(item.save)

    def _with_calls(self, part: Stencil, words: Filling) -> Filling:
        """What stands in a stencil's holes, with the names of calls that it makes more than once; these are written."""
        adjoints, words = self.adjoints, words[:]
        for call in part.calls:
            word = adjoints.names.fresh("t")
            adjoints.require(read(call, words))
            adjoints.out.append(line(word, ((call, words, adjoints.origin),)))
            words = [*words, word]
        return words

    def _overwrite(self, item: Overwrite) -> None:
        self.adjoints.forget(item.word)
        self.adjoints.kill(item.word)
        self.restore(item.save)

    def _leaf(self, item: Leaf) -> None:
        adjoints = self.adjoints
        word = adjoints.word(item.word)
        if not adjoints.take(item.word):
            if item.on_the_way:  # it is told, and contributes nothing to what the value came from
                adjoints.overwrite(item.word)
                adjoints.put(word, constant(0.0))
            else:
                adjoints.zero(item.word)
        self.leaves[item.source] = word
        if item.on_the_way:
            self.ends.append((item.source, len(adjoints.out)))

    def _pushitem(self, item: PushItem) -> None:
        if not self.shared.stack_is_active(item.stack):
            return
        word = self.adjoints.names.fresh("g" + (item.word or "saved"))
        self.adjoints.out.append(tree.Pop(name(word), item.stack, NOWHERE))
        if item.word:
            self.adjoints.add(item.word, word)

    def _popitem(self, item: PopItem) -> None:
        adjoints = self.adjoints
        if self.shared.stack_is_active(item.stack):
            arrived = adjoints.take(item.word)
            if not arrived:
                adjoints.zero(item.word)
            adjoints.out.append(tree.Push(name(adjoints.word(item.word)), item.stack, NOWHERE))
        adjoints.kill(item.word)
        self.restore(item.save)

    def _callitem(self, item: CallItem) -> Walk:
        adjoints = self.adjoints
        given: list[str] = []
        for word, active in zip(item.invoke.targets, item.active, strict=True):
            if active:
                given.append(adjoints.take(word))
            else:
                adjoints.forget(word)
            adjoints.kill(word)
        if any(given) or self.shared.saves(item.key[0]):
            yield self._called_back(item, given)
        for save in reversed(item.saves):
            self.restore(save)

    def _called_back(self, item: CallItem, given: list[str]) -> Walk:
        """The call of a function's adjoint; it takes back what the function saved, before what its caller did."""
        adjoints = self.adjoints
        adjoints.require(self.shared.activity.reads(item.key[0]))
        saving, adjoint = yield self.shared.adjoint_function(item.key)
        item.invoke.saving = saving
        words = [*item.operands, *item.reads]
        results = tuple(self._new(word) for word in words) or (adjoints.names.fresh("nothing"),)
        value = called(adjoint, [name(each) if each else constant(0.0) for each in given])
        into = tuple(name(each) for each in results)
        adjoints.out.append(tree.Assign(into, None, (value,), NOWHERE, (adjoints.origin,)))
        for word, result in zip(words, results, strict=False):
            if result != adjoints.word(word):
                adjoints.add(word, result)

    def _new(self, word: str) -> str:
        """A name for what a call contributes: the adjoint itself, where nothing else has contributed."""
        adjoints = self.adjoints
        own = adjoints.word(word)
        if not adjoints.idle(word):
            return adjoints.names.fresh(own)
        adjoints.overwrite(word)
        adjoints.held.add(word)
        return own

    def _returnitem(self, item: ReturnItem) -> None:
        for save in reversed(item.saves):
            self.restore(save)
        for word, given in zip(item.words, self.returned, strict=True):
            if word is not None and given:
                self.adjoints.add(word, given)

    # --- control flow ---------------------------------------------------------------------------------------

    def _ifitem(self, item: IfItem) -> Walk:
        adjoints = self.adjoints
        adjoints.write_all()
        if not any(matters(way) or touched(way) & adjoints.held for way in item.ways):
            self._pass_by(item.before)
            return
        tests: list[tree.Expression] = list(item.tests)
        if item.word:
            self.restore(item.taken)
            adjoints.require((item.word,))
            tests = [
                tree.Compare(("==",), (name(item.word), constant(float(place))), NOWHERE)
                for place in range(1, len(item.ways))
            ]
        for test in tests:
            adjoints.require(mentions(test))
        out = adjoints.out
        bodies: list[list[Any]] = []
        held: list[Way] = []
        for way, ends in zip(item.ways, item.ends, strict=True):
            adjoints.held.begin()
            adjoints.out = []
            for save in reversed(ends):
                self.restore(save)
            yield self.back(way)
            adjoints.write_all()
            bodies.append(adjoints.out)
            held.append(adjoints.held.end())
        adjoints.out = out
        self._meet(bodies, held)
        adjoints.out.append(Branches(tuple(tests), bodies))  # type: ignore[arg-type]

    def _meet(self, bodies: list[list[Any]], held: list[Way]) -> None:
        """Adjoints that only some ways of a branch contribute to are 0 in the others."""
        adjoints = self.adjoints
        early, late = lacking(held)
        for word in sorted(early):
            adjoints.put(adjoints.word(word), constant(0.0))
        for body, lacks in zip(bodies, late, strict=True):
            for word in sorted(lacks):
                body.append(tree.Assign((name(adjoints.word(word)),), None, (constant(0.0),), NOWHERE))
        adjoints.held.join(held)

    def _pass_by(self, before: list[Save]) -> None:
        """Nothing to reverse here; what was overwritten is taken back at once."""
        for save in reversed(before):
            self.restore(save)

    def _loopitem(self, item: LoopItem) -> Walk:
        adjoints = self.adjoints
        adjoints.write_all()
        exposed = exposed_words(item.body)
        if not ((touched(item.body) | {item.target}) & adjoints.held or has_effects(item.body)):
            self.restore(item.save_target)
            self._pass_by(item.before)
            return
        item.reversed = True
        for word in sorted(exposed - adjoints.held):
            adjoints.zero(word)
        self.restore(item.save_turns)
        out, adjoints.out = adjoints.out, []
        adjoints.held.begin()
        for save in (item.keep_target, *reversed(item.ends)):
            self.restore(save)
        yield self.back(item.body)
        adjoints.forget(item.target)
        adjoints.kill(item.target)
        adjoints.write_all()
        for word in sorted(adjoints.held.end().gone):
            adjoints.zero(word)
        body, adjoints.out = adjoints.out, out
        adjoints.out.append(Repeat(self._header(item), body))  # type: ignore[arg-type]
        self.restore(item.save_target)

    def _header(self, item: LoopItem) -> tree.For:
        if item.backwards is not None:
            for bound in item.backwards:
                self.adjoints.require(mentions(bound))
            return tree.For(name(item.target), item.backwards, (), NOWHERE)
        self.adjoints.require((item.turns,))
        return tree.For(name(self.adjoints.names.fresh("k")), (name(item.turns),), (), NOWHERE)
