"""Steps -> the forward derivative program: each statement followed by its differential, by replacing each primitive
operation with its rule.

Law: nothing is written for what does not move. A name's differential exists where the name is active (`activity`);
where ways of a program meet and only some left it active, the others write `dx = 0`.

    a = x * y        ->      a = x * y
                             da = y * dx + x * dy
"""

from __future__ import annotations

from lang.errors import CommandError
from lang.rules import Primitive, restrict, table
from lang.steps import form
from lang.syntax import tree
from lang.transform.activity import Key, all_steps, assigned, locals_of, moving
from lang.transform.expressions import NOWHERE, constant, mentions, name, shared, substitute
from lang.transform.names import Names
from lang.transform.scope import Writer, called, primal
from lang.transform.shared import Shared
from lang.transform.slice import branching, needed
from lang.transform.style import Derived, Seeds, Style


def forward(block: form.Block, taken: set[str], seeds: Seeds, style: Style) -> Derived:
    """The forward derivative program of a program's steps.

    Args:
        block: the steps.
        taken: names that new names must not have.
        seeds: what moves, and how.

    Raises:
        CommandError: a name that does not exist or cannot be seeded. DerivativeError: a derivative that does not exist.
    """
    program = _Program(block, Names(taken), seeds, style)
    program.block(block)
    program.insert_functions()
    writer = program.writer
    derivatives = {source: program.differential(writer.word(source)) for source in program.active}
    used = {source: program.differential(word) for source, word in program.seeded.items()}
    return Derived(writer.out, used, derivatives, {source: writer.word(source) for source in writer.known})


def function_maker(block: form.Block, names: Names, style: Style) -> _Shared:
    """Writes derivatives of single functions of a program."""
    return _Program(block, names, {}, style).maker


class _Scope:
    """Writes the differentials of one scope's steps."""

    def __init__(self, writer: Writer, shared: _Shared) -> None:
        self.writer = writer
        self.shared = shared
        self.style = shared.style
        self.active: set[str] = set()
        self.sticky: set[str] = set()
        self.own: frozenset[str] = frozenset()
        self.beyond: frozenset[str] = frozenset()
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

    def block(self, block: form.Block) -> None:
        """Write a block's statements and differentials."""
        for step in block:
            handler = getattr(self, "_" + type(step).__name__.lower(), None)
            if handler is not None:
                handler(step)

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

    def _put_differential(self, target: str, slope: tree.Expression) -> None:
        word = self.writer.word(target)
        slope = substitute(slope, {RESULT: name(word)}, self.style.fold)
        if self.style.shares:
            made, slope = shared(slope, lambda: self.writer.names.fresh("t"))
            for each, call in made:
                self.writer.put(each, call)
        self.writer.put(self.differential(word), slope)
        self.active.add(target)

    def _primal(self, word: str, value: tree.Expression) -> None:
        if not self.style.separate or self.writer.depth:
            self.writer.put(word, value)

    def _rest(self, target: str) -> None:
        """A name got a value that does not move."""
        if target in self.sticky:
            self.writer.put(self.differential(self.writer.word(target)), constant(0.0))
            self.active.add(target)
        else:
            self.active.discard(target)

    # --- steps ----------------------------------------------------------------------------------------------

    def _operation(self, step: form.Operation) -> None:
        value = primal(self.writer, step)
        assert value is not None
        indices = moving(step, self.active)
        self.shared.check_fixed(step, self.active)
        right = self.style.differential(step.primitive, indices) if indices else None
        if right is None:
            self._give(step.target, value, None)
            return
        rule = step.primitive
        words: dict[str, tree.Expression] = {
            parameter: self.writer.value(each) for parameter, each in zip(rule.parameters, step.arguments, strict=True)
        }
        words[rule.rule.result.name] = name(RESULT)
        words |= {rule.differentials[index]: self.moved(step.arguments[index]) for index in indices}
        self._give(step.target, value, substitute(right, words, self.style.fold))

    def _copy(self, step: form.Copy) -> None:
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

    def _if(self, step: form.If) -> None:
        writer = self.writer
        before = set(self.active)
        known = set(writer.known)
        tests = [
            writer.rewritten(arm.test) if arm.test is not None else writer.value(arm.condition) for arm in step.arms
        ]
        bodies: list[list[tree.Statement]] = []
        ends: list[set[str]] = []
        returned: list[bool] = []
        for body in (*(arm.body for arm in step.arms), step.otherwise):
            self.active, writer.known = set(before), set(known)
            bodies.append(self._inside(body))
            ends.append(self.active)
            returned.append(bool(body) and isinstance(body[-1], form.Return))
        together = set().union(*(end for end, gone in zip(ends, returned, strict=True) if not gone))
        for body_out, end, gone in zip(bodies, ends, returned, strict=True):
            missing = () if gone else sorted(together - end)
            for each in missing:
                target = name(self.differential(writer.word(each)))
                body_out.append(tree.Assign((target,), None, (constant(0.0),), NOWHERE))
        self.active = together
        writer.known = known | assigned([step])
        whole = branching(list(zip(tests, bodies, strict=False)), bodies[-1])
        if whole is not None:
            writer.out.append(whole)

    def _inside(self, block: form.Block) -> list[tree.Statement]:
        """Write a block inside this one; its statements."""
        before = self.writer.swap([])
        self.writer.depth += 1
        self.block(block)
        self.writer.depth -= 1
        return self.writer.swap(before)

    def _loop(self, step: form.While | form.For) -> tuple[tree.Statement, ...]:
        """Write a loop's body; differentials that the body needs at its start are 0 before it."""
        writer = self.writer
        inside = self.shared.activity.closure([step], self.active, self.own)
        for each in sorted((inside - self.active) & writer.known):
            writer.put(self.differential(writer.word(each)), constant(0.0))
        outer = self.sticky
        self.active, self.sticky = inside, outer | inside
        known = set(writer.known)
        body = tuple(self._inside(step.body))
        self.active, self.sticky = set(inside), outer
        writer.known = known | assigned([step])
        return body

    def _while(self, step: form.While) -> None:
        body = self._loop(step)
        self.writer.out.append(tree.While(self.writer.rewritten(step.test), body, NOWHERE))

    def _for(self, step: form.For) -> None:
        bounds = range_bounds(self.writer, step)
        word = self.writer.word(step.target)
        body = self._loop(step)
        if step.target in self.active:
            still = tree.Assign((name(self.differential(word)),), None, (constant(0.0),), NOWHERE)
            body = (still, *body)
        self.writer.out.append(tree.For(name(word), bounds, body, NOWHERE))

    # --- calls ----------------------------------------------------------------------------------------------

    def _call(self, step: form.Call) -> None:
        writer = self.writer
        arguments = [writer.value(each) for each in step.arguments]
        procedure = self.shared.functions[step.function]
        key = self.shared.call_key(step, self.active, self.own, self.beyond)
        results = self.shared.activity.results(key)
        if procedure.rule is not None:
            self._ruled(step, procedure.rule, key[1], called(step.function, arguments))
            return
        if not any(results) and not self.shared.saves(procedure):
            words = tuple(writer.assign(each) for each in step.targets)
            writer.put(words, called(step.function, arguments))
            for each in step.targets:
                self._rest(each)
            return
        function = self.shared.variant(key)
        arguments += [self.moved(step.arguments[index]) for index in key[1]]
        words = tuple(writer.assign(each) for each in step.targets)
        slopes = tuple(self.differential(word) for word, active in zip(words, results, strict=True) if active)
        writer.put((*words, *slopes), called(function, arguments))
        for target, active in zip(step.targets, results, strict=True):
            if active:
                self.active.add(target)
            else:
                self._rest(target)

    def _ruled(self, step: form.Call, rule: form.UserRule, indices: tuple[int, ...], value: tree.Expression) -> None:
        """A function with a rule of its own: the rule's right side, as for a primitive."""
        self.shared.check_rule(step, rule, self.active, self.own)
        right = restrict(rule.right, {rule.differentials[index] for index in indices}, rule.differentials)
        if right is None:
            self._give(step.targets[0], value, None)
            return
        words: dict[str, tree.Expression] = {
            parameter: self.writer.value(each) for parameter, each in zip(rule.parameters, step.arguments, strict=True)
        }
        words[rule.result] = name(RESULT)
        words |= {rule.differentials[index]: self.moved(step.arguments[index]) for index in indices}
        words |= {each: name(self.writer.word(each)) for each in rule.reads}
        self._give(step.targets[0], value, substitute(right, words, self.style.fold))


RESULT = "the result"
"""Stands for the name of a statement's result until it is known; no program can spell it."""


def range_bounds(writer: Writer, step: form.For) -> tuple[tree.Expression, ...]:
    """The bounds of a loop as a person writes them: those that say nothing are left out."""
    start, stop, stride = (writer.value(each) for each in (step.start, step.stop, step.stride))
    if step.stride != 1.0:
        return (start, stop, stride)
    return (stop,) if step.start == 0.0 and not isinstance(step.start, str) else (start, stop)


class _Shared(Shared):
    """The functions of a program, and what was made of them."""

    def __init__(self, block: form.Block, names: Names, style: Style) -> None:
        super().__init__(block, names, style)
        self.variants: dict[Key, str] = {}
        self.made: dict[form.Procedure, list[tree.Statement]] = {}
        self.program: _Program

    def find_primitive(self, function: str, arity: int) -> Primitive | None:
        """The primitive of that name, unless the program has a function of its own."""
        return None if function in self.functions else table().find(function, arity)

    def is_plain(self, function: str) -> bool:
        """Does a function call no derivative, itself or through the functions it calls?"""
        seen: set[str] = set()
        pending = [function]
        while pending:
            each = pending.pop()
            if each in seen or each not in self.functions:
                continue
            seen.add(each)
            for step in all_steps(self.functions[each].body):
                if isinstance(step, form.PrimitiveDerivative) or (isinstance(step, form.Call) and step.by):
                    return False
                if isinstance(step, form.Call):
                    pending.append(step.function)
        return True

    def saving_names(self) -> set[str]:
        """The functions, made ones too, that save or take back."""
        own = {each for each, procedure in self.functions.items() if self.saves(procedure)}
        return own | {made for (procedure, _, _), made in self.variants.items() if self.saves(procedure)}

    def take_made(self) -> list[tree.Statement]:
        """The functions written so far, once."""
        found = [each for statements in self.made.values() for each in statements]
        self.made.clear()
        return found

    def variant(self, key: Key) -> str:
        """The name of the function that computes a function's value and differential; written when first asked."""
        if key not in self.variants:
            procedure, _, _ = key
            self.variants[key] = self.names.function("d" + procedure.name)
            statements = self.made.setdefault(procedure, [])
            place = len(statements)
            made = _Function(self, key).statement(self.variants[key])
            statements.insert(place, made)
        return self.variants[key]


class _Function(_Scope):
    """Writes the derivative of a function for some active operands."""

    def __init__(self, shared: _Shared, key: Key) -> None:
        procedure, indices, reads = key
        names = shared.names.inner()
        super().__init__(Writer(names, shared.kept, procedure.parameters), shared)
        self.key = key
        self.results = shared.activity.results(key)
        self.own = locals_of(procedure)
        for each in reads - self.own:
            self._differentials[each] = shared.program.differential(each)
            names.taken.add(self._differentials[each])
        self.active = {procedure.parameters[index] for index in indices} | (reads - self.own)
        self.beyond = reads & self.own

    def statement(self, function: str) -> tree.Function:
        """The definition."""
        procedure, indices, _ = self.key
        slopes = [self.differential(procedure.parameters[index]) for index in indices]
        parameters = tuple(name(each) for each in (*procedure.parameters, *slopes))
        self.writer.known |= set(self.shared.activity.reads(procedure))
        self.block(procedure.body)
        body = needed(self.writer.out, (), self.shared.saving_names())
        return tree.Function(name(function), parameters, tuple(body), False, NOWHERE)

    def _return(self, step: form.Return) -> None:
        values = [self.writer.value(each) for each in step.values]
        for each, active in zip(step.values, self.results, strict=True):
            if active:
                moves = isinstance(each, str) and each in self.active
                values.append(self.moved(each) if moves else constant(0.0))
        self.writer.out.append(tree.Return(tuple(values), NOWHERE))


class _Program(_Scope):
    """Writes a program's own statements."""

    def __init__(self, block: form.Block, names: Names, seeds: Seeds, style: Style) -> None:
        shared = _Shared(block, names, style)
        shared.program = self
        super().__init__(Writer(names, shared.kept), shared)
        self.maker = shared
        self.seeds = seeds
        self.seeded: dict[str, str] = {}
        self.places: list[tuple[int, form.Procedure]] = []
        inputs = {step.target for step in block if isinstance(step, form.Input)}
        self.inputs = inputs
        self.last = self._last_assignments(block, [each for each in seeds if each not in inputs])

    def _last_assignments(self, block: form.Block, sources: list[str]) -> dict[form.Step, str]:
        """Where names that are not inputs are seeded: after the statement that assigns them last."""
        found: dict[str, form.Step] = {}
        for step in block:
            for each in assigned([step]) & set(sources):
                found[each] = step
        for each in sources:
            if each not in found:
                raise CommandError(f"this program has no name `{each}`")
        return {step: each for each, step in found.items()}

    def block(self, block: form.Block) -> None:
        """Write statements; after the last assignment of a name that is asked by, its seed."""
        for step in block:
            super().block([step])
            if step in self.last:
                source = self.last[step]
                self._seed(source)

    def _seed(self, source: str) -> None:
        word = self.writer.word(source)
        value = self.seeds[source]
        target = self.differential(word)
        if value is None:
            self.writer.out.append(tree.Input(name(target), None, NOWHERE))
        else:
            self.writer.put(target, constant(value))
        self.active.add(source)
        self.seeded[source] = word

    def _input(self, step: form.Input) -> None:
        word = self.writer.assign(step.target)
        if not self.style.separate:
            self.writer.out.append(tree.Input(name(word), step.node.default, NOWHERE))
        if step.target in self.seeds:
            self._seed(step.target)
        else:
            self._rest(step.target)

    def _define(self, step: form.Define) -> None:
        self.shared.define(step.procedure)
        if not self.style.separate:
            self.writer.out.append(step.node)
        self.places.append((len(self.writer.out), step.procedure))

    def insert_functions(self) -> None:
        """Put the functions that were made behind those they were made of."""
        for place, procedure in reversed(self.places):
            self.writer.out[place:place] = self.shared.made.get(procedure, [])
