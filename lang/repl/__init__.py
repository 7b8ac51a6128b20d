"""A person at a terminal: one statement or block at a time, its values shown at once (level 8).

Comes in: lines. Goes out: text on the terminal. Must not know: the language's stages; `Session` is asked for all of it.
prompt_toolkit is imported here and nowhere else.
"""

from __future__ import annotations

from typing import Any


def repl(settings: dict[str, Any], color: str = "auto") -> int:
    """Talk until Ctrl-D.

    Args:
        settings: `limits`, `ieee` and `kinks`, as `Session` takes them.
        color: `auto`, `always` or `never`.

    Returns:
        The exit code.
    """
    from lang.repl.talk import Talk

    return Talk(settings, color).go()
