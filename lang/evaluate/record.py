"""A program with its inputs -> the record of one run: every step it made, in order, as plain facts.

Law: a record knows no derivative rules. Values, partials and tangents are those that a run on a tape or on dual numbers
computed; what is added here is which step used which, and the sweep back as sums of products.

    x = 2; y = 3; a = x * y     0: x = ?      1: y = ?      2: a = x * y, operands 0 and 1, partials 3 and 2

A call's parameters and results are nodes of their own (`a = x`, with partial 1), so a path can be followed through
functions by name. A derivative call (`f'(x)`) and a function with a user's rule are one node, as a primitive is: their
partials are the products along what the tape kept of them.

Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapters 3.1 and 3.2 (the evaluation trace).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lang.clock import watched
from lang.errors import CommandError
from lang.evaluate.course import Context
from lang.evaluate.deciding import Deciding
from lang.evaluate.forward import Forward
from lang.evaluate.marks import Activate
from lang.evaluate.notes import Note
from lang.evaluate.recipe import Recipe
from lang.evaluate.recording import Moving, Recording
from lang.evaluate.run import Run
from lang.evaluate.tape import Tape
from lang.evaluate.wanted import recorded, refuse_boolean
from lang.source import Source, Span
from lang.steps import form
from lang.steps.wording import operation

INPUT, OPERATION, COPY, CONDITION, CALL, PARAMETER, RESULT, TURN, POP = (
    "input",
    "operation",
    "copy",
    "condition",
    "call",
    "parameter",
    "result",
    "turn",
    "pop",
)


TELLING = "telling the steps of the run"


@dataclass(slots=True)
class Node:
    """One step that a run made.

    Attributes:
        index: its place in the order of execution, from 0.
        name: the name it gave a value (`t1`, `t2`, ... where the program wrote none).
        label: the same made unique: a name given a value again is `x_1`, `x_2`, ...
        kind: `input`, `operation`, `copy`, `condition` (a comparison or `not`), `call` (a derivative call, or a
            function with a user's rule), `parameter`, `result` (of a call), `turn` (a `for` loop's variable), `pop`.
        step: the step itself, which `operation` puts in words.
        value: the number, true or false.
        operands: the node of each operand of the step, None for a number that the program wrote.
        edges: (node, partial derivative) for each operand that moves, in the order of the step; a node may occur twice.
        active: does it depend on a name that derivatives are asked by?
        context: the call and the loop turns it was made in; None at a program's top.
        source: the text its place is in.
        reads: the nodes of the program's names that a call reads inside, where that is not told.
    """

    index: int
    name: str
    label: str
    kind: str
    step: form.Step
    value: float | bool
    operands: tuple[int | None, ...]
    edges: tuple[tuple[int, float], ...]
    active: bool
    context: Context | None
    source: Source
    text: str
    reads: tuple[int, ...] = ()

    @property
    def sources(self) -> tuple[int, ...]:
        """The nodes that it was computed from."""
        moving = [each for each, _ in self.edges] if self.kind == CALL else ()  # a rule may read more than its function
        return (*(each for each in self.operands if each is not None), *self.reads, *moving)

    @property
    def span(self) -> Span:
        """Its place in the source."""
        return self.step.span

    @property
    def line(self) -> int:
        """The line it stands on, from 1."""
        return self.source.position(self.step.span[0])[0]

    @property
    def temporary(self) -> bool:
        """Did the program give it no name?"""
        return isinstance(self.name, form.Temporary)


@dataclass(slots=True)
class Contribution:
    """What one node's adjoint adds to an operand's: `part = partial * adjoint`, after which the operand has `total`."""

    node: int
    operand: int
    partial: float
    adjoint: float
    part: float
    total: float
    first: bool


@dataclass(slots=True)
class Sweep:
    """One sweep back: the adjoint of each node (None where nothing contributed), and every contribution in order."""

    adjoints: list[float | None]
    contributions: list[Contribution]


@dataclass
class Record:
    """What a run did.

    Attributes:
        nodes: its steps, in order.
        results: the node that last gave each of the program's names its value.
        leaves: the node of each name that derivatives were asked by.
        notes: the awkward points on the way.
        parts: the program.
    """

    nodes: list[Node]
    results: dict[str, int]
    leaves: dict[str, int]
    notes: tuple[Note, ...] = ()
    entries: int = 0
    run: Run | None = field(default=None, repr=False)
    parts: tuple[form.Procedure, ...] = field(default=(), repr=False)

    def target(self, name: str) -> Node:
        """The node of a result.

        Raises:
            CommandError: the run gave it no number.
        """
        if name not in self.results:
            raise CommandError(f"`{name}` has no value")
        node = self.nodes[self.results[name]]
        refuse_boolean(name, node.value)
        return node

    def needed(self, targets: Iterable[str]) -> set[int]:
        """The nodes that results were computed from, and those that decided which way the run went to them."""
        names = tuple(targets)
        decided = Deciding(self.parts, names)
        found: set[int] = set()
        pending = [self.target(name).index for name in names]
        pending += [
            node.index for node in self.nodes if node.kind == CONDITION and decided(node.step, node.context)
        ]
        while pending:
            index = pending.pop()
            if index not in found:
                found.add(index)
                pending.extend(self.nodes[index].sources)
        return found

    def sweep(self, seeds: Mapping[int, float]) -> Sweep:
        """Adjoints of a weighted sum of nodes, from the last node to the first.

        Args:
            seeds: the weight of each node.
        """
        adjoints: list[float | None] = [None] * len(self.nodes)
        contributions: list[Contribution] = []
        for index, seed in seeds.items():
            adjoints[index] = seed
        for node in watched(self.nodes[::-1], "going back over the steps"):
            adjoint = adjoints[node.index]
            if adjoint is None:
                continue
            for operand, partial in node.edges:
                part, before = adjoint * partial, adjoints[operand]
                total = part if before is None else before + part
                adjoints[operand] = total
                contributions.append(
                    Contribution(node.index, operand, partial, adjoint, part, total, before is None)
                )
        return Sweep(adjoints, contributions)


def record(recipe: Recipe, by: Sequence[str] | None = None, most: int | None = None) -> Record:
    """The record of one run on a tape.

    Args:
        recipe: the program with its inputs.
        by: names that derivatives are asked by; by default all inputs.
        most: how many steps the record may hold; by default as many as the limits allow.

    Raises:
        CommandError: the run made more than `most` steps, or a name in `by` is never assigned. AdError: as the run.
    """
    names = recipe.inputs() if by is None else tuple(by)
    _, others = recipe.split(names)
    tapes: list[Tape] = []
    places: dict[str, int] = {}
    machines: list[Recording] = []

    def prepare(run: Run) -> Activate:
        tape = Tape(run)
        tapes.append(tape)
        return recipe.at_last(dict.fromkeys(names, recorded(tape, places)), others)

    def machine(run: Run) -> Recording:
        machines.append(Recording(run, tapes[0], most))
        return machines[0]

    run = recipe.start(prepare, others, machine)
    made = machines[0]
    labels = _labels([(each.name, _in_call(each.context)) for each in made.made])
    nodes = [
        Node(
            index,
            each.name,
            label,
            each.kind,
            each.step,
            each.value,
            each.operands,
            each.edges,
            each.active,
            each.context,
            each.source,
            each.text or operation(each.step),
            each.reads,
        )
        for index, (each, label) in enumerate(zip(watched(made.made, TELLING), labels, strict=True))
    ]
    leaves = {name: made.origin[place] for name, place in places.items()}
    return Record(
        nodes,
        dict(made.course.scopes[0].where),
        leaves,
        tuple(run.notes.values()),
        tapes[0].length(),
        run,
        recipe.parts,
    )


def tangents(recipe: Recipe, along: Mapping[str, float], most: int | None = None) -> list[float | None]:
    """How each node of the record moves when the named inputs move so: one run on dual numbers.

    Returns:
        A tangent for each node of `record`, in the same order; None where it does not move.
    """
    machines: list[Moving] = []

    def machine(run: Run, level: Forward) -> Moving:
        machines.append(Moving(run, level, most))
        return machines[0]

    recipe.moved(along, machine)
    return machines[0].tangents


def _in_call(context: Context | None) -> bool:
    while context is not None and context.kind != "call":
        context = context.outer
    return context is not None


def _labels(names: Sequence[tuple[str, bool]]) -> list[str]:
    """The names made unique: x, x_1, x_2 in order, first those of the program, then those inside its calls."""
    taken = {name for name, _ in names}
    given: dict[str, int] = {}
    made = [""] * len(names)
    for at in sorted(range(len(names)), key=lambda at: names[at][1]):
        name = label = str(names[at][0])
        if name in given:
            while label in taken:
                given[name] += 1
                label = f"{name}_{given[name]}"
            taken.add(label)
        given.setdefault(name, 0)
        made[at] = label
    return made
