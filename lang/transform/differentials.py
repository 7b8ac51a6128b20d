"""The steps of one scope -> each statement followed by its differential.

Law: nothing is written for what does not move. A name's differential exists where the name is active (`activity`);
where ways of a program meet and only some left it active, the others write `dx = 0`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lang.clock import watched
from lang.rules import restrict
from lang.steps import form
from lang.steps.drive import Walk
from lang.steps.trail import Way, lacking
from lang.steps.walk import assigned
from lang.syntax import tree
from lang.transform.activity import Key, moving
from lang.transform.expressions import NOWHERE, constant, mentions, name, shared, substitute
from lang.transform.lines import line, statements
from lang.transform.scope import Writer, called, primal, range_bounds
from lang.transform.slice import branching
from lang.transform.stencil import OPERANDS_AT, RESULT, RESULT_AT, Filling, Stencil, filling, pattern_of, plain, slope
from lang.transform.walking import Walking


class _End(NamedTuple):
    """The end of one way of a branch: its statements, what it changed of what moves, and the names it gave a value."""

    body: list[tree.Statement]
    moves: Way
    given: set[str]


class Differentials(Walking):
    """Writes the differentials of one scope's steps."""

    def __init__(self, writer: Writer, shared: Any) -> None:
        super().__init__(writer, shared)
        self._differentials: dict[str, str] = {}

    def differential(self, word: str) -> str:
        """The name of the differential of a written name."""
        if word not in self._differentials:
            self._differentials[word] = self.writer.names.fresh("d" + word)
        return self._differentials[word]

    def moved(self, source: form.Operand) -> tree.Expression:
        """The differential of an operand, as written now."""
        return name(self.differential(self.writer.word(str(source))))

    # --- walking --------------------------------------------------------------------------------------------

    def block(self, block: form.Block) -> Walk:
        """Write a block's statements and differentials."""
        for step in watched(block, "writing the forward program"):
            handler = self.handler(step.__class__)
            if handler is not None:
                self.writer.origin = step.span
                inner = handler(step)
                if inner is not None:
                    yield inner

    def _give(self, target: str, value: tree.Expression, slope: tree.Expression | None) -> None:
        """Write `target = value` and its differential, whichever comes first where one overwrites the other's operand.

        In `slope` the name of the result is the new name of the target.
        """
        word = self.writer.assign(target)
        if slope is None:
            self._primal(word, value)
            self._rest(target)
            return
        if word not in mentions(value):
            self._primal(word, value)
            self._put_differential(target, slope)
        elif RESULT not in mentions(slope):
            self._put_differential(target, slope)
            self._primal(word, value)
        else:
            kept = self.writer.names.fresh("t")
            self._primal(kept, value)
            self._put_differential(target, substitute(slope, {RESULT: name(kept)}, self.style.fold))
            self._primal(word, name(kept))

    def _give_line(self, target: str, value: Stencil, slope: Stencil | None, words: Sequence[form.Operand]) -> None:
        """The same for stencils.

        Args:
            words: the operands of the value, then their differentials.
        """
        holes = filling(words)
        word = holes[RESULT_AT] = str(self.writer.assign(target))
        if slope is None:
            self._primal_line(word, value, holes)
            self._rest(target)
        elif word not in holes[OPERANDS_AT:]:
            self._primal_line(word, value, holes)
            self._slope_line(target, slope, holes)
        elif not slope.reads_result:
            self._slope_line(target, slope, holes)
            self._primal_line(word, value, holes)
        else:
            kept = holes[RESULT_AT] = self.writer.names.fresh("t")
            self._primal_line(kept, value, holes)
            self._slope_line(target, slope, holes)
            self._primal(word, name(kept))

    def _primal_line(self, word: str, value: Stencil, holes: Filling) -> None:
        if not self.style.separate or self.writer.depth:
            self.writer.out.append(line(word, ((value, holes, None),)))

    def _slope_line(self, target: str, slope: Stencil, holes: Filling) -> None:
        writer = self.writer
        for call in slope.calls:
            made = writer.names.fresh("t")
            writer.out.append(line(made, ((call, holes, writer.origin),)))
            holes = [*holes, made]
        writer.out.append(line(self.differential(writer.word(target)), ((slope, holes, writer.origin),)))
        self.active.add(target)

    def _put_differential(self, target: str, slope: tree.Expression) -> None:
        word = self.writer.word(target)
        slope = substitute(slope, {RESULT: name(word)}, self.style.fold)
        if self.style.shares:
            made, slope = shared(slope, lambda: self.writer.names.fresh("t"))
            for each, call in made:
                self.writer.derive(each, call)
        self.writer.derive(self.differential(word), slope)
        self.active.add(target)

    def _primal(self, word: str, value: tree.Expression) -> None:
        if not self.style.separate or self.writer.depth:
            self.writer.put(word, value)

    def _rest(self, target: str) -> None:
        """A name got a value that does not move."""
        if target in self.sticky:
            self.writer.derive(self.differential(self.writer.word(target)), constant(0.0))
            self.active.add(target)
        else:
            self.active.discard(target)

    # --- steps ----------------------------------------------------------------------------------------------

    def _operation(self, step: form.Operation) -> None:
        primitive = step.primitive
        indices = moving(step, self.active)
        self.shared.check_fixed(step, self.active)
        words = self.writer.words(step.arguments)
        found = slope(primitive, pattern_of(words), indices, self.style) if indices else None
        if found is not None:
            words += [self.differential(str(words[index])) for index in indices]
        self._give_line(step.target, plain(primitive), found, words)

    def _copy(self, step: form.Copy) -> None:
        if self.writer.alias(step.target, step.source):
            if step.source in self.active:
                self.active.add(step.target)
            return
        slope = self.moved(step.source) if isinstance(step.source, str) and step.source in self.active else None
        self._give(step.target, self.writer.value(step.source), slope)

    def _comparison(self, step: form.Comparison | form.Negation) -> None:
        value = primal(self.writer, step)
        assert value is not None
        self._give(step.target, value, None)

    _negation = _comparison

    def _show(self, step: form.Show) -> None:
        if not self.style.separate:
            self.writer.out.append(tree.Show(tuple(self.writer.value(each) for each in step.values), NOWHERE))

    def _push(self, step: form.Push) -> None:
        self._save(self.writer.value(step.source), step.stack)
        if step.stack in self.shared.stacks:
            active = isinstance(step.source, str) and step.source in self.active
            if active:
                self._save(self.moved(step.source), step.stack)
            else:
                zero = self.writer.names.fresh("d" + self.writer.word(str(step.source)))
                self.writer.put(zero, constant(0.0))
                self._save(name(zero), step.stack)

    def _save(self, value: tree.Expression, stack: int) -> None:
        self.writer.out.append(tree.Push(value, stack, NOWHERE))

    def _pop(self, step: form.Pop) -> None:
        word = self.writer.assign(step.target)
        if step.stack in self.shared.stacks:
            self._take(self.differential(word), step.stack)
            self.active.add(step.target)
        self._take(word, step.stack)
        if step.stack not in self.shared.stacks:
            self._rest(step.target)

    def _take(self, word: str, stack: int) -> None:
        self.writer.out.append(tree.Pop(name(word), stack, NOWHERE))

    # --- control flow ---------------------------------------------------------------------------------------

    def _if(self, step: form.If) -> Walk:
        writer = self.writer
        tests = [
            writer.rewritten(arm.test) if arm.test is not None else writer.value(arm.condition) for arm in step.arms
        ]
        bodies: list[list[tree.Statement]] = []
        ways: list[_End] = []
        for body in (*(arm.body for arm in step.arms), step.otherwise):
            self.active.begin()
            writer.known.begin()
            bodies.append((yield self._inside(body)))
            moves, given = self.active.end(), writer.known.end()
            if not (body and isinstance(body[-1], form.Return)):
                ways.append(_End(bodies[-1], moves, given.came))
        self._meet(ways)
        writer.known.update(assigned([step]))
        whole = branching(list(zip(tests, bodies, strict=False)), bodies[-1])
        if whole is not None:
            writer.out.append(whole)

    def _meet(self, ways: list[_End]) -> None:
        """After a branch: what moves at the end of one way moves, and stands still at the end of others."""
        writer = self.writer
        new = set[str]().union(*(way.moves.came for way in ways)) - writer.known  # others have no value for these
        early, late = lacking([Way(way.moves.came - new, way.moves.gone, way.moves.passed) for way in ways])
        for each in sorted(early):
            writer.put(self.differential(writer.word(each)), constant(0.0))
        for way, lacks in zip(ways, late, strict=True):
            for each in sorted(lacks | ((way.given & new) - way.moves.came)):
                target = name(self.differential(writer.word(each)))
                way.body.append(tree.Assign((target,), None, (constant(0.0),), NOWHERE))
        if ways:
            self.active.join([way.moves for way in ways])
        else:
            self.active.clear()

    def _inside(self, block: form.Block) -> Walk:
        """Write a block inside this one; the walk to its statements."""
        before = self.writer.swap([])
        self.writer.depth += 1
        yield self.block(block)
        self.writer.depth -= 1
        return [*statements(self.writer.swap(before))]

    def _loop(self, step: form.While | form.For) -> Walk:
        """Write a loop's body, a walk; differentials that the body needs at its start are 0 before it."""
        writer = self.writer
        inside = self.moving_in(step)
        for each in sorted(inside & writer.known):
            writer.put(self.differential(writer.word(each)), constant(0.0))
        writer.known.begin()
        with self.turning(step, inside):
            body = tuple((yield self._inside(step.body)))
        writer.known.end()
        writer.known.update(assigned([step]))
        return body

    def _while(self, step: form.While) -> Walk:
        body = yield self._loop(step)
        self.writer.out.append(tree.While(self.writer.rewritten(step.test), body, NOWHERE))

    def _for(self, step: form.For) -> Walk:
        bounds = range_bounds(self.writer, step)
        word = self.writer.word(step.target)
        body = yield self._loop(step)
        if step.target in self.active:
            still = tree.Assign((name(self.differential(word)),), None, (constant(0.0),), NOWHERE)
            body = (still, *body)
        self.writer.out.append(tree.For(name(word), bounds, body, NOWHERE))

    # --- calls ----------------------------------------------------------------------------------------------

    def _through(
        self, step: form.Call, arguments: list[tree.Expression], key: Key, results: tuple[bool, ...]
    ) -> Walk:
        writer, procedure = self.writer, key[0]
        if not any(results) and not self.shared.saves(procedure):
            words = tuple(writer.assign(each) for each in step.targets)
            writer.put(words, called(step.function, arguments))
            for each in step.targets:
                self._rest(each)
            return
        function = yield self.shared.variant(key)
        arguments += [self.moved(step.arguments[index]) for index in key[1]]
        words = tuple(writer.assign(each) for each in step.targets)
        slopes = tuple(self.differential(word) for word, active in zip(words, results, strict=True) if active)
        writer.derive((*words, *slopes), called(function, arguments))
        for target, active in zip(step.targets, results, strict=True):
            if active:
                self.active.add(target)
            else:
                self._rest(target)

    def _ruled(self, step: form.Call, rule: form.UserRule, indices: tuple[int, ...], value: tree.Expression) -> None:
        """A function with a rule of its own: the rule's right side, as for a primitive."""
        words = self.rule_words(step, rule)
        right = restrict(rule.right, {rule.differentials[index] for index in indices}, rule.differentials)
        if right is None:
            self._give(step.targets[0], value, None)
            return
        words |= {rule.differentials[index]: self.moved(step.arguments[index]) for index in indices}
        self._give(step.targets[0], value, substitute(right, words, self.style.fold))
