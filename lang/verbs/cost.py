"""`cost z`: how much a derivative costs, by counting: operations of the value, of forward and of reverse, and memory.

Law: nothing is estimated that can be counted. The derivative programs that `forward` and `reverse` show are run at the
point, and the primitive operations they execute are counted; they hold the program itself, whose own count too.

Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapters 3 and 4 (the cheap gradient principle).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from textwrap import fill

from lang.evaluate.counting import Counting
from lang.evaluate.marks import Activate
from lang.evaluate.recipe import Recipe
from lang.evaluate.run import Run
from lang.evaluate.tape import Tape
from lang.evaluate.wanted import recorded
from lang.source import Source
from lang.steps import form
from lang.syntax.parse import parse
from lang.verbs import forward, reverse
from lang.verbs.core.answer import Answer, Grid, Listing, Question
from lang.verbs.core.programs import present, read_back, ready, written
from lang.verbs.core.registry import Verb, by_names
from lang.verbs.core.rows import at_point

NUMBER_BYTES = 8
MOST = 32
"""Inputs whose forward sweeps are counted one by one; beyond, the rest is taken to cost what these do on average."""


def answer(recipe: Recipe, question: Question) -> Answer:
    """Counts of operations and of memory, and from how many inputs on reverse is cheaper."""
    (target,) = question.targets
    names = by_names(recipe, question)
    point = at_point(recipe)
    program = ready(recipe, (target,))
    value = _counted(recipe, written(program.body, True), point).operations
    there, _ = present(names, recipe, program)
    sweeps = [_forward(recipe, target, name, point) for name in there[:MOST]]
    one = max(sweeps, default=value)
    every = round(sum(sweeps) / len(sweeps) * len(names)) if sweeps else value
    back = _reverse(recipe, question, point)
    entries, size = _tape(recipe, names)
    rows = [("value", value), ("forward, one input", one)]
    if len(names) > 1:
        rows.append((f"forward, all {len(names):,} inputs", every))
    rows.append(
        ("reverse, one input" if len(names) == 1 else f"reverse, all {len(names):,} inputs", back.operations)
    )
    table = tuple((label, float(count), count / value if value else math.nan) for label, count in rows)
    grid = Grid(("", "operations", "times the value"), table, digits=3, title="operations")
    memory = Grid(
        ("", "numbers", "bytes"),
        (
            ("entries of the tape", float(entries), float(size)),
            ("values saved by the adjoint program", float(back.pushed), ""),
            ("most of them at once", float(back.peak), float(back.peak * NUMBER_BYTES)),
        ),
        title="memory",
    )
    words = _crossover(value, every / max(1, len(names)), back.operations, len(names))
    fact = {
        "of": target,
        "wrt": list(names),
        "operations": {"value": value, "forward_one": one, "forward_all": every, "reverse": back.operations},
        "memory": {
            "tape_entries": entries,
            "tape_bytes": size,
            "saved": back.pushed,
            "saved_at_once": back.peak,
        },
        "crossover": words,
    }
    return Answer("cost", fact, fact, (grid, memory, Listing(fill(words, 78), "words")), form=question.form)


def _forward(recipe: Recipe, target: str, name: str, point: Mapping[str, float]) -> int:
    """The operations of the forward program for one input."""
    text = forward.answer(recipe, Question((target,), (name,))).value.text
    return _counted(recipe, text, point).operations


def _reverse(recipe: Recipe, question: Question, point: Mapping[str, float]) -> Counting:
    """What the adjoint program does."""
    text = reverse.answer(recipe, Question(question.targets, question.wrt)).value.text
    return _counted(recipe, text, point)


def _counted(recipe: Recipe, text: str, point: Mapping[str, float]) -> Counting:
    """A program run at a point, with its counts."""
    program, block = read_back(parse(Source(text, "<program>")).body)
    part = form.Procedure("", (), block, 0, (), program.source, (0, len(program.source.text)))
    machines: list[Counting] = []

    def machine(run: Run) -> Counting:
        machines.append(Counting(run))
        return machines[0]

    # the program has a value here; a derivative program may have none of its numbers finite and be counted all the same
    settings = recipe.settings.but(kinks="silent", ieee=True)
    Recipe((part,), program.body, lambda name, step: point.get(name), settings, spent=recipe.spent).start(
        machine=machine
    )
    return machines[0]


def _tape(recipe: Recipe, names: tuple[str, ...]) -> tuple[int, int]:
    """How long the tape gets, and how many bytes it takes."""
    tapes: list[Tape] = []
    others = recipe.split(names)[1]

    def prepare(run: Run) -> Activate:
        tapes.append(Tape(run))
        return recipe.at_last(dict.fromkeys(names, recorded(tapes[0], {})), others)

    recipe.start(prepare, others)
    return tapes[0].length(), tapes[0].size()


def _crossover(value: int, each: float, back: int, inputs: int) -> str:
    """From how many inputs on one reverse sweep is cheaper than forward sweeps."""
    if not value:
        return "Nothing is computed here, so there is nothing to choose."
    least = math.floor(back / each) + 1 if each else 1
    costs = f"a forward sweep takes {each / value:.3g} times the operations of the value for each input"
    other = f"one reverse sweep takes {back / value:.3g} times for all of them"
    here = "reverse" if inputs >= least else "forward"
    return (
        f"Here {costs}, {other}: reverse is cheaper from {least} input{'s' * (least != 1)} on. "
        f"With {inputs}, {here} costs less."
    )


VERB = Verb(
    name="cost",
    summary="operations and memory of the value, of forward and of reverse, counted",
    answer=answer,
    example="cost z",
)
