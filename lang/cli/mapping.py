"""`ad map`: a program and a file of points -> a file with a result, and its gradient, for each point.

Law: a point without an answer is nan in the output and stops no other; how many there were, and what was wrong with
the first, is told at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from lang.cli import misread, points, running
from lang.cli.codes import FAILED, OK
from lang.cli.console import Console
from lang.cli.options import Given, UsageError
from lang.show import last

if TYPE_CHECKING:
    import numpy as np

    from lang.batch import BadRows
    from lang.compiled.function import Compiled

    Array = np.ndarray[Any, Any]

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
        raise UsageError(f"`ad map` needs {missing}", hint=misread.mapped(words, given) or f"write it like `{EXAMPLE}`")
    source, words = running._program(words, given, EXAMPLE)
    options = running.settings(given)
    program = Program(source, options["limits"])
    pairs = [word for word in words if "=" in word]
    (target,) = _targets([word for word in words if "=" not in word], given, program)
    points.kind(given.one("-o"))
    read = points.opened(given.one("--data"), program.inputs)
    others = _others(program, read.names, running._values(program.entry, pairs, given))
    f = program.compile(target, wrt=given.many("--wrt") or None, **options)
    slopes = [f"d{target}/d{name}" for name in f.wrt] if given.on("--grad") else []
    kept = [name for name in read.names if name not in others]
    work = _Work(f, others, kept, bool(slopes), given.on("--exact"), _bar(console))
    with points.created(given.one("-o"), [*kept, target, *slopes]) as out:
        for block in read.blocks():
            out.add(work.answer(block, read))
    if console.shows_progress():
        console.progress("")
    return _told(work.rows, given.one("-o"), work.bad, console)


@dataclass
class _Work:
    """What is done with every block, and what has been seen so far."""

    f: Compiled
    others: dict[str, float]
    kept: list[str]
    gradient: bool
    exact: bool
    draw: Callable[[float, int, int | None], None] | None
    rows: int = 0
    bad: BadRows | None = None

    def answer(self, block: Mapping[str, Array], read: points.Points) -> list[Array]:
        """The columns that go out: inputs that were read, results, slopes."""
        table = self._table(block)
        if self.gradient:
            values, slopes = self.f.grad_batch(table, exact=self.exact)
            found = [values, *slopes.T]
        else:
            found = [self.f.batch(table, exact=self.exact)]
        self._count(self.f.bad, read.unread)
        self.rows += len(table)
        if self.draw is not None:
            self.draw(read.share(), self.rows, read.rows)
        return [*(block[name] for name in self.kept), *found]

    def _table(self, block: Mapping[str, Array]) -> Array:
        """All inputs of some rows."""
        import numpy as np

        table = np.empty((len(next(iter(block.values()))), len(self.f.inputs)))
        for at, name in enumerate(self.f.inputs):
            table[:, at] = self.others[name] if name in self.others else block[name]
        return table

    def _count(self, bad: BadRows | None, unread: tuple[int, str] | None) -> None:
        if bad is None:
            return
        if self.bad is None:
            first = bad.first + self.rows
            self.bad = replace(bad, first=first, reason=dict([unread or (-1, "")]).get(first, bad.reason))
        else:
            self.bad = replace(self.bad, count=self.bad.count + bad.count)


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


def _others(program: Any, read: Sequence[str], fixed: dict[str, float]) -> dict[str, float]:
    """The inputs that are the same for all rows: given on the command line, or with a default and without a column."""
    from lang.cli import inputs

    known = {**dict.fromkeys(read, 0.0), **fixed}
    found = inputs.gather(program.entry.checked.inputs, known, program.source, None)
    out = {name: value for name, value in found.items() if name in fixed or name not in read}
    for name in program.inputs:
        if name not in out and name not in read:
            out[name] = _default(program, name)
    return out


def _default(program: Any, name: str) -> float:
    """The value of an input's default: what a run of the program gives it, if it is asked for that alone."""
    from lang.session import Session

    node = next(each for each in program.entry.checked.inputs if each.target.name == name)
    text = program.source.text[node.default.span[0] : node.default.span[1]]
    return float(Session(limits=program.limits).run(f"{name} = {text}").values[name])


def _bar(console: Console) -> Callable[[float, int, int | None], None] | None:
    """Draws how far it is, where somebody can see it and it takes long enough to ask."""
    if not console.shows_progress():
        return None
    began = drawn = monotonic()

    def draw(share: float, rows: int, of: int | None) -> None:
        nonlocal drawn
        now = monotonic()
        if now - began < PATIENCE or now - drawn < PAUSE or not share:
            return
        drawn = now
        filled = int(share * WIDE)
        left = (now - began) * (1.0 - share) / share
        bar = "█" * filled + "░" * (WIDE - filled)
        count = f"{rows:,} rows" if of is None else f"{rows:,} of {of:,} rows"
        console.progress(f"{bar} {share:4.0%}  {count}, {left:.0f} s left")

    return draw
