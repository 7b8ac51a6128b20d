"""An exercise's TOML file -> `Exercise`: what is asked, how it is marked, what students are told.

Law: an exercise that means nothing is refused when it is read, in words that name the key; marking never finds out.

    title = "Forward mode by hand"
    kind = "derivative"          # value, derivative, adjoint, rule, fill, trace, gradient
    program = "program.ad"       # beside this file, or the text itself
    of = "z"
    points = 10
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lang.errors import AdError
from lang.grade.variants import Variants

KINDS = ("value", "derivative", "adjoint", "rule", "fill", "trace", "gradient")
FORMS = ("any", "interleaved", "separate")
WAYS = ("forward", "reverse")
LEVELS = ("none", "score", "line", "mistake")
HIDDEN = ("count", "nothing")


class ExerciseError(AdError):
    """An exercise file does not describe an exercise."""


@dataclass(frozen=True)
class Samples:
    """Where a submission is tried.

    Attributes:
        at: points that the exercise gives; drawn points come after them.
        count: how many points in all.
        seed: of the drawn ones.
        ranges: the least and greatest value of an input; by default half of the points are drawn from 0.3 to 1.7 and
            half from -2 to 2, as far as the reference has values there.
    """

    at: tuple[Mapping[str, float], ...] = ()
    count: int = 6
    seed: int = 1
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One more test, at one point, for points of its own.

    Attributes:
        name: what reports call it.
        at: the inputs.
        seeds: weights of the seeds; empty for those of the exercise.
        points: what it gives.
        visible: may students see that it exists?
    """

    name: str
    at: Mapping[str, float]
    seeds: Mapping[str, float]
    points: float
    visible: bool


@dataclass(frozen=True)
class Exercise:
    """What is asked and how it is marked; the attributes are the keys of the TOML file.

    Attributes:
        title: what reports call it.
        kind: one of `KINDS`.
        program: the text that is to be differentiated, run or computed.
        of: the names of the results; empty for the last name of the program.
        wrt: the inputs; empty for all.
        form: of a derivative program: `interleaved`, `separate` or `any`.
        by: `forward` or `reverse`, for fill and trace.
        seeds: the weight of each seed; None where they stay open (`dx = ?`).
        rule: the function whose rule is asked.
        template: what students begin with; empty for none.
        points, tolerance, samples, checks: how it is marked. The tolerance is relative.
        feedback: what students are told: nothing, their score, the first wrong line, or the mistake too.
        hidden: of hidden checks students see the count, or nothing.
        variants: what differs from student to student.
        folder: where the file lies.
    """

    title: str
    kind: str
    program: str
    of: tuple[str, ...] = ()
    wrt: tuple[str, ...] = ()
    form: str = "any"
    by: str = "forward"
    seeds: Mapping[str, float] | None = None
    rule: str = ""
    template: str = ""
    points: float = 1.0
    tolerance: float = 1e-6
    samples: Samples = field(default_factory=Samples)
    checks: tuple[Check, ...] = ()
    feedback: str = "mistake"
    hidden: str = "count"
    variants: Variants = field(default_factory=Variants)
    folder: Path = field(default_factory=Path)

    @property
    def backwards(self) -> bool:
        """Are adjoints asked for?"""
        return self.kind in ("adjoint", "gradient") or (self.kind in ("fill", "trace") and self.by == "reverse")

    @property
    def total(self) -> float:
        """All points there are."""
        return self.points + sum(check.points for check in self.checks)

    def variant(self, student: str) -> Exercise:
        """The exercise as one student gets it."""
        if not self.variants.choices:
            return self
        words = self.variants.chosen(student)
        return replace(
            self, program=self.variants.put(self.program, words), template=self.variants.put(self.template, words)
        )


def load(path: str | Path) -> Exercise:
    """The exercise in a TOML file.

    Raises:
        OSError: the file, or one that it names, cannot be read. ExerciseError: it describes no exercise.
    """
    path = Path(path)
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExerciseError(f"`{path}` is not a TOML file: {error}") from None
    return Reader(facts, path.parent, str(path)).exercise()


class Reader:
    """The keys of one table, each read once with what it may be.

    Args:
        facts: the table.
        folder: where files that it names lie.
        where: what errors call it.
    """

    def __init__(self, facts: Mapping[str, Any], folder: Path, where: str) -> None:
        self.facts, self.folder, self.where = facts, folder, where
        self.known: set[str] = set()

    def exercise(self) -> Exercise:
        """The whole exercise.

        Raises:
            ExerciseError: a key is missing, unknown or of the wrong kind.
        """
        kind = self.one_of("kind", KINDS, "")
        if not kind:
            raise self.wrong("kind", f"is missing; it is one of {', '.join(KINDS)}")
        made = Exercise(
            title=self.text("title", "Exercise"),
            kind=kind,
            program=self.content("program"),
            of=self.names("of"),
            wrt=self.names("wrt"),
            form=self.one_of("form", FORMS, "any"),
            by=self.one_of("by", WAYS, "forward"),
            seeds=self.numbers("seeds") if "seeds" in self.facts else None,
            rule=self.text("rule", ""),
            template=self.content("template"),
            points=self.number("points", 1.0, least=0.0),
            tolerance=self.number("tolerance", 5e-3 if kind in ("trace", "gradient") else 1e-6, least=0.0),
            samples=self.samples(),
            checks=tuple(self.check(table, at) for at, table in enumerate(self.tables("check"), 1)),
            feedback=self.one_of("feedback", LEVELS, "mistake"),
            hidden=self.one_of("hidden", HIDDEN, "count"),
            variants=self.variants(),
            folder=self.folder,
        )
        self.nothing_else()
        if not made.program and kind != "rule":
            raise self.wrong("program", "is missing; it names a file, or is the text of a program")
        if kind == "rule" and not made.rule:
            raise self.wrong("rule", "is missing; it names the function whose rule is asked")
        return made

    def samples(self) -> Samples:
        inner = self.table("samples")
        ranges = {}
        raw = inner.get("range", {})
        for name, pair in raw.items() if isinstance(raw, dict) else ():
            if not (isinstance(pair, list) and len(pair) == 2 and all(_is_number(each) for each in pair)):
                raise self.wrong("samples", "has a range that is not two numbers")
            ranges[str(name)] = (float(pair[0]), float(pair[1]))
        inner.known |= {"range", "at"}
        points = inner.get("at", [])
        if not isinstance(points, list):
            raise self.wrong("samples", "has an `at` that is not a list of points")
        at = tuple(Reader({"at": point}, self.folder, self.where).numbers("at") for point in points)
        made = Samples(at, int(inner.number("count", 6, least=1)), int(inner.number("seed", 1)), ranges)
        inner.nothing_else()
        return made

    def check(self, table: Mapping[str, Any], place: int) -> Check:
        inner = Reader(table, self.folder, f"{self.where}, check {place}")
        made = Check(
            name=inner.text("name", f"check {place}"),
            at=inner.numbers("at"),
            seeds=inner.numbers("seeds"),
            points=inner.number("points", 1.0, least=0.0),
            visible=inner.flag("visible", True),
        )
        inner.nothing_else()
        return made

    def variants(self) -> Variants:
        inner = self.table("variants")
        seed = inner.text("seed", "")
        choices = {}
        for name, values in inner.facts.items():
            if name == "seed":
                continue
            if not isinstance(values, list) or not values:
                raise self.wrong("variants", f"has a `{name}` that is not a list of what to choose from")
            choices[name] = tuple(str(each) for each in values)
        return Variants(seed, choices)

    # --- one key --------------------------------------------------------------------------------------------

    def get(self, name: str, default: Any) -> Any:
        self.known.add(name)
        return self.facts.get(name, default)

    def text(self, name: str, default: str) -> str:
        value = self.get(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "is a text")
        return value

    def content(self, name: str) -> str:
        """A text, or that of the file it names."""
        value = self.text(name, "")
        if not value or "\n" in value or not value.endswith((".ad", ".md", ".csv", ".txt")):
            return value
        try:
            return (self.folder / value).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise self.wrong(name, f"names the file `{value}`, which cannot be read") from None

    def one_of(self, name: str, words: Sequence[str], default: str) -> str:
        value = self.text(name, default)
        if value != default and value not in words:
            near = get_close_matches(value, words, 1)
            more = f"; did you mean `{near[0]}`?" if near else ""
            raise self.wrong(name, f"is one of {', '.join(words)}, not `{value}`{more}")
        return value

    def number(self, name: str, default: float, least: float | None = None) -> float:
        value = self.get(name, default)
        if not _is_number(value) or (least is not None and value < least):
            raise self.wrong(name, "is a number" + (f" of at least {least:g}" if least is not None else ""))
        return float(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "is true or false")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        value = self.get(name, [])
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",")]
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(name, "is a name or a list of names")
        return tuple(value)

    def numbers(self, name: str) -> dict[str, float]:
        value = self.get(name, {})
        if not isinstance(value, dict) or not all(_is_number(each) for each in value.values()):
            raise self.wrong(name, "gives names numbers, as in `{ x = 1, y = 0 }`")
        return {str(each): float(number) for each, number in value.items()}

    def table(self, name: str) -> Reader:
        value = self.get(name, {})
        if not isinstance(value, dict):
            raise self.wrong(name, "is a table")
        return Reader(value, self.folder, f"{self.where}, {name}")

    def tables(self, name: str) -> list[Mapping[str, Any]]:
        value = self.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(name, f"is a list of tables, each under `[[{name}]]`")
        return value

    def nothing_else(self) -> None:
        """Check that every key is known.

        Raises:
            ExerciseError: one is not.
        """
        for name in self.facts:
            if name not in self.known:
                near = get_close_matches(name, self.known, 1)
                raise self.wrong(name, "is no key of an exercise" + (f"; did you mean `{near[0]}`?" if near else ""))

    def wrong(self, name: str, what: str) -> ExerciseError:
        return ExerciseError(f"{self.where}: `{name}` {what}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value - value == 0
