"""What was typed before, in a file that only its owner can read; in memory where there can be none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory


def history() -> History:
    """The history of `AD_HISTORY`, or of the user's state folder; an empty `AD_HISTORY` keeps none."""
    named = os.environ.get("AD_HISTORY")
    if named == "":
        return InMemoryHistory()
    try:
        path = Path(named).expanduser() if named else _place()
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        os.chmod(path, 0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))


def _place() -> Path:
    if sys.platform == "linux":  # what platformdirs answers there, without the time to import it
        home = os.environ.get("XDG_STATE_HOME", "").strip() or os.path.expanduser("~/.local/state")
        folder = Path(home, "adlang")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    else:
        from platformdirs import user_state_dir

        folder = Path(user_state_dir("adlang", ensure_exists=True))
    return folder / "history"
