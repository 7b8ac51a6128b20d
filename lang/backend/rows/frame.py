"""The names of a program on lanes, while it is being written.

Law: a side of a choice gives names values for its own lanes only; when it is left, they are what they were before it,
and the choice says what each lane keeps.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lang.backend.native.shape import Scope

Path = tuple[tuple[str, bool], ...]
"""The choices on the way to a step: conditions, and whether they hold."""
Log = dict[str, tuple[str | None, str | None]]
"""Names that were given a value, with the value and the lanes they had before."""


@dataclass(eq=False)
class Frame:
    """The names of the program, or of one call of a function.

    Attributes:
        values: LLVM's value (or a constant) of each name.
        there: the lanes in which a name has a value, for those that have not in all.
        logs: for each side of a choice that is being written, the names given a value, with what they had before.
    """

    scope: Scope
    values: dict[str, str] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)
    logs: list[Log] = field(default_factory=list)
    results: dict[int, str] = field(default_factory=dict)

    def write(self, name: str, value: str, there: str | None = None) -> None:
        """Give a name a value, in all lanes or where `there` says."""
        if self.logs:
            self.logs[-1].setdefault(name, (self.values.get(name), self.there.get(name)))
        self.values[name] = value
        if there is None:
            self.there.pop(name, None)
        else:
            self.there[name] = there

    def lanes_of(self, name: str) -> str:
        """The lanes in which a name has a value."""
        return self.there.get(name, "true") if name in self.values else "false"

    def leave(self, mask: str | None, path: Path) -> Side:
        """Take back what the side of a choice gave that is written last."""
        log, given = self.logs.pop(), {}
        for name, (value, there) in log.items():
            given[name] = (self.values[name], self.there.pop(name, None))
            self.values.pop(name)
            if value is not None:
                self.values[name] = value
            if there is not None:
                self.there[name] = there
        return Side(mask or "true", path, given, log)


@dataclass
class Side:
    """One side of a choice: its lanes, and the names it gave a value, with the lanes that have one (None for all)."""

    mask: str
    path: Path
    given: dict[str, tuple[str, str | None]]
    before: Log
