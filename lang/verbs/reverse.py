"""`reverse z`: the adjoint program, the statements and then their adjoints in reverse order."""

from __future__ import annotations

from lang.evaluate.recipe import Recipe
from lang.garbage import paused
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, constant, name
from lang.transform.reverse import reverse
from lang.transform.slice import needed_lines
from lang.transform.style import Seeds, Style
from lang.verbs.core.answer import Answer, Question
from lang.verbs.core.listing import PROGRAM_FORMATS, STYLES, listing
from lang.verbs.core.programs import Ready, Text, kept, present, readable, ready
from lang.verbs.core.registry import Verb, by_names


@paused
def answer(recipe: Recipe, question: Question) -> Answer:
    """The program, as text of the language or of another."""
    text = translated(recipe, question)
    results = (text.results[each] for each in question.targets)
    return listing("reverse", text, question, (*results, *text.derivatives.values()))


@readable
@paused
def translated(recipe: Recipe, question: Question) -> Text:
    """The program itself."""
    needs = kept(recipe, question.targets, by_names(recipe, question))
    program = ready(recipe, needs, question.form == "commented")
    style = Style(fold=question.form != "raw", lecture=question.form == "lecture", separate=question.by == "separate")
    return _translated(recipe, question, program, style)


@readable
@paused
def taped(recipe: Recipe, question: Question) -> Text:
    """The program with every statement, and the adjoints added up as a tape does: for engines, not for people."""
    return _translated(recipe, question, ready(recipe, ()), Style(taped=True))


def _translated(recipe: Recipe, question: Question, program: Ready, style: Style) -> Text:
    names, absent = present(by_names(recipe, question), recipe, program)
    seeds: Seeds = question.along if question.along is not None else dict.fromkeys(question.targets, 1.0)
    derived = reverse(program.block, program.taken, seeds, names, style)
    opened = (derived.seeds[each] for each, seed in seeds.items() if seed is None)
    wanted = {*derived.derivatives.values(), *(derived.results[target] for target in question.targets), *opened}
    body = derived.body if style.taped else needed_lines(derived.body, wanted)
    for each in absent:
        derived.derivatives[each] = f"g{each}"
        body.append(tree.Assign((name(f"g{each}"),), None, (constant(0.0),), NOWHERE))
    remarks = program.remarks if question.form == "commented" else None
    return Text(tuple(body), derived.seeds, derived.derivatives, derived.results, not style.separate, remarks)


VERB = Verb(
    name="reverse",
    summary="the adjoint program of reverse mode",
    answer=answer,
    gives="Derived",
    targets=(1, None),
    clauses=frozenset({"wrt", "along", "by"}),
    ways=("whole", "separate"),
    formats=PROGRAM_FORMATS,
    styles=STYLES,
    example="reverse z along z=1",
)
