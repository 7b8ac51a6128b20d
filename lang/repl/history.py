"""What was typed before, in a file that only its owner can read; in memory where there can be none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress

from prompt_toolkit.history import FileHistory, History, InMemoryHistory


def history() -> History:
    """The history of `AD_HISTORY`, or of the user's state folder; an empty `AD_HISTORY` keeps none."""
    named = os.environ.get("AD_HISTORY")
    if named == "":
        return InMemoryHistory()
    try:
        path = os.path.expanduser(named) if named else _place()
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        os.chmod(path, 0o600)
    except OSError:
        return InMemoryHistory()
    return Kept(path)


class Kept(FileHistory):
    """Lines in a file; a file that can no longer be read or written keeps the rest of the talk in memory."""

    def load_history_strings(self) -> Iterable[str]:
        """The lines of the file, the newest first."""
        try:
            return list(super().load_history_strings())
        except OSError:
            return []

    def store_string(self, string: str) -> None:
        """Write a line down."""
        with suppress(OSError):
            super().store_string(string)


def _place() -> str:
    if sys.platform == "linux":  # what platformdirs answers there, without the time to import it
        home = os.environ.get("XDG_STATE_HOME", "").strip() or os.path.expanduser("~/.local/state")
        if not os.path.isabs(home):
            raise OSError("there is no home")
        folder = os.path.join(home, "adlang")
        os.makedirs(folder, mode=0o700, exist_ok=True)
    else:
        from platformdirs import user_state_dir

        folder = user_state_dir("adlang", ensure_exists=True)
    return os.path.join(folder, "history")
