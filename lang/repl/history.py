"""What was typed before, in a file that only its owner can read; in memory where there can be none."""

from __future__ import annotations

import os
import sys

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
    return FileHistory(path)


def _place() -> str:
    if sys.platform == "linux":  # what platformdirs answers there, without the time to import it
        home = os.environ.get("XDG_STATE_HOME", "").strip() or os.path.expanduser("~/.local/state")
        folder = os.path.join(home, "adlang")
        os.makedirs(folder, mode=0o700, exist_ok=True)
    else:
        from platformdirs import user_state_dir

        folder = user_state_dir("adlang", ensure_exists=True)
    return os.path.join(folder, "history")
