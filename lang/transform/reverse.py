"""Steps -> the adjoint program: the statements, then their adjoints in reverse order.

Law: the sweep back contains no knowledge but the rules': a statement contributes to the adjoint of each operand the
rule's line with that operand's differential replaced by the statement's own adjoint.

    a = x * y                       gb = gz
    b = sin(x)              ->      ga = gz
    z = a + b                       gy = x * ga
                                    gx = y * ga + cos(x) * gb

A function becomes two: one that saves what its adjoint needs, and its adjoint, which takes it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from lang.clock import watched
from lang.errors import CommandError
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.program import assigned_names
from lang.steps.walk import assigned
from lang.syntax import tree
from lang.transform.activity import Key, locals_of
from lang.transform.adjoint import Adjoints
from lang.transform.expressions import NOWHERE, constant, name
from lang.transform.finish import finished
from lang.transform.items import Item, Leaf, Overwrite, hidden
from lang.transform.lines import Derived, Line, statements
from lang.transform.names import Names
from lang.transform.reads import constants_read_first
from lang.transform.record import Recorder
from lang.transform.scope import Writer
from lang.transform.shared import Shared
from lang.transform.slice import needed
from lang.transform.style import Seeds, Style
from lang.transform.sweep import Sweep


def reverse(block: form.Block, taken: set[str], seeds: Seeds, wrt: Sequence[str], style: Style) -> Derived:
    """The adjoint program of a program's steps.

    Args:
        block: the steps.
        taken: names that new names must not have.
        seeds: the weight of each result; None leaves it open.
        wrt: the names derivatives are asked by.

    Raises:
        CommandError: a name that does not exist. DerivativeError: a derivative that does not exist.
    """
    first = _Program(block, Names(taken), seeds, wrt, style, set())
    derived = first.derived()
    changed = first.changed_seeds()
    if not changed:
        return derived
    return _Program(block, Names(taken), seeds, wrt, style, changed).derived()


class _Shared(Shared):
    """The functions of a program, and what was made of them."""

    def __init__(self, block: form.Block, names: Names, style: Style) -> None:
        super().__init__(block, names, style)
        self.stack = max(self.stacks, default=0) + 1
        self.pairs: dict[Key, tuple[str, str]] = {}
        self.made: dict[form.Procedure, list[tree.Statement]] = {}

    def adjoint_function(self, key: Key) -> Walk:
        """The walk to the names of the function that saves and of the adjoint; written when first asked."""
        if key not in self.pairs:
            procedure, _, _ = key
            self.pairs[key] = self.names.function(procedure.name + "_saved"), self.names.function("g" + procedure.name)
            self.made_saving.update(self.pairs[key])
            statements = self.made.setdefault(procedure, [])
            place = len(statements)
            statements[place:place] = yield _Function(self, key).statements()
        return self.pairs[key]


class _Function:
    """Writes the two functions of a function for some active operands."""

    def __init__(self, shared: _Shared, key: Key) -> None:
        self.shared = shared
        self.key = key
        self.names = shared.names.inner()

    def statements(self) -> Walk:
        """The walk that gives both definitions."""
        procedure, indices, reads = self.key
        outside = set(self.shared.activity.reads(procedure))
        writer = Writer(self.names, self.shared.kept, procedure.parameters)
        recorder = Recorder(
            writer, self.shared, {procedure.parameters[index] for index in indices} | (reads - locals_of(procedure))
        )
        recorder.is_function = True
        recorder.own = locals_of(procedure)
        recorder.beyond = reads & recorder.own
        recorder.outside = outside - set(procedure.parameters)
        recorder.whole_scope(procedure.body)
        adjoints = Adjoints(self.names, taped=self.shared.style.taped)
        sweep = Sweep(adjoints, self.shared, {})
        moves = self.shared.activity.results(self.key)
        given = [
            self.names.fresh("gc" if procedure.results == 1 else f"gc{place}") if active else ""
            for place, active in enumerate(moves, 1)
        ]
        sweep.returned = tuple(given)
        yield sweep.back(recorder.items)
        hides = recorder.own
        names = (hidden(each) if each in hides else each for each in sorted(reads))
        wanted = [*(procedure.parameters[index] for index in indices), *names]
        taken = [adjoints.take(each) for each in wanted]
        results = tuple(name(each) if each else constant(0.0) for each in taken)
        back = tree.Return(results or (constant(0.0),), NOWHERE)
        saving, adjoint = self.shared.pairs[self.key]
        there = finished(recorder.whole(), adjoints, self.shared.stack)
        return [
            self._definition(saving, procedure.parameters, there),
            self._definition(adjoint, given, [*finished(adjoints.out, adjoints, self.shared.stack), back]),
        ]

    def _definition(
        self, function: str, parameters: Iterable[str], body: list[tree.Statement | Line]
    ) -> tree.Function:
        """A function, without what its results do not need."""
        kept = needed(statements(body), (), self.shared.saving())
        return tree.Function(
            name(function), tuple(name(each) for each in parameters if each), tuple(kept), False, NOWHERE
        )


class _ProgramRecorder(Recorder):
    """Writes the forward sweep of a program's own statements."""

    def __init__(self, writer: Writer, shared: _Shared, wrt: Iterable[str]) -> None:
        super().__init__(writer, shared, set())
        self.wrt = set(wrt)
        self.places: list[tuple[Any, form.Procedure]] = []

    def _input(self, step: form.Input) -> None:
        word, save = self._overwrite(step.target)
        self.out.append(tree.Input(name(word), step.node.default, NOWHERE))
        if step.target in self.wrt:
            self.items.append(Leaf(step.target, word))
            self.active.add(step.target)
        else:
            self.items.append(Overwrite(word, save))
            self._rest(step.target)

    def _define(self, step: form.Define) -> None:
        self.shared.define(step.procedure)
        self.out.append(step.node)
        self.places.append((step.node, step.procedure))


class _Program:
    """Writes a program's forward sweep, its seeds and its sweep back."""

    def __init__(
        self, block: form.Block, names: Names, seeds: Seeds, wrt: Sequence[str], style: Style, changed: set[str]
    ) -> None:
        self.shared = _Shared(block, names, style)
        self.block, self.names, self.seeds, self.wrt, self.style, self.changed = (
            block,
            names,
            seeds,
            wrt,
            style,
            changed,
        )
        self.adjoints = Adjoints(names, taped=style.taped)
        self.seeded: dict[str, str] = {}

    def derived(self) -> Derived:
        """The whole program."""
        writer = Writer(self.names, self.shared.kept, constants_read_first(self.block, self.shared.kept))
        recorder = _ProgramRecorder(writer, self.shared, self.wrt)
        recorder.leaves = self._last_assignments()
        recorder.whole_scope(self.block)
        items: list[Item] = recorder.items
        leaves: dict[str, str] = {}
        self._seed(writer)
        sweep = Sweep(self.adjoints, self.shared, leaves)
        drive(sweep.back(items))
        self._keep(sweep.ends, leaves)
        before = [] if self.style.separate else finished(recorder.whole(), self.adjoints, self.shared.stack)
        made = {id(node): self.shared.made.get(procedure, []) for node, procedure in recorder.places}
        before = [other for each in before for other in (each, *made.get(id(each), ()))]
        after = finished(self.adjoints.out, self.adjoints, self.shared.stack)
        results = {source: writer.word(source) for source in writer.known}
        overwritten = _assigned(after, {results[source] for source in self.seeds})
        for source in self.seeds:
            if results[source] in overwritten and not self.style.separate:
                kept = self.names.fresh(results[source])
                before.append(tree.Assign((name(kept),), None, (name(results[source]),), NOWHERE))
                results[source] = kept
        return Derived([*before, *after], self.seeded, {each: leaves[each] for each in self.wrt}, results)

    def _last_assignments(self) -> dict[form.Step, tuple[str, ...]]:
        """Names that are not inputs, by the statement that assigns them last."""
        inputs = {step.target for step in self.block if isinstance(step, form.Input)}
        others = [each for each in self.wrt if each not in inputs]
        found: dict[str, form.Step] = {}
        if others:
            for step in self.block:
                found.update(dict.fromkeys(assigned([step]).intersection(others), step))
        for each in others:
            if each not in found:
                raise CommandError(f"this program has no name `{each}`")
        steps: dict[form.Step, tuple[str, ...]] = {}
        for each in others:
            step = found[each]
            steps[step] = (*steps.get(step, ()), each)
        return steps

    def _seed(self, writer: Writer) -> None:
        adjoints = self.adjoints
        for source, value in self.seeds.items():
            word = writer.word(source)
            if source in self.changed:
                seed = self.names.fresh("g" + word)
                adjoints.add(word, seed)
            else:
                seed = adjoints.word(word)
                adjoints.held.add(word)
            self.seeded[source] = seed
            if value is None:
                adjoints.out.append(tree.Input(name(seed), None, NOWHERE))
            else:
                adjoints.put(seed, constant(value))

    def _keep(self, ends: list[tuple[str, int]], leaves: dict[str, str]) -> None:
        """Keep the adjoints of values on the way where those of older values of the name get the same name after."""
        out = self.adjoints.out
        later: set[str] = set()
        pieces: list[Sequence[Any]] = []
        until = len(out)
        for source, place in watched(ends[::-1], "writing the adjoint program"):
            later.update(_times_written(out[place:until]))
            pieces.append(out[place:until])
            until = place
            word = leaves[source]
            if word in later:
                leaves[source] = self.names.fresh(word)
                pieces.append((tree.Assign((name(leaves[source]),), None, (name(word),), NOWHERE),))
        out[until:] = [each for piece in reversed(pieces) for each in piece]

    def changed_seeds(self) -> set[str]:
        """Results whose seed the sweep back would overwrite: it works on another name then."""
        words = _times_written(self.adjoints.out)
        return {source for source, seed in self.seeded.items() if words[seed] > (self.seeds[source] is not None)}


def _times_written(out: Iterable[Any]) -> Counter[str]:
    """How often statements of a sweep back give each name a value."""
    words: Counter[str] = Counter()
    pending: list[Any] = []
    for each in out:
        if each.__class__ is Line:
            words[each.target] += 1
        else:
            pending.append(each)
    while pending:
        each = pending.pop()
        if isinstance(each, Line):
            words[each.target] += 1
        elif isinstance(each, tree.Assign):
            words.update(target.name for target in each.targets)
        pending.extend(inner for body in getattr(each, "bodies", ()) for inner in body)
        pending.extend(getattr(each, "body", ()) if not isinstance(each, tree.Statement) else ())
    return words


def _assigned(body: list[tree.Statement | Line], among: set[str]) -> set[str]:
    """The names that statements and lines give a value."""
    others = [each for each in body if not isinstance(each, Line)]
    found = among.intersection([each.target for each in body if isinstance(each, Line)])
    return found | (among & assigned_names(others))
