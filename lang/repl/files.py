"""The program and files: `:load`, `:save` and `:edit`.

Law: nobody's text is lost: a file that is not this session's is overwritten only on demand, and a text from the editor
that does not run comes back with the next `:edit`.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from lang.errors import CommandError
from lang.repl.talk import Talk


def load(talk: Talk, name: str) -> None:
    """Run a program from a file."""
    path = _file(name)
    text = _text(path)
    talk.own.add(path.resolve())
    talk.run(text, str(path))


def save(talk: Talk, name: str) -> None:
    """Write the program so far to a file; ` !` behind its name overwrites another one."""
    path = _file(name.removesuffix("!").rstrip())
    if path.is_file() and path.resolve() not in talk.own and not name.endswith("!"):
        raise CommandError(f"{path} is there already", hint=f"`:save {path} !` overwrites it")
    path.write_text(talk.language.journal.program(), encoding="utf-8")
    talk.own.add(path.resolve())
    talk.say([(f"saved to {path}", "gutter")])


def edit(talk: Talk, _: str) -> None:
    """The program in the person's own editor; what comes back takes its place."""
    journal = talk.language.journal
    before = talk.draft or journal.program()
    after = _edited(talk, before)
    if after == before:
        talk.say([("nothing has changed", "gutter")])
        return
    count = len(journal.done)
    journal.reset()
    talk.draft = ""
    if talk.run(after).error is not None:
        while len(journal.done) > count:
            journal.undo()
        journal.undone.clear()
        talk.draft = after
        talk.say([("the session is as it was; `:edit` has your text again", "gutter")])


def _edited(talk: Talk, text: str) -> str:
    """What a person's editor makes of a text; the same where it is left with a failure."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory() as folder, talk.loud():
        path = Path(folder, "session.ad")
        path.write_text(text, encoding="utf-8")
        try:
            left = subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603
        except (OSError, ValueError):
            raise CommandError(f"the editor `{editor}` cannot be started", hint="name yours in $EDITOR") from None
        return text if left.returncode else _text(path)


def _text(path: Path) -> str:
    from lang.syntax.text import decode

    return decode(path.read_bytes(), str(path)).text


def _file(name: str) -> Path:
    if not name:
        raise CommandError("which file?", hint="write the file's name behind the command")
    return Path(name).expanduser()
