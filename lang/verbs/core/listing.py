"""A program that a translation wrote -> an answer."""

from __future__ import annotations

from lang.verbs.core.answer import Answer, Listing, Question
from lang.verbs.core.programs import Text

PROGRAM_FORMATS = ("text", "json", "markdown", "lecture", "raw")


def listing(verb: str, text: Text, question: Question) -> Answer:
    """The answer that shows a program."""
    fact = {"of": list(question.targets), "program": text.text, "seeds": text.seeds, "derivatives": text.derivatives}
    form = "text" if question.form in ("lecture", "raw") else question.form
    return Answer(verb, fact, text, (Listing(text.text.rstrip("\n")),), form=form)
