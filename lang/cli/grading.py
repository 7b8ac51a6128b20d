"""`ad grade` and `ad exercise`: an exercise and submissions -> reports; an exercise -> what students get.

Law: the report goes to stdout or `-o`, and nothing else does; the progress goes to a terminal's stderr only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lang.cli import files, inputs
from lang.cli.codes import FAILED, OK, USAGE
from lang.cli.console import Console, is_terminal
from lang.cli.options import Given, UsageError
from lang.diagnostic import visible
from lang.errors import AdError

if TYPE_CHECKING:
    from lang.grade.exercise import Exercise
    from lang.grade.grade import Grade

BELOW = 4
"""The exit code where a grade is below `--fail-under`."""
BAR = 24
KINDS = (".ad", ".csv", ".md", ".txt")
"""What a submission's name ends in."""
SHOWN = 5
"""Files that are named where many are left out."""
OF_ONE = ("gradescope", "prairielearn", "coderunner")
"""Reports that a platform asks for about each submission by itself."""


def grade(words: Sequence[str], given: Given, console: Console) -> int:
    """Mark submissions.

    Returns:
        0; 4 where one is below `--fail-under` percent; 2 where a file cannot be read, or where nothing was marked: the
        report is that of nobody then, and a script must not take it for a pass.

    Raises:
        UsageError: no exercise, no submission, or an unknown word. ExerciseError: the exercise is none.
    """
    from lang.grade.pool import grade_files
    from lang.grade.reports import report

    if len(words) < 2:
        raise UsageError("which exercise, and which submissions?", hint="write `ad grade exercise.toml anna.ad`")
    exercise = _exercise(words[0])
    form = given.one("--format", "text")
    paths = list(_submissions(words[1:], words[0], console))
    if not paths and form in OF_ONE:
        raise UsageError(f"a report for `{form}` is about one submission, and there is none")
    least = _percent(given)
    bar = Progress(len(paths), console)
    grades = grade_files(exercise, paths, _jobs(given), bar.one, given.one("--student"))
    bar.end()
    _write(report(form, grades), given, console)
    if least is not None and any(100.0 * each.fraction < least for each in grades):
        return BELOW
    return OK if paths else USAGE


def exercise(words: Sequence[str], given: Given, console: Console) -> int:
    """Show an exercise as a student gets it: its program, or with `--blanks` what is to be filled in.

    Returns:
        The exit code.

    Raises:
        UsageError: no file. ExerciseError: it is no exercise.
    """
    from lang.grade.blanks import blanks
    from lang.grade.marking import Marker

    if len(words) != 1:
        raise UsageError("which exercise?", hint="write it like `ad exercise lecture.ad --blanks`")
    found = _exercise(words[0], given).variant(given.one("--student"))
    if given.on("--blanks"):
        _write(blanks(found).rstrip("\n"), given, console)
        return OK
    Marker(found)
    kind = f"{found.title}: {found.kind}, {found.total:g} points"
    _write(f"# {kind}\n{found.program.rstrip()}", given, console)
    return OK


def _exercise(path: str, given: Given | None = None) -> Exercise:
    """The exercise in a file: TOML, or a program whose derivative statements are asked."""
    from lang.grade.exercise import Exercise
    from lang.grade.exercise_file import load

    if path.endswith(".ad") and given is not None:
        from lang.limits import Limits

        text = files.source(path, Limits()).text
        by = given.one("--by", "forward")
        if by not in ("forward", "reverse"):
            raise UsageError(f"an exercise goes by forward or reverse, not `{by}`")
        return Exercise(Path(path).stem, "fill", text, by=by)
    files.data(path, 0)
    try:
        return load(path)
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror}") from None


def _submissions(words: Iterable[str], exercise: str, console: Console) -> Iterable[str]:
    """The files that words name; a folder stands for the programs in it. One without any is told of: that nobody has
    handed anything in yet is no mistake, and no reason to leave out the others.
    """
    home = os.path.realpath(os.path.dirname(exercise) or ".")
    for word in words:
        if os.path.isdir(word):
            names = sorted(filter(_is_submission, os.listdir(word)))
            if not names:
                what = f" there is no submission in the folder `{visible(word)}`: no file {', '.join(KINDS)}"
                console.remark([("note:", "note"), (what + _nearby(word), "")])
            elif os.path.realpath(word) == home:
                what = (
                    f" `{visible(word)}` is the folder of the exercise, and its own files are marked like submissions"
                )
                console.remark([("note:", "note"), (what, "")])
            else:
                _left_out(word, names, console)
            yield from (os.path.join(word, each) for each in names)
        else:
            if not os.path.lexists(word):
                files.data(word, 0)
            yield word


def _is_submission(name: str) -> bool:
    """Is a file in a folder handed in? What begins with a dot (`._anna.ad`) is the system's own."""
    return name.lower().endswith(KINDS) and not name.startswith(".")


def _left_out(folder: str, names: Sequence[str], console: Console) -> None:
    """Tell of files beside submissions that are not marked: one may be somebody's."""
    others = sorted({each for each in os.listdir(folder) if not each.startswith(".")} - set(names))
    files_only = [each for each in others if os.path.isfile(os.path.join(folder, each))]
    if files_only:
        told = ", ".join(f"`{visible(each)}`" for each in files_only[:SHOWN])
        more = f" and {len(files_only) - SHOWN} more" if len(files_only) > SHOWN else ""
        what = f" not marked in `{visible(folder)}`, no file {', '.join(KINDS)}: {told}{more}"
        console.remark([("note:", "note"), (what, "")])


def _nearby(folder: str) -> str:
    """Where submissions are, if they are one folder further down."""
    with os.scandir(folder) as inside:
        for each in sorted((one for one in inside if one.is_dir(follow_symlinks=False)), key=lambda one: one.name):
            try:
                if any(map(_is_submission, os.listdir(each.path))):
                    return f"; `{visible(each.path)}` has some"
            except OSError:
                continue
    return ""


def _percent(given: Given) -> float | None:
    if not given.on("--fail-under"):
        return None
    value = inputs.number(given.one("--fail-under"))
    if value is None or not 0 <= value <= 100:
        raise UsageError("`--fail-under` takes a percentage from 0 to 100")
    return value


def _jobs(given: Given) -> int:
    value = inputs.number(given.one("--jobs", "0"))
    if value is None or value < 0 or value != int(value) or value > 1024:
        raise UsageError("`--jobs` takes a number of processes")
    return int(value)


def _write(text: str, given: Given, console: Console) -> None:
    path = given.one("-o")
    if not path:
        console.result([(text, "")] if text else [])
        return
    try:
        Path(path).write_text(text + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write `{path}`: {getattr(error, 'strerror', None) or error}") from None


class Progress:
    """A bar on a terminal's stderr, where there are many files.

    Args:
        count: how many there are.
        console: where it is drawn.
    """

    def __init__(self, count: int, console: Console) -> None:
        self.count, self.done, self.console = count, 0, console
        self.shown = count > 1 and is_terminal("stderr")

    def one(self, grade: Grade) -> None:
        """One more is done."""
        self.done += 1
        if self.shown:
            full = BAR * self.done // self.count
            self.console.progress(f"marking {'█' * full}{'░' * (BAR - full)} {self.done} of {self.count}")

    def end(self) -> None:
        """Wipe the bar away."""
        if self.shown:
            self.console.progress("")


__all__ = ["FAILED", "USAGE", "AdError", "exercise", "grade"]
