"""Text -> the clipboard of the person at the terminal, and an honest word about whether it got there.

Law: only what is known is claimed. A terminal that is handed a text (by the sequence OSC 52) never says whether it took
it, so that is said; where a library has put it there, that is said too.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable
from importlib import import_module

DEAF = ("linux", "dumb", "unknown", "")
"""Terminals that are known to have no clipboard."""
LIMIT = 74_994
"""The longest text that terminals are sure to take, in bytes before it is encoded. Source: xterm's ctlseqs."""


def copy(text: str, write: Callable[[str], object]) -> str:
    """Copy a text.

    Args:
        write: writes to the terminal as it stands.

    Returns:
        What became of it.
    """
    far = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
    if not far and _by_library(text):
        return "copied to the clipboard"
    if os.environ.get("TERM", "") in DEAF or os.environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return "not copied: no clipboard can be reached from this terminal" + _other(far)
    data = text.encode()
    if len(data) > LIMIT:
        return f"not copied: {len(data):,} bytes are more than terminals take" + _other(far)
    write(wrapped(f"\x1b]52;c;{b64encode(data).decode()}\x07"))
    return "handed to the terminal, which does not say whether it copied it" + _other(far)


def _other(far: bool) -> str:
    return "" if far else "; with `pip install pyperclip` it is certain"


def _by_library(text: str) -> bool:
    """Does a library that is installed put it there?"""
    try:
        import_module("pyperclip").copy(text)
    except Exception:  # it is not there, or finds no clipboard: it raises errors of many kinds then
        return False
    return True


def wrapped(sequence: str) -> str:
    """A sequence for the terminal outside of GNU screen; others pass it on by themselves."""
    if os.environ.get("TERM", "").startswith("screen") and not os.environ.get("TMUX"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence
