"""`ad map`: a program and a file of points -> a file with a result, and its gradient, for each point.

Law: a point without an answer is nan in the output and stops no other; how many there were, and what was wrong with
the first, is told at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from lang.cli import points, running
from lang.cli.codes import FAILED, OK
from lang.cli.console import Console
from lang.cli.options import Given, UsageError
from lang.show import last

if TYPE_CHECKING:
    from lang.batch import BadRows

EXAMPLE = "ad map FILE --data points.csv --grad z -o out.csv"
PATIENCE, PAUSE, WIDE = 0.5, 0.1, 30
"""Seconds before a bar is drawn, and between two drawings; its width."""


def run(words: Sequence[str], given: Given, console: Console) -> int:
    """Answer for every row of a file.

    Returns:
        The exit code: 1 where a row has no answer.

    Raises:
        AdError: the program or the files are not what is needed.
    """
    from lang.program import Program

    if not given.on("--data") or not given.on("-o"):
        missing = "-o" if given.on("--data") else "--data"
        raise UsageError(f"`ad map` needs {missing}", hint=f"write it like `{EXAMPLE}`")
    source, words = running._program(words, given, EXAMPLE)
    options = running.settings(given)
    program = Program(source, options["limits"])
    pairs = [word for word in words if "=" in word]
    (target,) = _targets([word for word in words if "=" not in word], given, program)
    points.kind(given.one("-o"))
    columns, rows = _rows(program, given, running._values(program.entry, pairs, given))
    f = program.compile(target, wrt=given.many("--wrt") or None, **options)
    progress = _bar(console)
    if given.on("--grad"):
        values, slopes = f.grad_batch(rows, exact=given.on("--exact"), progress=progress)
        found = {target: values, **{f"d{target}/d{name}": slopes[:, at] for at, name in enumerate(f.wrt)}}
    else:
        found = {target: f.batch(rows, exact=given.on("--exact"), progress=progress)}
    if console.shows_progress():
        console.progress("")
    points.write(given.one("-o"), {**columns, **found})
    return _told(len(rows), given.one("-o"), f.bad, console)


def _told(count: int, path: str, bad: BadRows | None, console: Console) -> int:
    rows = "1 row" if count == 1 else f"{count:,} rows"
    console.remark([(f"{rows} written to {path}", "")])
    if bad is None:
        return OK
    console.remark([("note: ", "note"), (bad.told(1), "")])
    return FAILED


def _targets(words: Sequence[str], given: Given, program: Any) -> tuple[str]:
    """The name whose values are wanted: after `--grad`, after FILE, or what the program computes last."""
    names = [*words, *given.many("--grad")] or list(last.names(program.entry.checked.program.body))[-1:]
    if len(names) != 1:
        raise UsageError(
            f"`ad map` gives one result, here are {len(names)}" if names else "of which result?",
            hint=f"write it like `{EXAMPLE}`",
        )
    return (names[0],)


def _rows(program: Any, given: Given, fixed: dict[str, float]) -> tuple[dict[str, Any], Any]:
    """The columns that were read, and all inputs in order as one array."""
    import numpy as np

    from lang.cli import inputs

    read = points.read(given.one("--data"), program.inputs)
    count = len(next(iter(read.values()))) if read else 0
    asked = program.entry.checked.inputs
    known = {**dict.fromkeys(read, 0.0), **fixed}
    others = inputs.gather(asked, known, program.source, None)
    table = np.empty((count, len(program.inputs)))
    for at, name in enumerate(program.inputs):
        if name in read and name not in fixed:
            table[:, at] = read[name]
        else:
            table[:, at] = others[name] if name in others else _default(program, name)
    return {name: column for name, column in read.items() if name not in fixed}, table


def _default(program: Any, name: str) -> float:
    """The value of an input's default: what a run of the program gives it, if it is asked for that alone."""
    from lang.session import Session

    node = next(each for each in program.entry.checked.inputs if each.target.name == name)
    text = program.source.text[node.default.span[0] : node.default.span[1]]
    return float(Session(limits=program.limits).run(f"{name} = {text}").values[name])


def _bar(console: Console) -> Callable[[int, int], None] | None:
    """Draws how far it is, where somebody can see it and it takes long enough to ask."""
    if not console.shows_progress():
        return None
    began = drawn = monotonic()

    def draw(done: int, count: int) -> None:
        nonlocal drawn
        now = monotonic()
        if now - began < PATIENCE or (now - drawn < PAUSE and done < count) or not count:
            return
        drawn = now
        filled = done * WIDE // count
        left = (now - began) * (count - done) / max(1, done)
        bar = "█" * filled + "░" * (WIDE - filled)
        console.progress(f"{bar} {done * 100 // count:3}% of {count:,} rows, {left:.0f} s left")

    return draw
