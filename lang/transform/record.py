"""Steps -> the forward sweep of an adjoint program, and the items its sweep back reads.

Law: what the sweep back needs is saved, never computed again. A word is saved before it is overwritten; a word that
each turn of a loop computes anew is saved at the turn's end; a function saves its own words when it returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from lang.steps import form
from lang.steps.trail import Way
from lang.steps.walk import all_steps, assigned, targets_of
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, apply, constant, mentions, name
from lang.transform.items import (
    Branches,
    IfItem,
    Item,
    LoopItem,
    Repeat,
    Save,
    Turn,
    Written,
)
from lang.transform.reads import read_outside_loops, reads_of, surely_assigned
from lang.transform.record_calls import CallRecorder
from lang.transform.record_straight import assignment
from lang.transform.scope import range_bounds


class Recorder(CallRecorder):
    """Writes the forward sweep of one scope.

    Args:
        writer: how names are written.
        shared: functions and activity, shared by all scopes of a program.
        active: the names that move before the scope begins.
    """

    def whole_scope(self, block: form.Block) -> None:
        """Write all of the scope."""
        self._scope = block
        self.block(block)

    @cached_property
    def read_outside(self) -> set[str]:
        """Names that the scope reads outside of the loops that count with them; only loops ask."""
        return read_outside_loops(self._scope)

    def _inside(self, block: form.Block) -> tuple[list[Written], list[Item]]:
        out, items = self.out, self.items
        self.out, self.items = [], []
        self.writer.depth += 1
        self.block(block)
        self.writer.depth -= 1
        written, found = self.out, self.items
        self.out, self.items = out, items
        return written, found

    def _if(self, step: form.If) -> None:
        writer = self.writer
        tests = tuple(
            writer.rewritten(arm.test) if arm.test is not None else writer.value(arm.condition) for arm in step.arms
        )
        item = self._decided(step, tests)
        item.before = self._savings(step)
        bodies: list[list[Written]] = []
        moves: list[Way] = []
        sure: list[set[str]] = []
        inner: set[str] = set()
        makers = Counter(
            each for body in (*(arm.body for arm in step.arms), step.otherwise) for each in assigned(body)
        )
        for place, body in enumerate((*(arm.body for arm in step.arms), step.otherwise), 1):
            self.active.begin()
            writer.known.begin()
            if item.returns:
                self.marks.append((item.word, place))
            anew = self._made_anew_here(body, makers) if not item.returns else {}
            self.locals.update(anew)
            written, items = self._inside(body)
            for each in anew:
                del self.locals[each]
            written.extend(anew.values())
            item.ends.append(list(anew.values()))
            inner |= set(anew)
            sure.append({target for each in body for target in targets_of(each)})
            if item.returns:
                self.marks.pop()
            elif item.word:
                written.append(assignment(name(item.word), constant(float(place))))
                if item.taken is not None:
                    written.append(item.taken)
            bodies.append(written)
            item.ways.append(items)
            moves.append(self.active.end())
            writer.known.end()
        self.active.join(moves)
        made = assigned([step]) - inner
        new = made - set[str].intersection(*sure)
        self.unsure |= {writer.word(each) for each in new if each not in writer.known}
        writer.known.update(made)
        if item.word and item.taken is None:
            writer.known.add(item.word)
        self.items.append(item)
        self.out.append(Branches(tests, bodies))

    def _decided(self, step: form.If, tests: tuple[tree.Expression, ...]) -> IfItem:
        """How the sweep back finds the way that was taken: by the tests, if they still say so, else by a number."""
        inside = {self.writer.word(each) for each in assigned([step])}
        returns = any(isinstance(each, form.Return) for each in all_steps([step]))
        if not returns and all(_is_plain(test) and not mentions(test) & inside for test in tests):
            return IfItem(tests, [], None, "", False)
        word = self.writer.names.fresh("way")
        saved = returns or self.starts is not None or (self.is_function and self.writer.depth > 0)
        return IfItem(tests, [], Save(word, always=True) if saved else None, word, returns)

    def _loop(self, step: form.While | form.For) -> tuple[list[Written], list[Item], list[Save]]:
        writer = self.writer
        inside = self.moving_in(step)
        outermost = self.starts is None
        if outermost:
            self.starts = {}
        place = len(self.out)
        anew = {word: save for word, save in self._made_anew(step.body).items() if word not in self.locals}
        ends = list(anew.values())
        self.locals.update(anew)
        writer.known.begin()
        with self.turning(step, inside):
            written, items = self._inside(step.body)
        writer.known.end()
        for each in anew:
            del self.locals[each]
        written.extend(ends)
        made = assigned([step])
        self.unsure |= {writer.word(each) for each in made if each not in writer.known}
        writer.known.update(made)
        if outermost:
            assert self.starts is not None
            self.out[place:place] = list(self.starts.values())
            self.starts = None
        return written, items, ends

    def _made_anew(self, body: form.Block) -> dict[str, Save]:
        """Words that a block computes before it reads them, in one place of its own level, whichever way it takes."""
        counts = Counter(target for each in all_steps(body) for target in targets_of(each))
        found: dict[str, Save] = {}
        seen: set[str] = set()
        for each in body:
            seen |= reads_of(each)
            here = Counter(target for inner in all_steps([each]) for target in targets_of(inner))
            for target in sorted(surely_assigned(each)):
                if counts[target] == here[target] and target not in seen and target not in self.writer.known:
                    found[self.writer.word(target)] = Save(self.writer.word(target))
        return found

    def _made_anew_here(self, body: form.Block, makers: Mapping[str, int]) -> dict[str, Save]:
        """The same for a branch: intermediate values, which nobody reads after it; saved only where they are lost.

        Args:
            makers: how many ways of the branch give each name a value.
        """
        if self.starts is None and not self.is_function:
            return {}
        found = self._made_anew(body)
        return {
            word: save
            for word, save in found.items()
            if isinstance(word, form.Temporary) and word not in self.locals and makers.get(word, 0) < 2
        }

    def _while(self, step: form.While) -> None:
        item = LoopItem([], [], "", None, self.writer.names.fresh("n"), None, None, None)
        item.before = self._savings(step)
        self.out.append(Turn(item.turns, True, item))
        test = self.writer.rewritten(step.test)
        written, item.body, item.ends = self._loop(step)
        written.append(Turn(item.turns, False, item))
        self.out.append(Repeat(tree.While(test, (), NOWHERE), written))
        self._count(item)

    def _count(self, item: LoopItem) -> None:
        """The number of turns outlives the loop: where the loop stands in another, it is saved."""
        if self.starts is not None or (self.is_function and self.writer.depth > 0):
            item.save_turns = Save(item.turns, always=True)
            self.out.append(item.save_turns)
        else:
            self.writer.known.add(item.turns)
        self.items.append(item)

    def _for(self, step: form.For) -> None:
        writer = self.writer
        bounds = tuple(writer.value(each) for each in (step.start, step.stop, step.stride))
        shown = range_bounds(writer, step)
        item = LoopItem([], [], "", None, writer.names.fresh("n"), None, None, None)
        item.before = self._savings(step)
        backwards = self._backwards(step, bounds)
        if backwards is None:
            self.out.append(Turn(item.turns, True, item))
        fresh = step.target not in writer.known
        item.target = writer.word(step.target)
        read = step.target in self.read_outside or step.target in assigned(step.body)
        if read and (not fresh or self.starts is not None):
            item.save_target = self._saving(item.target, fresh)
        if fresh:
            self.unsure.add(item.target)
        writer.known.add(step.target)
        item.backwards = backwards
        written, item.body, item.ends = self._loop(step)
        if backwards is None:
            item.keep_target = Save(item.target)
            written.append(item.keep_target)
            written.append(Turn(item.turns, False, item))
        self.out.append(Repeat(tree.For(name(item.target), shown, (), NOWHERE), written))
        if backwards is None:
            self._count(item)
        else:
            self.items.append(item)

    def _backwards(self, step: form.For, bounds: tuple[tree.Expression, ...]) -> tuple[tree.Expression, ...] | None:
        """The bounds that count the same turns down, where they can be written: whole steps of one, nothing moved."""
        changed = assigned(step.body)
        if step.stride != 1.0 or step.target in changed or set().union(*(mentions(each) for each in bounds)) & changed:
            return None
        below = apply("-", bounds[0], constant(1.0))
        return apply("-", bounds[1], constant(1.0)), below, constant(-1.0)


def _is_plain(test: tree.Expression) -> bool:
    """Is it made of names, numbers and comparisons alone, so that asking again costs no operation?"""
    pending = [test]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Compare | tree.Logic):
            pending.extend(node.operands)
        elif not isinstance(node, tree.Name | tree.Number):
            return False
    return True
