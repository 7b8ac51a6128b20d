"""What a start would otherwise work out again -> files in the user's own cache folder, and back.

Law: what is kept depends on texts of this project alone, and stands beside them as its key, so a copy is either exactly
right or thrown away. It is a check and a line of JSON, so reading it runs nothing. Whatever is wrong with it (missing,
cut short, a byte that a disk lost, another user's, an unwritable home), there is no copy, and the program runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat  # os has loaded it
import sys
from typing import Any

PRIME = 2**32 - 5
"""The largest prime below 2**32: files are told apart by what their text, as a number, leaves over."""


def place(name: str, text: str) -> str:
    """The path of what is kept under a name for a text; empty where there is no home for it."""
    home = folder()
    return os.path.join(home, f"{name}-{_check(text.encode()).decode()}.kept") if os.path.isabs(home) else ""


def _check(data: bytes) -> bytes:
    """Eight digits that are others where a byte is another."""
    return b"%08x" % (int.from_bytes(data, "big") % PRIME)  # zlib.crc32 would do, but has to be loaded


def folder() -> str:
    """The folder; it need not be there."""
    if sys.platform == "linux":  # what platformdirs answers there, without the 10 ms of importing it
        home = os.environ.get("XDG_CACHE_HOME", "").strip() or os.path.expanduser("~/.cache")
        return os.path.join(home, "adlang")
    from platformdirs import user_cache_dir

    return user_cache_dir("adlang")


def read(path: str, key: list[Any]) -> dict[str, Any] | None:
    """What is kept there under that key; None where it is not, or is not to be trusted."""
    try:
        with open(path, "rb", opener=_at_once) as file:
            status = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
                return None
            if not stat.S_ISREG(status.st_mode):
                return None
            check, _, kept = file.read().partition(b"\n")
        data = json.loads(kept) if check == _check(kept) else None
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and data.get("key") == key else None


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for somebody to write, as a pipe by that name would have it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def write(path: str, data: dict[str, Any]) -> None:
    """Keep data, with its key under `key`, whole or not at all: written beside their place, then moved there."""
    beside = f"{path}.{os.getpid()}.{os.urandom(4).hex()}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        kept = json.dumps(data, separators=(",", ":")).encode()
        with open(handle, "wb") as file:
            file.write(_check(kept) + b"\n" + kept)
        os.replace(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(beside)
