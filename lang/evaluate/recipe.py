"""A program with its inputs, ready to be run again: on floats, with tangents, or with a tape.

Law: programs are hermetic, so a run may be repeated, and every derivative is got by running the program again on other
numbers. Nothing here knows which verb asks.

    values      one run on floats
    tangents    one run on dual numbers: how results move when inputs move so
    adjoints    one run on a tape and one sweep back: what each input contributes to a weighted sum of results
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lang.errors import CommandError
from lang.evaluate.active import Value, below, plain
from lang.evaluate.assemble import Code, asked, assemble
from lang.evaluate.beside import answered
from lang.evaluate.forward import Forward
from lang.evaluate.machine import Machine
from lang.evaluate.marks import Activate, counted, last, marked, single
from lang.evaluate.point import Point
from lang.evaluate.run import Run
from lang.evaluate.settings import Settings
from lang.evaluate.spending import Spent
from lang.evaluate.supplied import Given, Supply
from lang.evaluate.tape import Tape
from lang.evaluate.wanted import NO_SIGN, recorded, refuse_boolean, result
from lang.fact import Fact
from lang.steps import form
from lang.steps.walk import assigned
from lang.syntax import tree

Marked = dict[tuple[form.Procedure, tuple[str, ...]], form.Procedure]


class Recipe(Fact):
    """A program's statements with its inputs.

    Args:
        parts: the statements as steps, in one piece for each text they came from.
        body: the statements as trees.
        supply: the value of an input, None where it has none.
        settings: how to run.
        codes: assembled code, shared by all runs.
        marked: the statements with marks for some names, shared likewise.
        spent: what the runs so far used of the limits; None where each run has its own.
        forced: comparisons of equal values to be decided as if the left side were smaller (-1) or larger (1).
        watch: told now and then how many steps were done; what it raises ends the run.
        memory: what other engines keep of the program, shared likewise.
        wanted: the names of the results that derivatives are asked of, where that is known.
    """

    __slots__ = __match_args__ = (
        "parts", "body", "supply", "settings", "codes", "marked", "spent", "forced", "watch", "memory", "wanted"
    )  # fmt: skip

    def __init__(
        self,
        parts: tuple[form.Procedure, ...],
        body: tree.Block,
        supply: Supply,
        settings: Settings | None = None,
        codes: dict[form.Procedure, Code] | None = None,
        marked: Marked | None = None,
        spent: Spent | None = None,
        forced: Mapping[form.Step, float] | None = None,
        watch: Callable[[int], None] | None = None,
        memory: Any = None,
        wanted: frozenset[str] = frozenset(),
    ) -> None:
        self.parts, self.body, self.supply = parts, body, supply
        self.settings = Settings() if settings is None else settings
        self.codes = {} if codes is None else codes
        self.marked = {} if marked is None else marked
        self.spent = spent
        self.forced = {} if forced is None else forced
        self.watch, self.memory, self.wanted = watch, memory, wanted

    def at(self, inputs: Mapping[str, float]) -> Recipe:
        """The same program with other values for some inputs."""
        return self.but(supply=Given(inputs, self.supply)) if inputs else self

    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs, in order."""
        if len(self.parts) == 1:
            return self._asked(self.parts[0])
        return tuple(dict.fromkeys(name for part in self.parts for name in self._asked(part)))

    def _asked(self, part: form.Procedure) -> tuple[str, ...]:
        """The inputs of a part; what is only compiled is never assembled."""
        return self.codes[part].inputs if part in self.codes else asked(part)

    def code(self, part: form.Procedure) -> Code:
        """A part, ready to run."""
        found = self.codes.get(part)
        if found is None:
            found = self.codes[part] = assemble(part)
        return found

    # --- running --------------------------------------------------------------------------------------------

    def start(
        self,
        prepare: Callable[[Run], Activate] | None = None,
        marks: Iterable[str] = (),
        machine: Callable[[Run], Machine] | None = None,
        kept: Iterable[str] | None = None,
    ) -> Run:
        """Run the program to its end.

        Args:
            prepare: given the run, what to do with the inputs and marked names in it.
            marks: names that are not inputs whose new values `prepare` wants to see.
            machine: what runs it; by default the plain machine.
            kept: the names whose values are wanted; by default all. It may leave others, or older values of theirs.
        """
        parts = self._with_marks(tuple(sorted(set(marks))))
        run = Run(self.settings, parts[0].source, self.supply, self.codes, self.spent)
        run.forced, run.parts, run.wanted = self.forced, parts, self.wanted
        run.watch = None if self.forced else self.watch
        if kept is not None and len(parts) == 1:
            run.kept = self.code(parts[0]).reads | frozenset(kept)
        if prepare is not None:
            run.activate = prepare(run)
        runner = (machine or Machine)(run)
        for part in parts:
            runner.execute(part)
        run.finish()
        return run

    def values(self) -> Run:
        """One run on floats."""
        return self.start()

    def split(self, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names that derivatives are asked by: the inputs among them, and the others.

        Raises:
            CommandError: a name that the program never assigns.
        """
        if names == self.inputs():
            return tuple(names), ()
        inputs = set(self.inputs())
        others = tuple(name for name in names if name not in inputs)
        known = {target for part in self.parts for target in assigned(part.body)} if others else set()
        for name in others:
            if name not in known:
                raise CommandError(
                    f"derivatives are asked by inputs or by names the program computes; `{name}` is neither",
                    hint=f"the inputs are {', '.join(f'`{each}`' for each in self.inputs()) or 'none'}",
                ).at(name)
        return tuple(name for name in names if name in inputs), others

    def _with_marks(self, names: tuple[str, ...]) -> tuple[form.Procedure, ...]:
        if not names:
            return self.parts
        found = []
        for part in self.parts:
            if (part, names) not in self.marked:
                self.marked[part, names] = marked(part, names)
            found.append(self.marked[part, names])
        return tuple(found)

    # --- derivatives ----------------------------------------------------------------------------------------

    def tangents(self, of: Sequence[str], along: Mapping[str, float]) -> Point:
        """How results move when the named inputs move so: one run on dual numbers.

        Args:
            of: names of results.
            along: the tangent of each name that moves; a tangent of 0 counts as not moving. A name that is not an
                input is moved at its last assignment, besides what moves it already.
        """
        return answered(self, of, tuple(along), lambda recipe: recipe._tangents(of, along))

    def _tangents(self, of: Sequence[str], along: Mapping[str, float]) -> tuple[Point, Run]:
        run, level = self.moved(along)
        found = {name: result(run, name) for name in of}
        point = Point(
            {name: plain(value) for name, value in found.items()},
            {name: plain(level.tangent(value)) + NO_SIGN for name, value in found.items()},
            tuple(run.notes.values()),
        )
        return point, run

    def moved(
        self, along: Mapping[str, float], machine: Callable[[Run, Forward], Machine] | None = None
    ) -> tuple[Run, Forward]:
        """The run behind `tangents`, and the level its moving numbers belong to.

        Args:
            along: as for `tangents`.
            machine: what runs it, given the run and the level; by default the plain machine.
        """
        moving = {name: tangent for name, tangent in along.items() if tangent != 0.0}
        _, others = self.split(tuple(moving))
        levels: list[Forward] = []

        def prepare(run: Run) -> Activate:
            level = Forward(run)
            levels.append(level)

            def move(name: str) -> Callable[[Value, form.Step], Value]:
                def moved(value: Value, step: form.Step) -> Value:
                    refuse_boolean(name, value)
                    before = plain(level.tangent(value))  # how it moves with others that are asked by, too
                    return level.seed(below(value, level), before + moving[name] if before else moving[name])

                return moved

            return self.at_last({name: move(name) for name in moving}, others)

        run = self.start(prepare, others, machine and (lambda run: machine(run, levels[0])))
        return run, levels[0]

    def at_last(self, activate: Activate, others: Sequence[str]) -> Activate:
        """The same, for names that are not inputs only at their last assignment in a run."""
        if not others or single(self._with_marks(tuple(sorted(set(others))))).issuperset(others):
            return activate
        left = dict.fromkeys(others, 0)
        self.start(lambda run: counted(left), others)
        return last(activate, left)

    def adjoints(self, seeds: Mapping[str, float], by: Sequence[str]) -> Point:
        """What each named input contributes to a weighted sum of results: one run on a tape, one sweep back.

        Args:
            seeds: the weight of each result; a weight of 0 counts as absent.
            by: names of inputs, or of values on the way (their adjoint as they stand at the end).
        """
        return answered(self, seeds, by, lambda recipe: recipe._adjoints(seeds, by))

    def _adjoints(self, seeds: Mapping[str, float], by: Sequence[str]) -> tuple[Point, Run]:
        _, others = self.split(by)
        tapes: list[Tape] = []
        leaves: dict[str, int] = {}

        def prepare(run: Run) -> Activate:
            tape = Tape(run)
            tapes.append(tape)
            return self.at_last(dict.fromkeys(by, recorded(tape, leaves)), others)

        run = self.start(prepare, others, kept=seeds)
        found = {name: result(run, name) for name in seeds}
        kept = tapes[0].sweep(((found[name], seed) for name, seed in seeds.items() if seed != 0.0), leaves.values())
        adjoints = {name: kept.get(leaves.get(name, -1), 0.0) + NO_SIGN for name in by}
        point = Point({name: plain(value) for name, value in found.items()}, adjoints, tuple(run.notes.values()))
        run.let_go()
        return point, run

    def hessian_row(self, of: str, by: Sequence[str], along: str) -> Point:
        """One row of second derivatives: the tangent of the adjoints as one input moves (forward over reverse).

        Raises:
            CommandError: a name in `by` is not an input.
        """
        _, others = self.split(by)
        if others:
            raise CommandError(f"second derivatives are taken by inputs; `{others[0]}` is not one").at(others[0])
        return answered(self, [of], (), lambda recipe: recipe._hessian_row(of, by, along))

    def _hessian_row(self, of: str, by: Sequence[str], along: str) -> tuple[Point, Run]:
        levels: list[tuple[Forward, Tape]] = []
        leaves: dict[str, int] = {}

        def prepare(run: Run) -> Activate:
            forward, tape = Forward(run), Tape(run)
            levels.append((forward, tape))
            leaf = recorded(tape, leaves)
            return {**dict.fromkeys(by, leaf), along: lambda value, step: leaf(forward.seed(value), step)}

        run = self.start(prepare)
        value = result(run, of)
        forward, tape = levels[0]
        kept = tape.sweep([(value, 1.0)], leaves.values())
        second = {name: plain(forward.tangent(kept.get(leaves.get(name, -1), 0.0))) + NO_SIGN for name in by}
        point = Point({of: plain(value)}, second, tuple(run.notes.values()))
        run.let_go()
        return point, run

    def hessian(self, of: str, by: Sequence[str]) -> list[Point]:
        """All rows of second derivatives, in the order of the names.

        Raises:
            CommandError: a name in `by` is not an input.
        """
        return [self.hessian_row(of, by, name) for name in by]
