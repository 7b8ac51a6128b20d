"""`symbolic z wrt x`: the closed form of a result and of its derivatives, and how it swells beside the program."""

from __future__ import annotations

from lang.errors import AdError
from lang.evaluate.recipe import Recipe
from lang.source import Source
from lang.steps import form
from lang.steps.walk import all_steps
from lang.syntax.parse import parse
from lang.verbs import reverse
from lang.verbs.core.answer import Answer, Grid, Listing, Piece, Question
from lang.verbs.core.closed import Closed, NoForm, closed_form
from lang.verbs.core.elsewhere import narrowed
from lang.verbs.core.programs import read_back
from lang.verbs.core.registry import Verb, by_names

LONG = 600
"""Characters of a closed form that are shown; nobody reads more."""


def answer(recipe: Recipe, question: Question) -> Answer:
    """The closed forms, in this language or in LaTeX, and their sizes."""
    (target,) = question.targets
    names = by_names(recipe, question)
    recipe = narrowed(recipe, target)
    try:
        found = closed_form(recipe, target, names)
    except NoForm as why:
        raise why.error(target) from None
    try:
        written: int | None = _operations(recipe, target, names)
    except AdError:
        written = None
    fact = {
        "of": target,
        "wrt": list(names),
        "forms": found.texts,
        "latex": found.latex,
        "nodes": found.sizes,
        "adjoint_operations": written,
    }
    if question.form == "latex":
        return Answer("symbolic", fact, dict(found.texts), (Listing(_latex(found, names), "latex"),))
    pieces: list[Piece] = [Listing("\n".join(f"{name} = {_cut(text)}" for name, text in found.texts.items()))]
    pieces.append(_sizes(found, written))
    return Answer("symbolic", fact, dict(found.texts), tuple(pieces), form=question.form)


def _operations(recipe: Recipe, target: str, names: tuple[str, ...]) -> int:
    """The operations that the adjoint program of the same derivatives writes down."""
    written = reverse.answer(recipe, Question((target,), names)).value.text
    _, block = read_back(parse(Source(written, "<program>")).body)
    steps = list(all_steps(block))
    steps += [each for step in block if isinstance(step, form.Define) for each in all_steps(step.procedure.body)]
    return sum(isinstance(each, form.Operation) for each in steps)


def _sizes(found: Closed, written: int | None) -> Grid:
    rows: list[tuple[str | float, ...]]
    rows = [(f"closed form of {name}", float(count)) for name, count in found.sizes.items()]
    if written is not None:
        rows.append(("adjoint program (operations)", float(written)))
    return Grid(("", "nodes"), tuple(rows), title="sizes")


def _latex(found: Closed, names: tuple[str, ...]) -> str:
    lines = [rf"  {_symbol(found.target)} &= {found.latex[found.target]}"]
    for name in names:
        head = rf"\frac{{\partial {_symbol(found.target)}}}{{\partial {_symbol(name)}}}"
        lines.append(rf"  {head} &= {found.latex[f'd{found.target}/d{name}']}")
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def _symbol(name: str) -> str:
    """A name as SymPy writes it in LaTeX."""
    from lang.domains.optional import library

    return str(library("sympy").latex(library("sympy").Symbol(name)))


def _cut(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:LONG]} … ({len(text):,} characters)"


VERB = Verb(
    name="symbolic",
    summary="the closed form of a result and of its derivatives, and its size",
    answer=answer,
    gives="dict[str, str]",
    example="symbolic z wrt x",
)
