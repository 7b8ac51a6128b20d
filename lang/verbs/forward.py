"""`forward z`: the forward derivative program, each statement followed by its differential."""

from __future__ import annotations

from lang.evaluate.recipe import Recipe
from lang.garbage import paused
from lang.steps.program import assigned_names
from lang.syntax import tree
from lang.transform.expressions import NOWHERE, constant, name
from lang.transform.forward import forward
from lang.transform.lines import statements
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
    targets = question.targets or tuple(text.derivatives)
    wanted = tuple(word for each in targets for word in (text.results[each], text.derivatives[each]))
    return listing("forward", text, question, wanted)


@readable
@paused
def translated(recipe: Recipe, question: Question) -> Text:
    """The program itself."""
    seeds = _seeds(recipe, question)
    program = ready(recipe, kept(recipe, question.targets, seeds), question.form == "commented")
    there, _ = present(tuple(seeds), recipe, program)
    seeds = {each: seeds[each] for each in there}
    style = Style(fold=question.form != "raw", lecture=question.form == "lecture", separate=question.by == "separate")
    return _translated(program, question, seeds, style)


def _seeds(recipe: Recipe, question: Question) -> Seeds:
    """`along` gives seeds; `wrt x` alone is seeded with 1; else every input's seed is an input."""
    if question.along is not None:
        return question.along
    names = by_names(recipe, question)
    if question.wrt is not None and len(names) == 1:
        return {names[0]: 1.0}
    return dict.fromkeys(names)


def _translated(program: Ready, question: Question, seeds: Seeds, style: Style) -> Text:
    derived = forward(program.block, program.taken, seeds, style)
    body = derived.body
    own = assigned_names(program.body)
    slopes = {target: slope for target, slope in derived.derivatives.items() if target in own}
    for target in question.targets:
        if target not in slopes:
            slopes[target] = f"d{derived.results[target]}"
            body.append(tree.Assign((name(slopes[target]),), None, (constant(0.0),), NOWHERE))
    if question.targets:
        wanted = {word for target in question.targets for word in (derived.results[target], slopes[target])}
        body = needed_lines(body, wanted)
        slopes = {target: slopes[target] for target in question.targets}
        own = assigned_names(statements(body))
        derived.seeds = {each: word for each, word in derived.seeds.items() if word in own}
    remarks = program.remarks if question.form == "commented" else None
    return Text(tuple(body), derived.seeds, slopes, derived.results, not style.separate, remarks)


VERB = Verb(
    name="forward",
    summary="the forward derivative program",
    answer=answer,
    gives="Derived",
    targets=(0, None),
    clauses=frozenset({"wrt", "along", "by"}),
    ways=("interleaved", "separate"),
    formats=PROGRAM_FORMATS,
    styles=STYLES,
    example="forward z along x=1, y=0",
)
