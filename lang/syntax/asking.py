"""A line that begins as a command and cannot be read -> the same line as it should be.

Law: a row is a slip, where it is, and what to put there; the first that fits tells the whole line, to be copied.
Nothing is parsed here, only looked at: the statement of the error, from its verb on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from lang.errors import ParseError
from lang.source import Span, statement_start
from lang.syntax.scene import CLAUSES, NEAR, VERBS, short

NAME = r"[^\W\d]\w*"
NAMES = rf"{NAME}(?:\s*,\s*{NAME})*"
SETTING = rf"{NAME}\s*=[^=]"
CLAUSE = rf"(?:{'|'.join(CLAUSES)})\b"
WAYS = r"(?:forward|reverse|numeric|symbolic|interleaved|separate|whole)\b"
FORMATS = r"(?:text|json|markdown|latex|csv|html|svg|dot|mermaid|python|javascript|lecture|raw|commented)\b"
MOST = 5
"""Slips that are put right in one command."""
QUOTE = "['\"‘’“”`]"
ONE = r"(?:grad|hessian|trace|tape|why|compare|check|symbolic|cost|graph|explain)"
"""Commands about one result: a second name is one to differentiate by."""
OTHERS = ("diff", "differentiate", "derive", "deriv", "derivative", "gradient", "D")
"""What others call `grad`."""
OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow"}
"""What `rules` calls operators."""


class Row(NamedTuple):
    """One slip.

    Attributes:
        message: what was seen; `{it}` is the text of the group `it`.
        pattern: of the statement; its group `it` is what is replaced.
        instead: the text for it.
    """

    message: str
    pattern: str
    instead: Callable[[str], str]


def _to(text: str) -> Callable[[str], str]:
    return lambda it: text


ROWS = (
    Row("`{it}` is called `grad` here", rf"^(?P<it>{'|'.join(OTHERS)})\s+{NAME}\s+\w", _to("grad")),
    Row("`{it}` is for the shell", rf"\s(?P<it>--{CLAUSE}=?)", lambda it: it[2:].replace("=", " ")),
    Row("no `=` stands behind the words of a command", r"\s(?:wrt|by|as)(?P<it>\s*=\s*)\w", _to(" ")),
    Row("names stand here without quotes", rf"(?P<it>{QUOTE}{NAME}{QUOTE})", lambda it: it[1:-1]),
    Row("operators have names here", r"^rules\s+(?P<it>\*\*|[-+*/])", lambda it: OPERATORS[it]),
    Row("no `of` is needed", rf"^\w+(?P<it>\s+of)\s+{NAMES}", _to("")),
    Row("`{it}` is written `wrt` here", r"\s(?P<it>w\.r\.t\.?|with respect to)\s", _to("wrt")),
    Row("names stand here without brackets", rf"(?P<it>\[\s*{NAMES}\s*\])", lambda it: it[1:-1].strip()),
    Row("names stand here without brackets", rf"\bwrt\s*(?P<it>\(\s*{NAMES}\s*\))", lambda it: f" {it[1:-1].strip()}"),
    Row("values stand here without brackets", rf"\b(?:at|along)\s*(?P<it>\({SETTING}[^()]*\))", lambda it: it[1:-1]),
    Row("no `,` stands before the words of a command", rf"\w(?P<it>\s*,)\s*{CLAUSE}\s", _to("")),
    Row("`{it}` stands behind `by`", rf"^\w+\s+{NAMES}(?:(?!\bby\b).)*?\s(?P<it>{WAYS})", lambda it: f"by {it}"),
    Row("`{it}` stands behind `as`", rf"^\w+\s+{NAMES}(?:(?!\bas\b).)*?\s(?P<it>{FORMATS})", lambda it: f"as {it}"),
    Row(
        "a number has a decimal point, not a comma",
        r"=\s*-?(?P<it>\d+,\d+)\b(?!\s*=)",
        lambda it: it.replace(",", "."),
    ),
    Row(
        "values for inputs stand behind `at`",
        rf"\s(?P<it>with|where|when|for|given|if|using|in|on|over)\s+{SETTING}",
        _to("at"),
    ),
    Row("the names to differentiate by stand behind `wrt`", rf"\s(?P<it>for|to|over|in|with|on)\s+{NAME}", _to("wrt")),
    Row(
        "the names to differentiate by stand behind `wrt`",
        rf"^{ONE}\s+{NAME}(?P<it>)\s+(?!{CLAUSE}){NAMES}$",
        _to(" wrt"),
    ),
    Row("values for inputs have their names", r"\b(?:at|along)\s+(?P<it>-?[\d.]+)\s*$", lambda it: f"?={it}"),
    Row("between two values a `,` is missing", rf"\b(?:at|along)\s.*?=.*?[\w.)](?P<it>)\s+{SETTING}", _to(",")),
    Row("values for inputs stand behind `at`", rf"^\w+\s+{NAMES}(?P<it>)\s+{SETTING}", _to(" at")),
    Row("values for inputs stand behind `at`", rf"^\w+\s+{NAMES}(?P<it>\s*,)\s*{SETTING}", _to(" at")),
    Row(
        "values for inputs stand behind `at`",
        rf"^\w+\s+{NAMES}\s*(?P<it>\({SETTING}[^()]*\))",
        lambda it: f"at {it[1:-1]}",
    ),
)


def slip(text: str, at: int) -> ParseError | None:
    """The error for a command with an error at this place; None where no row knows it."""
    begin = statement_start(text, at)
    stop = text.find("\n", at)
    line = text[begin : min(len(text) if stop < 0 else stop, at + NEAR)].partition("#")[0].rstrip()
    begin += len(line) - len(line.lstrip())
    line = line.lstrip()
    verb = re.match(r"\w+(?=[\s\[('\"])", line)
    if not verb or verb[0] not in (*VERBS, *OTHERS) or len(line) > NEAR:
        return _inside(line, begin, at)
    row, span, right = _righted(line)
    if row is None:
        return None
    for _ in range(MOST):
        right = _righted(right)[2]
    asked = re.search(rf"({NAME})\s*=\s*\?", text)
    right = right.replace("?=", f"{asked[1] if asked else 'x'}=")
    message = row.message.format(it=short(line[span[0] : span[1]], "this"))
    return ParseError(message, (begin + span[0], begin + span[1]), hint=f"write `{short(right, 'grad z wrt x')}`")


def _righted(line: str) -> tuple[Row | None, Span, str]:
    """The first row that knows a slip in a command, where that is, and the command without it."""
    for row in ROWS:
        found = re.search(row.pattern, line)
        if found:
            first, last = found.span("it")
            right = re.sub(r"\s+", " ", line[:first] + row.instead(found["it"]) + line[last:])
            return row, (first, last), right
    return None, (0, 0), line


def _inside(line: str, begin: int, at: int) -> ParseError | None:
    """`y = grad z`: a command in an expression."""
    found = re.search(rf"[=+\-*/(,]\s*(?P<verb>{'|'.join(sorted(VERBS))})\s+(?P<target>{NAME})", line)
    if not found or begin + found.start("target") != at:
        return None
    asked = f"{found['verb']} {short(found['target'])}"
    message = f"`{found['verb']}` is a command, and its answer is no number to compute with"
    hint = f"write `{asked}` on a line of its own; the derivative of a function `f` is a number: `f'(x)`"
    return ParseError(message, (begin + found.start("verb"), begin + found.end("verb")), hint=hint)
