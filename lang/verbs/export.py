"""`export z as c`: the program itself, in this language or another; only what its targets need."""

from __future__ import annotations

from lang.errors import CommandError
from lang.evaluate.recipe import Recipe
from lang.garbage import paused
from lang.verbs.core.answer import Answer, Question
from lang.verbs.core.listing import LANGUAGES, listing
from lang.verbs.core.programs import Text, ready
from lang.verbs.core.registry import Verb


@paused
def answer(recipe: Recipe, question: Question) -> Answer:
    """The program without its commands and derivative calls, as text of the language or of another."""
    program = ready(recipe, question.targets)
    if not program.body:
        raise CommandError("there is no program yet", hint="write one, such as `x = ?`, `z = x**2`")
    text = Text(program.body, {}, {}, {each: each for each in question.targets})
    return listing("export", text, question, question.targets or None)


VERB = Verb(
    name="export",
    summary="the program itself, in this language or another",
    answer=answer,
    gives="Derived",
    targets=(0, None),
    clauses=frozenset(),
    formats=("text", "json", "markdown", *LANGUAGES),
    example="export z as c",
)
