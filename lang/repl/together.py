"""Keys that wait behind an Enter -> the text that they are.

Law: what waits behind an Enter was pasted, in a terminal that does not say so, or typed ahead; a block without its
indent tells that it was typed. A paste comes in pieces of 1,024 bytes; all are waited for, but never longer than a
person would notice.
"""

from __future__ import annotations

import select
from itertools import pairwise, takewhile

from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyPress, KeyPressEvent
from prompt_toolkit.keys import Keys

MOMENT = 0.02
"""Seconds until the next piece is no part of this paste."""
MOST = 4_000_000
"""Keys of one paste; a terminal that never stops is a person's to stop."""
BLANKS = {Keys.ControlM: "\n", Keys.ControlJ: "\n", Keys.ControlI: "\t"}


def arrived_with(event: KeyPressEvent, before: str) -> str:
    """The text behind an Enter, taken out of the waiting keys; empty where none was pasted.

    Args:
        event: the Enter.
        before: what stood in the entry.
    """
    waiting = event.app.key_processor.input_queue
    while len(waiting) < MOST and _more(event.app.input, MOMENT if waiting else 0.0):
        read = event.app.input.read_keys()
        if not read:
            break
        waiting.extend(read)
    texts = list(takewhile(bool, map(_text, waiting)))
    text = "".join(texts)
    if not text.strip() or _typed_ahead((before + "\n" + text).split("\n")):
        return ""
    for _ in texts:
        waiting.popleft()
    return text


def _typed_ahead(lines: list[str]) -> bool:
    """Is there a block without an indent, which the prompt would have given it?"""
    full = [line for line in lines if line.strip()]
    return any(over.rstrip().endswith(":") and _indent(line) <= _indent(over) for over, line in pairwise(full))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _text(press: KeyPress) -> str:
    """The character that a key types; empty for a key that does something."""
    if isinstance(press.key, Keys):
        return BLANKS.get(press.key, "")
    return press.key if press.data == press.key else ""


def _more(terminal: Input, seconds: float) -> bool:
    """Does the terminal hold more? Where that cannot be asked, what it has sent is all there is."""
    try:
        return bool(select.select([terminal.fileno()], [], [], seconds)[0])
    except (OSError, ValueError, NotImplementedError):
        return False
