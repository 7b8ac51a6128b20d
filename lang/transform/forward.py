"""Steps -> the forward derivative program: each statement followed by its differential, by replacing each primitive
operation with its rule.

Law: the statements of each scope are `differentials`' business; here is what holds scopes together: the seeds, and a
function of its own for each function and set of operands that move.

    a = x * y        ->      a = x * y
                             da = y * dx + x * dy
"""

from __future__ import annotations

from lang.errors import CommandError
from lang.rules import Primitive, table
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.reach import Reach
from lang.steps.walk import all_steps, assigned, targets_of
from lang.syntax import tree
from lang.transform.activity import Key, locals_of
from lang.transform.differentials import Differentials
from lang.transform.expressions import NOWHERE, constant, name
from lang.transform.lines import Derived, statements
from lang.transform.names import Names
from lang.transform.reads import constants_read_first
from lang.transform.scope import Writer, called
from lang.transform.shared import Shared
from lang.transform.slice import needed
from lang.transform.style import Seeds, Style


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
    drive(program.block(block))
    program.insert_functions()
    writer = program.writer
    order = dict.fromkeys(target for step in all_steps(block) for target in targets_of(step))
    derivatives = {source: program.differential(writer.word(source)) for source in order if source in program.active}
    used = program.seeded
    return Derived([*writer.out], used, derivatives, {source: writer.word(source) for source in writer.known})


def function_maker(block: form.Block, names: Names, style: Style) -> _Shared:
    """Writes derivatives of single functions of a program."""
    return _Program(block, names, {}, style).maker


class _Shared(Shared):
    """The functions of a program, and what was made of them."""

    def __init__(self, block: form.Block, names: Names, style: Style) -> None:
        super().__init__(block, names, style)
        self.variants: dict[Key, str] = {}
        self.made: dict[form.Procedure, list[tree.Statement]] = {}
        self.program: _Program
        self._derived = Reach(_derives, self.activity.called_by)

    def find_primitive(self, function: str, arity: int) -> Primitive | None:
        """The primitive of that name, unless the program has a function of its own."""
        return None if function in self.functions else table().find(function, arity)

    def is_plain(self, function: str) -> bool:
        """Does a function call no derivative, itself or through the functions it calls?"""
        procedure = self.functions.get(function)
        return procedure is None or not self._derived.of(procedure)

    def take_made(self) -> list[tree.Statement]:
        """The functions written so far, once."""
        found = [each for statements in self.made.values() for each in statements]
        self.made.clear()
        return found

    def variant(self, key: Key) -> Walk:
        """The walk to the name of the function that gives a value and its differential; written when first asked."""
        if key not in self.variants:
            procedure, _, _ = key
            self.variants[key] = self.names.function("d" + procedure.name)
            if self.saves(procedure):
                self.made_saving.add(self.variants[key])
            statements = self.made.setdefault(procedure, [])
            place = len(statements)
            made = yield _Function(self, key).statement(self.variants[key])
            statements.insert(place, made)
        return self.variants[key]


def _derives(procedure: form.Procedure) -> tuple[str, ...]:
    """Does a function itself call a derivative?"""
    for step in all_steps(procedure.body):
        if isinstance(step, form.PrimitiveDerivative) or (isinstance(step, form.Call) and step.by):
            return ("derives",)
    return ()


class _Function(Differentials):
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
        self.active.update((procedure.parameters[index] for index in indices), reads - self.own)
        self.beyond = reads & self.own

    def statement(self, function: str) -> Walk:
        """The walk that gives the definition."""
        procedure, indices, _ = self.key
        slopes = [self.differential(procedure.parameters[index]) for index in indices]
        parameters = tuple(name(each) for each in (*procedure.parameters, *slopes))
        self.writer.known.update(self.shared.activity.reads(procedure))
        yield self.block(procedure.body)
        body = list(statements(self.writer.out))
        if not self.shared.style.whole:
            body = needed(body, (), self.shared.saving())
        return tree.Function(name(function), parameters, tuple(body), False, NOWHERE)

    def _return(self, step: form.Return) -> None:
        values = [self.writer.value(each) for each in step.values]
        for each, active in zip(step.values, self.results, strict=True):
            if active:
                moves = isinstance(each, str) and each in self.active
                values.append(self.moved(each) if moves else constant(0.0))
        self.writer.out.append(tree.Return(tuple(values), NOWHERE))


class _Program(Differentials):
    """Writes a program's own statements."""

    def __init__(self, block: form.Block, names: Names, seeds: Seeds, style: Style) -> None:
        shared = _Shared(block, names, style)
        shared.program = self
        super().__init__(Writer(names, shared.kept, constants_read_first(block, shared.kept)), shared)
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
        for step in block if sources else ():
            for each in assigned([step]) & set(sources):
                found[each] = step
        for each in sources:
            if each not in found:
                raise CommandError(f"this program has no name `{each}`")
        return {step: each for each, step in found.items()}

    def block(self, block: form.Block) -> Walk:
        """Write statements; after the last assignment of a name that is asked by, its seed."""
        if not self.last:
            yield super().block(block)
            return
        for step in block:
            yield super().block([step])
            if step in self.last:
                self._seed(self.last[step])

    def _seed(self, source: str) -> None:
        word = self.writer.word(source)
        value = self.seeds[source]
        whole = seed = self.differential(word)
        moves = source in self.active  # with others that are seeded, too
        if moves:
            seed = self.writer.names.fresh(whole)
        if value is None:
            self.writer.out.append(tree.Input(name(seed), None, NOWHERE))
        else:
            self.writer.put(seed, constant(value))
        if moves:
            self.writer.put(whole, called("+", (name(whole), name(seed))))
        self.active.add(source)
        self.seeded[source] = seed

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
