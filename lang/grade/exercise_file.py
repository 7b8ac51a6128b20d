"""An exercise's TOML file -> `Exercise`.

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
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lang.grade.exercise import FORMS, HIDDEN, KINDS, LEVELS, WAYS, Check, Exercise, ExerciseError, Samples
from lang.grade.variants import Variants


def load(path: str | Path) -> Exercise:
    """The exercise in a TOML file.

    Raises:
        OSError: the file, or one that it names, cannot be read. ExerciseError: it describes no exercise.
    """
    path = Path(path)
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        hint = "the exercise comes first: `ad grade exercise.toml anna.ad`" if path.suffix != ".toml" else ""
        raise ExerciseError(f"`{path}` is not a TOML file: {error}", hint=hint) from None
    except RecursionError:
        raise ExerciseError(f"`{path}` holds lists or tables too deep inside each other") from None
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
