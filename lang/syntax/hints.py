"""A parse that cannot go on -> one error: what was seen, where, and one thing to do.

Law: the checks are asked in order, from the surest to the most general, and the first that knows the slip
words it. Words are those of a person who writes programs: name, value, number, line. Each check is a small
function in its own file of kin: `habits` (other languages), `blocks` (indents, heads, parentheses), `values`
(what is missing or too much).
"""

from __future__ import annotations

import re

from lang.errors import AdError, ParseError
from lang.source import Source, line_start
from lang.syntax import asking, blocks, habits, values
from lang.syntax.lalr import StuckError
from lang.syntax.lexer import Lexer
from lang.syntax.scene import Scene, short
from lang.syntax.tables import Tables

PROMPT = re.compile(
    r"[ \t]*(>>>|\.\.\.|In ?\[\d*\]:|Out ?\[\d*\]:|ad>|\.\.>|julia>|octave:\d+>|>>|\$)(?=[ \t]|$)",
    re.MULTILINE,
)

CHECKS = (
    *habits.FIRST,
    *blocks.CHECKS,
    *habits.CHECKS,
    *values.CHECKS,
)


def explain(source: Source, table: Tables, lexer: Lexer, stuck: StuckError) -> ParseError:
    """The error for a word that fits nowhere."""
    scene = Scene(source, table, stuck.kind, stuck.at, stuck.word, stuck.end, lexer.open, stuck.states)
    error = prompt(source, scene.here[0]) or asking.slip(source.text, scene.here[0])
    for check in CHECKS:
        error = error or check(scene)
    found = error or anything(scene)
    found.within(source)
    return found


def reconsider(source: Source, error: AdError) -> AdError:
    """The same error, or a better one when its line begins with a prompt that was copied along, or as a command."""
    better = None
    if isinstance(error, ParseError) and error.span:
        better = prompt(source, error.span[0]) or asking.slip(source.text, error.span[0])
    return (better or error).within(source)


def prompt(source: Source, at: int) -> ParseError | None:
    """`>>> x = 3`: a line with the prompt it was typed behind."""
    found = PROMPT.match(source.text, line_start(source.text, at))
    if not found or found.end() < found.start(1) + 1:
        return None
    message = f"`{found[1]}` is a prompt, not a part of the program"
    return ParseError(message, found.span(1), hint=f"paste the lines without `{found[1]}`")


def anything(scene: Scene) -> ParseError:
    """The last resort: say what is here and whether a value may be missing."""
    if scene.is_end:
        what = "line" if scene.end < len(scene.text.rstrip()) else "program"
        return ParseError(f"the {what} ends too early", scene.here, hint=f"write what follows `{short(scene.last)}`")
    word = short(scene.word, "this")
    if scene.can("_NEWLINE") and scene.before:
        return ParseError(f"`{word}` cannot follow here", scene.here, hint="end the line before it")
    return ParseError(f"`{word}` cannot stand here", scene.here, hint="delete it")
