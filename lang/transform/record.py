"""Steps -> the forward sweep of an adjoint program, and the items its sweep back reads.

Law: what the sweep back needs is saved, never computed again. A word is saved before it is overwritten; a word that
each turn of a loop computes anew is saved at the turn's end; a function saves its own words when it returns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lang.rules import restrict
from lang.steps import form
from lang.steps.walk import blocks_of
from lang.syntax import tree
from lang.transform.activity import all_steps, assigned, moving
from lang.transform.expressions import NOWHERE, apply, constant, mentions, name, substitute
from lang.transform.items import (
    ADJOINT,
    Branches,
    CallItem,
    IfItem,
    Invoke,
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
    Start,
    Turn,
    Written,
    hidden,
)
from lang.transform.scope import Writer, called, primal


class Recorder:
    """Writes the forward sweep of one scope.

    Args:
        writer: how names are written.
        shared: functions and activity, shared by all scopes of a program.
        active: the names that move before the scope begins.
    """

    def __init__(self, writer: Writer, shared: Any, active: set[str]) -> None:
        self.writer = writer
        self.shared = shared
        self.active = active
        self.sticky: set[str] = set()
        self.own: frozenset[str] = frozenset()
        self.beyond: frozenset[str] = frozenset()
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
        self.leaves: Callable[[form.Step], tuple[str, ...]] = lambda step: ()

    def block(self, block: form.Block) -> None:
        """Write a block's statements and items."""
        for step in block:
            handler = getattr(self, "_" + type(step).__name__.lower(), None)
            if handler is not None:
                handler(step)
            for source in self.leaves(step):
                self.items.append(Leaf(source, self.writer.word(source)))
                self.active.add(source)

    # --- assignments ----------------------------------------------------------------------------------------

    def _overwrite(self, target: str) -> tuple[str, Save | None]:
        """Prepare an assignment: the word it writes to, and the place where the word's old value may be saved."""
        writer = self.writer
        fresh = target not in writer.known
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

    def _give(self, target: str, value: tree.Expression, parts: tuple[tuple[str, tree.Expression], ...]) -> None:
        reads_result = any(RESULT in mentions(part) for _, part in parts)
        if reads_result and self.writer.depth and self.writer.word(target) in mentions(value):
            kept = form.Temporary(self.writer.names.fresh("t"))
            self._keep(kept)
            self._give(kept, value, parts)
            self._give(target, name(kept), ((kept, name(ADJOINT)),))
            return
        word, save = self._overwrite(target)
        words = {RESULT: name(word)}
        self.out.append(_assign(word, value))
        if parts:
            given = tuple((each, substitute(part, words, self.shared.style.fold)) for each, part in parts)
            self.items.append(Linear(word, given, save, reads_result))
            self.active.add(target)
        else:
            self.items.append(Overwrite(word, save))
            self._rest(target)

    def _rest(self, target: str) -> None:
        if target not in self.sticky:
            self.active.discard(target)

    def _operation(self, step: form.Operation) -> None:
        self.shared.check_fixed(step, self.active)
        rule = step.primitive
        words: dict[str, tree.Expression] = {
            parameter: self.writer.value(each) for parameter, each in zip(rule.parameters, step.arguments, strict=True)
        }
        words[rule.rule.result.name] = name(RESULT)
        parts = []
        for index in moving(step, self.active):
            right = self.shared.style.differential(rule, (index,))
            given = {**words, rule.differentials[index]: name(ADJOINT)}
            parts.append(
                (self.writer.word(str(step.arguments[index])), substitute(right, given, self.shared.style.fold))
            )
        value = primal(self.writer, step)
        assert value is not None
        self._give(step.target, value, tuple(parts))

    def _copy(self, step: form.Copy) -> None:
        moves = isinstance(step.source, str) and step.source in self.active
        parts = ((self.writer.word(str(step.source)), name(ADJOINT)),) if moves else ()
        self._give(step.target, self.writer.value(step.source), parts)

    def _comparison(self, step: form.Comparison | form.Negation) -> None:
        value = primal(self.writer, step)
        assert value is not None
        self._give(step.target, value, ())

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

    # --- calls ----------------------------------------------------------------------------------------------

    def _call(self, step: form.Call) -> None:
        arguments = tuple(self.writer.value(each) for each in step.arguments)
        procedure = self.shared.functions[step.function]
        key = self.shared.call_key(step, self.active, self.own, self.beyond)
        results = self.shared.activity.results(key)
        if procedure.rule is not None:
            self._ruled(step, procedure.rule, key[1], called(step.function, arguments))
            return
        operands = tuple(self.writer.word(str(step.arguments[index])) for index in key[1])
        reads = tuple(hidden(each) if each in self.own else self.writer.word(each) for each in sorted(key[2]))
        apart = set(step.targets) & (self.shared.activity.reads(procedure) | set(key[2]))
        if apart and self.writer.depth + len(self.writer.kept & apart):
            self._call_apart(step)
            return
        prepared = [self._overwrite(each) for each in step.targets]
        invoke = Invoke(tuple(word for word, _ in prepared), step.function, arguments)
        self.out.append(invoke)
        self.items.append(CallItem(invoke, key, results, operands, reads, tuple(save for _, save in prepared)))
        for target, moves in zip(step.targets, results, strict=True):
            if moves:
                self.active.add(target)
            else:
                self._rest(target)

    def _keep(self, word: str) -> None:
        """A word that the sweep brought in: a function saves it, too, when it returns."""
        self.old.add(word)
        self.unsure.add(word)

    def _call_apart(self, step: form.Call) -> None:
        """A call whose result overwrites a name that the function reads: its adjoint must find the old value there."""
        kept = tuple(form.Temporary(self.writer.names.fresh("t")) for _ in step.targets)
        for word in kept:
            self._keep(word)
        self._call(form.Call(kept, step.function, step.arguments, step.by, step.span))
        for word, target in zip(kept, step.targets, strict=True):
            self._copy(form.Copy(target, word, step.span))

    def _ruled(self, step: form.Call, rule: form.UserRule, indices: tuple[int, ...], value: tree.Expression) -> None:
        self.shared.check_rule(step, rule, self.active, self.own)
        words: dict[str, tree.Expression] = {
            parameter: self.writer.value(each) for parameter, each in zip(rule.parameters, step.arguments, strict=True)
        }
        words |= {each: name(self.writer.word(each)) for each in rule.reads}
        words[rule.result] = name(RESULT)
        parts = []
        for index in indices:
            right = restrict(rule.right, {rule.differentials[index]}, rule.differentials)
            if right is not None:
                given = {**words, rule.differentials[index]: name(ADJOINT)}
                parts.append(
                    (self.writer.word(str(step.arguments[index])), substitute(right, given, self.shared.style.fold))
                )
        self._give(step.targets[0], value, tuple(parts))

    def _return(self, step: form.Return) -> None:
        writer = self.writer
        saves = [
            self._saving(word, False)
            for word in sorted(
                ({writer.word(each) for each in writer.known} | self.old) - self.outside - set(self.locals)
            )
        ]
        for word, place in reversed(self.marks):
            self.out.extend((_assign(word, constant(float(place))), Save(word, taken=True, always=True)))
        words = tuple(
            writer.word(each) if isinstance(each, str) and each in self.active else None for each in step.values
        )
        self.items.append(ReturnItem(words, saves))
        self.out.append(tree.Return(tuple(writer.value(each) for each in step.values), NOWHERE))

    # --- control flow ---------------------------------------------------------------------------------------

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
        before, known = set(self.active), set(writer.known)
        tests = tuple(
            writer.rewritten(arm.test) if arm.test is not None else writer.value(arm.condition) for arm in step.arms
        )
        item = self._decided(step, tests)
        item.before = self._savings(step)
        bodies: list[list[Written]] = []
        after: set[str] = set()
        sure: list[set[str]] = []
        inner: set[str] = set()
        locals_ = self.locals
        bodies_made = [assigned(body) for body in (*(arm.body for arm in step.arms), step.otherwise)]
        shared = {each for made in bodies_made for each in made if sum(each in other for other in bodies_made) > 1}
        for place, body in enumerate((*(arm.body for arm in step.arms), step.otherwise), 1):
            self.active, writer.known = set(before), set(known)
            if item.returns:
                self.marks.append((item.word, place))
            anew = self._made_anew_here(body, shared) if not item.returns else {}
            self.locals = {**locals_, **anew}
            written, items = self._inside(body)
            self.locals = locals_
            written.extend(anew.values())
            item.ends.append(list(anew.values()))
            inner |= set(anew)
            sure.append({target for each in body for target in targets(each)})
            if item.returns:
                self.marks.pop()
            elif item.word:
                written.append(_assign(item.word, constant(float(place))))
                if item.taken is not None:
                    written.append(item.taken)
            bodies.append(written)
            item.ways.append(items)
            after |= self.active
        self.active = after
        made = assigned([step]) - inner
        writer.known = known | made
        self.unsure |= {writer.word(each) for each in made - set[str].intersection(*sure) if each not in known}
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
        inside = self.shared.activity.closure([step], self.active, self.own)
        outer_sticky, outer_locals = self.sticky, self.locals
        outermost = self.starts is None
        if outermost:
            self.starts = {}
        place = len(self.out)
        known = set(writer.known)
        self.active, self.sticky = inside, outer_sticky | inside
        self.locals = {**outer_locals, **self._made_anew(step.body)}
        ends = [save for word, save in self.locals.items() if word not in outer_locals]
        written, items = self._inside(step.body)
        written.extend(ends)
        self.active, self.sticky, self.locals = set(inside), outer_sticky, outer_locals
        made = assigned([step])
        writer.known = known | made
        self.unsure |= {writer.word(each) for each in made - known}
        if outermost:
            assert self.starts is not None
            self.out[place:place] = list(self.starts.values())
            self.starts = None
        return written, items, ends

    def _made_anew(self, body: form.Block) -> dict[str, Save]:
        """Words that a block computes before it reads them, in one place, on its own level."""
        counts: dict[str, int] = {}
        for each in all_steps(body):
            for target in targets(each):
                counts[target] = counts.get(target, 0) + 1
        found: dict[str, Save] = {}
        seen: set[str] = set()
        for each in body:
            seen |= reads_of(each)
            for target in targets(each):
                if counts[target] == 1 and target not in seen and target not in self.writer.known:
                    found[self.writer.word(target)] = Save(self.writer.word(target))
        return found

    def _made_anew_here(self, body: form.Block, shared: set[str]) -> dict[str, Save]:
        """The same for a branch: intermediate values, which nobody reads after it; saved only where they are lost."""
        if self.starts is None and not self.is_function:
            return {}
        found = self._made_anew(body)
        return {
            word: save
            for word, save in found.items()
            if isinstance(word, form.Temporary) and word not in self.locals and word not in shared
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
        item = LoopItem([], [], "", None, writer.names.fresh("n"), None, None, None)
        item.before = self._savings(step)
        backwards = self._backwards(step, bounds)
        if backwards is None:
            self.out.append(Turn(item.turns, True, item))
        fresh = step.target not in writer.known
        item.target = writer.word(step.target)
        read = step.target in self.shared.read_outside or step.target in assigned(step.body)
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
        shown = bounds if step.stride != 1.0 else bounds[1:2] if step.start == 0.0 else bounds[:2]
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


RESULT = "the result"


def _assign(word: str, value: tree.Expression) -> tree.Statement:
    return tree.Assign((name(word),), None, (value,), NOWHERE)


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


def targets(step: form.Step) -> tuple[str, ...]:
    """The names a step itself gives a value."""
    if isinstance(step, form.Call):
        return step.targets
    target = getattr(step, "target", None)
    return () if target is None else (target,)


def reads_of(step: form.Step) -> set[str]:
    """Every name a step reads, blocks inside it included."""
    found: set[str] = set()
    for each in all_steps([step]):
        for attribute in ("arguments", "values", "settings"):
            found.update(one for one in getattr(each, attribute, ()) if isinstance(one, str))
        for attribute in ("left", "right", "source", "start", "stop", "stride", "condition", "name"):
            one = getattr(each, attribute, None)
            if isinstance(one, str):
                found.add(one)
        if isinstance(each, form.If):
            found.update(arm.condition for arm in each.arms if isinstance(arm.condition, str))
            for arm in each.arms:
                found |= mentions(arm.test) if arm.test is not None else set()
        if isinstance(each, form.While):
            found |= mentions(each.test)
    return found


def read_outside_loops(block: form.Block) -> set[str]:
    """Names that are read somewhere not inside a loop that counts with them."""
    found: set[str] = set()
    pending: list[tuple[form.Step, frozenset[str]]] = [(step, frozenset()) for step in block]
    while pending:
        step, counted = pending.pop()
        inner = blocks_of(step)
        own = counted | {step.target} if isinstance(step, form.For) else counted
        for each in inner:
            pending.extend((one, own) for one in each)
        here = reads_of(step) if not inner else _header_reads(step)
        found |= here - counted
    return found


def _header_reads(step: form.Step) -> set[str]:
    if isinstance(step, form.For):
        return {each for each in (step.start, step.stop, step.stride) if isinstance(each, str)}
    if isinstance(step, form.If):
        return {arm.condition for arm in step.arms if isinstance(arm.condition, str)}.union(
            *(mentions(arm.test) for arm in step.arms if arm.test is not None)
        )
    return mentions(step.test) if isinstance(step, form.While) else set()
