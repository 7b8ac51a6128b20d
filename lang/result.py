"""What a run of a program gave, as Python programs hold it.

Law: a fact; how it looks is settled in `lang.show`, which is imported when somebody looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lang.evaluate.notes import Note
from lang.evaluate.run import Shown
from lang.verbs.core.answer import Answer


@dataclass(frozen=True)
class Result:
    """What a run of a program gave.

    Attributes:
        values: every name the program gave a value, in the order of the text.
        shown: what it showed and the answers to its commands, in order.
        notes: awkward points that derivatives inside it passed.
    """

    values: dict[str, float | bool]
    shown: list[Shown | Answer] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def __getitem__(self, name: str) -> float | bool:
        """The value of a name.

        Raises:
            KeyError: the program gave it none.
        """
        if name not in self.values:
            raise KeyError(f"the program gave `{name}` no value; it gave {', '.join(self.values) or 'none'}")
        return self.values[name]

    def _repr_html_(self) -> str:
        from lang.show import bundles

        return bundles.outcome(self.values, self.shown, self.notes)
