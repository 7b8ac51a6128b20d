"""An error's facts -> the lines a person reads, as pieces of text with roles; whoever shows them gives roles
their colours.

Law: what comes out holds no character that could move a terminal's cursor or turn its writing direction,
whatever the program, its file's name or a message holds; and carets stand under their characters, however
wide those are.

    error: I don't know the name `sine`
      --> product.ad:4:9
     4 | b = x + sine(x)
       |         ^^^^ nothing above defines it
    help: did you mean `sin`?
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from unicodedata import category, east_asian_width

from lang.source import Source, Span

Segment = tuple[str, str]
TAB = "    "
WIDEST, NARROWEST = 100, 20
GAP = "…"


class Marked(Protocol):
    """A further place of an error: its span, words, and its source if that is another one."""

    @property
    def span(self) -> Span: ...
    @property
    def label(self) -> str: ...
    @property
    def source(self) -> Source | None: ...


class Diagnosed(Protocol):
    """What can be laid out: an error, a warning or a note."""

    @property
    def message(self) -> str: ...
    @property
    def span(self) -> Span | None: ...
    @property
    def source(self) -> Source | None: ...
    @property
    def label(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def marks(self) -> Sequence[Marked]: ...


class Place:
    """A place to show: where it stands in its source, the words under it, and whether it is the error's
    own.
    """

    def __init__(self, source: Source, start: int, end: int, label: str, main: bool) -> None:
        self.source, self.start, self.end = source, start, end
        self.label, self.main = label, main

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]


def plain(error: Diagnosed, kind: str = "") -> str:
    """The lines of an error as plain text, without a last line end."""
    return "".join(text for text, _ in segments(error, kind))


def segments(error: Diagnosed, kind: str = "", columns: int = 0) -> list[Segment]:
    """The lines of an error as pieces of text, each with its role.

    Args:
        error: anything with a message, span, source, label, hint and marks.
        kind: the word in front: `error`, `warning`, `note`; by default what the error calls itself.
        columns: the window's width, in which words are broken into lines; 0 leaves that to whoever shows them.

    Returns:
        Pieces (text, role), line ends included; a role is one of the kinds, `message`, `place`, `gutter`,
        `source`, `caret`, `mark`, `label`, `help`, `hint`.
    """
    kind = kind or getattr(error, "kind", "error")
    made: list[Segment] = [(f"{kind}: ", kind), (_folded(visible(error.message), len(kind) + 2, columns), "message")]
    for source, places in _by_source(error):
        made += _excerpt(source, places, columns)
    if error.hint:
        made += [("\n", ""), ("help: ", "help"), (_folded(visible(error.hint), 6, columns), "hint")]
    return made


def _folded(text: str, indent: int, columns: int) -> str:
    """A text behind a word of that width, in lines below each other."""
    room = columns - 1 - indent
    if room < NARROWEST or width(text) <= room:
        return text
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and width(lines[-1]) + 1 + width(word) > room:
            lines.append(word)
        else:
            lines[-1] += " " * bool(lines[-1]) + word
    return ("\n" + " " * indent).join(lines)


def visible(text: str) -> str:
    """The text with every character that cannot be seen replaced by one that can: `␛`, `<U+202E>`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(char: str) -> str:
    code = ord(char)
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "␡"
    if category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"<U+{code:04X}>"
    return char


def width(text: str) -> int:
    """Columns that visible text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if category(char) in ("Mn", "Me") else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _by_source(error: Diagnosed) -> list[tuple[Source, list[Place]]]:
    """The places to show, gathered by text, the error's own text first."""
    if error.source is None or error.span is None:
        return []
    found = {id(error.source): [Place(error.source, *error.span, error.label, True)]}
    for mark in error.marks:
        source = mark.source or error.source
        found.setdefault(id(source), []).append(Place(source, *mark.span, mark.label, False))
    return [(places[0].source, places) for places in found.values()]


def _excerpt(source: Source, places: list[Place], columns: int) -> list[Segment]:
    """Where it is, and the lines with their carets."""
    line, column = source.position(places[0].start)
    lines: dict[int, list[Place]] = {}
    for place in sorted(places, key=lambda each: (each.line, not each.main, each.start)):
        lines.setdefault(place.line, []).append(place)
    margin = len(str(max(lines)))
    made: list[Segment] = [("\n", ""), (" " * (margin + 1) + "--> ", "gutter")]
    made.append((f"{visible(source.name)}:{line}:{column}", "place"))
    before = None
    for number, here in lines.items():
        if before is not None and number > before + 1:
            made.append((f"\n{' ' * (margin - 1)}...", "gutter"))
        made += _line(source, number, here, margin, columns)
        before = number
    return made


def _line(source: Source, number: int, places: list[Place], margin: int, columns: int) -> list[Segment]:
    """One line of source, and under it a line of carets for each place."""
    start = source.line_starts()[number - 1]
    line = source.line(number)
    room = min(WIDEST, max(NARROWEST, columns - margin - 5)) if columns else WIDEST
    first, last = _window(line, places[0].start - start, room)
    reach = [width(GAP) if first else 0]
    for char in line[first:last]:
        reach.append(reach[-1] + width(_shown(char)))
    text = "".join(map(_shown, line[first:last]))
    text = f"{GAP if first else ''}{text}{GAP if last < len(line) else ''}".rstrip()
    made: list[Segment] = [
        ("\n", ""),
        (f" {number:>{margin}} |{' ' if text else ''}", "gutter"),
        (text, "source"),
    ]
    for place in places:
        left, right = (reach[min(max(at - start - first, 0), last - first)] for at in (place.start, place.end))
        role, sign = ("caret", "^") if place.main else ("mark", "-")
        made += [
            ("\n", ""),
            (f" {'':{margin}} | ", "gutter"),
            (" " * left + sign * max(right - left, 1), role),
        ]
        if place.label:
            label = visible(place.label)
            if columns and margin + 4 + max(right, left + 1) + 1 + width(label) >= columns:
                made += [("\n", ""), (f" {'':{margin}} | ", "gutter"), (_folded(label, margin + 4, columns), "label")]
            else:
                made.append((f" {label}", "label"))
    return made


def _shown(char: str) -> str:
    return TAB if char == "\t" else _visible(char)


def _window(line: str, at: int, room: int) -> Span:
    """The stretch of a line that is shown: all of it, or what fits around a place."""
    if len(line) <= room and sum(width(_shown(char)) for char in line) <= room:
        return 0, len(line)
    before, after = line[max(0, at - room) : at][::-1], line[at : at + room]
    _, used = _reach(before, room // 2)
    right, used = _reach(after, room - 2 - used)
    left, _ = _reach(before, room - 2 - used)
    return at - left, at + right


def _reach(chars: str, room: int) -> tuple[int, int]:
    """How many characters fit, and the columns they take."""
    used = 0
    for count, char in enumerate(chars):
        step = width(_shown(char))
        if used + step > room:
            return count, used
        used += step
    return len(chars), used
