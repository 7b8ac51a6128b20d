"""A path -> a program's text, or one plain line that says why not.

Law: whatever stands under the name (a folder, a device without end, bytes that are no text), the answer is a program's
source or an error that names the file.
"""

from __future__ import annotations

import os
import sys

from lang.cli.options import UsageError, near
from lang.limits import Limits
from lang.source import Source
from lang.syntax.text import decode

STDIN = "-"


def source(path: str, limits: Limits) -> Source:
    """The program in a file, or in stdin for `-`.

    Raises:
        UsageError: there is no such file, or it cannot be read. ParseError: it is not text.
    """
    return decode(data(path, 4 * limits.source_chars + 4), "<stdin>" if path == STDIN else path)


def data(path: str, most: int) -> bytes:
    """The bytes of a file, at most so many.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """
    try:
        if path == STDIN:
            return sys.stdin.buffer.read(most) if sys.stdin is not None else b""
        with open(path, "rb") as file:
            return file.read(most)
    except FileNotFoundError:
        raise UsageError(f"there is no file `{path}`", hint=_like(path)) from None
    except IsADirectoryError:
        raise UsageError(f"`{path}` is a folder, and a program is a file", hint=_inside(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot read `{path}`: {reason}") from None


def write(path: str, text: str | bytes) -> None:
    """Write an answer to a file.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot write `{path}`: {reason}") from None


def exists(path: str) -> bool:
    """Is there anything under this name?"""
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def _like(path: str) -> str:
    if exists(path + ".ad"):
        return f"did you mean `{path}.ad`?"
    folder, name = os.path.split(path)
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return f"there is no folder `{folder}` either" if folder else ""
    found = near(name, [each for each in names if each.endswith(".ad")]) or near(name, names)
    return f"did you mean `{os.path.join(folder, found)}`?" if found else ""


def _inside(path: str) -> str:
    try:
        names = sorted(each for each in os.listdir(path) if each.endswith(".ad"))
    except OSError:
        return ""
    return f"did you mean `{os.path.join(path, names[0])}`?" if names else ""
