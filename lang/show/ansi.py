"""Pieces of text with roles -> one string, plain or in colours.

Law: colours only ever decorate: without them the text is the same. They are few and from the terminal's own sixteen,
so they follow its theme, and the main text keeps the terminal's own colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from lang.show.laying import laid

if TYPE_CHECKING:
    from lang.diagnostic import Segment

COLOURS = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "help": "1;32",
    "message": "1",
    "caret": "31",
    "label": "31",
    "mark": "36",
    "gutter": "2",
    "place": "2",
    "equals": "2",
    "head": "1",
    "special": "35",
    "title": "1",
    "prompt": "1;32",
    "comment": "3;90",
    "keyword": "35",
    "verb": "1;35",
    "clause": "35",
    "choice": "36",
    "function": "34",
    "own_function": "1;34",
    "constant": "36",
    "derivative": "32",
    "input": "1;33",
}


def text(segments: Iterable[Segment], colour: bool = False, codes: Mapping[str, str] = COLOURS) -> str:
    """The string of the pieces.

    Args:
        colour: with colours?
        codes: a terminal's numbers for each role that has a look of its own.
    """
    if not colour:
        return "".join(piece for piece, _ in laid(segments))
    return "".join(painted(piece, codes.get(role, "")) for piece, role in laid(segments))


def painted(piece: str, code: str) -> str:
    """A piece in a colour; blanks and line ends stay bare."""
    if not code or not piece.strip():
        return piece
    return f"\x1b[{code}m{piece}\x1b[0m"
