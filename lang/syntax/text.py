"""Bytes -> text that may be parsed: decoded, line ends as `\\n`, and nothing in it that a person cannot see.

Law: spans refer to the text that comes out of here, and no character passes that could make a listing look
other than it is (control characters, marks that turn the writing direction, halves of characters).
"""

from __future__ import annotations

import re

from lang.errors import LimitExceeded, ParseError
from lang.limits import Limits
from lang.source import Source

# Unseen or deceiving wherever they stand, in comments too. Compiled when a text has characters that Python would not
# print as they are, as these: no start waits for it.
UNSEEN = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e"
    "\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)

KNOWN = {
    b"PK\x03\x04": "a document or an archive (ZIP)",
    b"\xd0\xcf\x11\xe0": "a document of an office program",
    b"{\\rtf": "a text with formats (RTF)",
    b"%PDF-": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
"""What files begin with that people take for text, and what these are."""


def decode(data: bytes, name: str = "<program>") -> Source:
    """The text of a file's bytes.

    Args:
        data: UTF-8, with or without a BOM, with any line ends.
        name: what people call the file.

    Raises:
        ParseError: the bytes are not UTF-8, and the error names the byte and its line; or they are no text at all.
    """
    for sign, what in KNOWN.items():
        if data.startswith(sign):
            shown = Source(sign.decode("ascii", "replace").rstrip("\x03\x04"), name)
            hint = "save the program as plain text, as an editor for programs does"
            raise ParseError(f"this is {what}, and no program", (0, len(shown.text)), source=shown, hint=hint)
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    try:
        return normal(Source(data.decode("utf-8"), name))
    except UnicodeDecodeError as error:
        source = normal(Source(data[: error.start].decode("utf-8") + "\ufffd", name))
        at = len(source.text) - 1
        line, _ = source.position(at)
        now = ", not as UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        raise ParseError(
            f"this is not UTF-8 text: byte 0x{data[error.start]:02X} in line {line}",
            (at, at + 1),
            source=source,
            hint=f"save the file as UTF-8{now}",
        ) from None


def normal(source: Source) -> Source:
    """The same source without a BOM and with `\\n` for every line's end."""
    text = source.text
    if text.startswith("\ufeff"):
        text = text[1:]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return source if text is source.text else Source(text, source.name)


def admit(source: Source, limits: Limits) -> Source:
    """The source as it may be parsed.

    Raises:
        LimitExceeded: it is longer than `limits.source_chars`.
        ParseError: it holds a character that cannot be seen.
    """
    source = normal(source)
    size, allowed = len(source.text), limits.source_chars
    if size > allowed:
        raise LimitExceeded(
            "source_chars",
            allowed,
            size,
            f"the program is longer than the {allowed:,} characters that are allowed",
            (allowed, allowed + 1),
            source=source,
            hint="raise the limit `source_chars` if the program is meant to be so long",
        )
    plain = source.text.replace("\n", "").replace("\t", "").isprintable()
    found = None if plain else re.search(UNSEEN, source.text)
    if found:
        from lang.syntax import letters

        raise letters.strange(source.text, found.start()).within(source)
    return source
