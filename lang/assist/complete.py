"""Text -> is it whole, or does more have to come; and how far is its next line indented?

Law: whether a text lacks its end is for the parser to say. A block that could end here goes on until a blank line ends
it, because a person may want another line of it.
"""

from __future__ import annotations

from typing import NamedTuple

from lang.assist.words import words
from lang.errors import AdError
from lang.limits import Limits
from lang.source import Source
from lang.syntax.parse import parse, unfinished

INDENT = "    "


class Completeness(NamedTuple):
    """What a text is.

    Attributes:
        status: `complete`, `incomplete` (more has to come) or `invalid` (nothing can mend it).
        indent: the blanks that a next line would begin with.
    """

    status: str
    indent: str = ""


def is_complete(text: str, limits: Limits | None = None) -> Completeness:
    """Is a text a whole program?

    Args:
        text: what has been typed.
        limits: bounds for reading it.
    """
    source = Source(text)
    if not text.strip():
        return Completeness("complete")
    if unfinished(source):
        return Completeness("incomplete", next_indent(text))
    last = text.rpartition("\n")[2]
    if "\n" in text.strip("\n") and last.strip() and last[0] in " \t":
        return Completeness("incomplete", next_indent(text))
    try:
        parse(source, limits or Limits())
    except AdError:
        return Completeness("invalid")
    return Completeness("complete")


def next_indent(text: str) -> str:
    """The indent of the line after a text: deeper behind a `:`, less deep behind a `return`."""
    lines = text.split("\n")
    last = next((each for each in reversed(lines) if each.strip()), "")
    indent = last[: len(last) - len(last.lstrip())]
    code = [word for word in words(last) if word.kind != "comment"]
    if code and code[-1].text == ":":
        return indent + INDENT
    if code and code[0].text == "return" and not _open(lines):
        return indent[: -len(INDENT)]
    return indent


def _open(lines: list[str]) -> bool:
    signs = [word.text for line in lines for word in words(line)]
    return sum(sign in ("(", "[") for sign in signs) > sum(sign in (")", "]") for sign in signs)
