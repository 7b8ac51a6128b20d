"""A program that a translation wrote -> an answer, in this language or another."""

from __future__ import annotations

from lang.errors import CommandError
from lang.source import Source
from lang.syntax.parse import parse
from lang.verbs.core.answer import Answer, Listing, Question
from lang.verbs.core.programs import Text, read_back

STYLES = ("lecture", "raw", "commented")
LANGUAGES = ("python", "c", "javascript", "latex")
PROGRAM_FORMATS = ("text", "json", "markdown", *STYLES, *LANGUAGES)


def listing(verb: str, text: Text, question: Question, wanted: tuple[str, ...] | None) -> Answer:
    """The answer that shows a program.

    Args:
        wanted: the names of its results, for languages that give some back; None for all.

    Raises:
        CommandError: another language is asked for what cannot run by itself.
    """
    fact = {"of": list(question.targets), "program": text.text, "seeds": text.seeds, "derivatives": text.derivatives}
    form, shown = question.form, text.text
    if form in LANGUAGES:
        if question.by == "separate" and form != "latex":
            raise CommandError(
                "the derivative statements alone are not a program that could run by itself",
                hint="leave out `by separate`",
            )
        shown = _exported(verb, text, form, wanted)
    plain = form in STYLES or form in LANGUAGES
    piece = Listing(shown.rstrip("\n"), form if form in LANGUAGES else "ad")
    return Answer(verb, fact, text, (piece,), form="text" if plain else form)


def _exported(verb: str, text: Text, language: str, wanted: tuple[str, ...] | None) -> str:
    from lang.export import export, latex

    if language == "latex":
        return latex(parse(Source(text.text, "<program>")), adjoints=verb == "reverse")
    program, block = read_back(parse(Source(text.text, "<program>")).body)
    name = "program" if verb == "export" else verb
    return export(block, program.source, language, name=name, results=wanted, ieee=language != "python")
