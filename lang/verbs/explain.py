"""`explain z`: one HTML page that steps through a program and back, with inputs that can be moved."""

from __future__ import annotations

from collections.abc import Sequence

from lang.errors import CommandError
from lang.evaluate.recipe import Recipe
from lang.evaluate.record import Node, record
from lang.graph.computation import graph
from lang.page import trace
from lang.page.build import Contents, Script, page, rows
from lang.source import Source
from lang.steps import form
from lang.syntax.parse import parse
from lang.transform.lines import statements
from lang.transform.names import language_names, used_names
from lang.transform.reverse import reverse
from lang.transform.slice import needed
from lang.transform.style import Style
from lang.verbs import reverse as adjoint_program
from lang.verbs.core.answer import Answer, Listing, Question
from lang.verbs.core.outline import remarks
from lang.verbs.core.programs import read_back, written
from lang.verbs.core.registry import Verb, by_names
from lang.verbs.graph import fact

MOST_STEPS = 1_000
"""How many steps a person may be led through."""


def answer(recipe: Recipe, question: Question) -> Answer:
    """The page.

    Raises:
        CommandError: the run has too many steps to go through one by one.
    """
    (target,) = question.targets
    names = by_names(recipe, question)
    made = record(recipe, names, 100 * MOST_STEPS)
    end = made.target(target)
    steps = trace.steps(made, target)
    if len(steps) > MOST_STEPS:
        raise CommandError(
            f"the run has {len(steps):,} steps, too many to go through one by one",
            hint=f"choose inputs that make it shorter than {MOST_STEPS:,}; `graph {target}` folds what repeats",
        )
    drawn = graph(made, target)
    adjoint = adjoint_program.answer(recipe, Question((target,), names)).value
    straight = trace.program(made, steps)
    values = None if straight is None else _values(straight, steps)
    sweep = None if straight is None else _sweep(straight, steps, end)
    whole = _whole(adjoint.text, adjoint.results[target], target, adjoint.derivatives)
    met = remarks(recipe, made, target, names)
    notes = [f"line {note.line}: {note.message}" for note in met]
    contents = Contents(made, drawn, target, steps, whole, values, sweep, adjoint.text, notes)
    how = f"`ad explain FILE {target} -o page.html` writes it"
    count = f"a page of {len(steps):,} steps forward and {rows(contents):,} back; {how}"
    text, form = (page(contents), "text") if question.form == "html" else (count, question.form)
    return Answer("explain", fact(drawn), contents, (Listing(text, "html"),), met, form=form)


def _whole(text: str, result: str, target: str, derivatives: dict[str, str]) -> Script:
    """The adjoint program of the user's program, its loops and branches included."""
    meanings = {target: result, **{f"d {name}": held for name, held in derivatives.items()}}
    return _script("whole", text, tuple(dict.fromkeys(meanings.values())), meanings)


def _values(text: str, steps: Sequence[Node]) -> Script:
    """The run written out: all values, conditions and partials."""
    inputs = {trace.key(node.index): str(node.name) for node in steps if isinstance(node.step, form.Input)}
    names = [line.partition(" = ")[0] for line in text.splitlines()]
    return _script("values", text, tuple(name for name in names if name not in inputs), inputs)


def _sweep(text: str, steps: Sequence[Node], end: Node) -> Script:
    """The adjoint program of the run written out: an adjoint for each step."""
    program, block = read_back(parse(Source(text, "<steps>")).body)
    keys = [trace.key(node.index) for node in steps if node.active and node.index != end.index]
    derived = reverse(
        block, used_names(program.body) | language_names(), {trace.key(end.index): 1.0}, keys, Style()
    )
    meanings = {**derived.derivatives, trace.key(end.index): derived.seeds[trace.key(end.index)]}
    body = needed(statements(derived.body), set(meanings.values()))
    return _script("sweep", written(body, True), tuple(dict.fromkeys(meanings.values())), meanings)


def _script(name: str, text: str, results: tuple[str, ...], meanings: dict[str, str]) -> Script:
    from lang.export import export

    program, block = read_back(parse(Source(text, "<program>")).body)
    inputs = tuple(dict.fromkeys(step.target for step in block if isinstance(step, form.Input)))
    own = tuple(each for each in results if each not in inputs) or results
    code = export(block, program.source, "javascript", name=name, results=own)
    return Script(code, name, inputs, own, meanings)


VERB = Verb(
    name="explain",
    summary="a page that steps through the program and back",
    answer=answer,
    gives="Contents",
    formats=("text", "html", "json"),
    example="explain z",
)
