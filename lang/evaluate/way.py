"""The way back through a stretch of steps that a tape recorded at one stroke.

Law: whoever records a stretch, by a plan or for the first time (`once`), leaves the same: a way, and a list of values.
Numbers count what moves: first the values that came in, then the results of the steps. Only results that something
after the stretch may read have a place among the adjoints of the tape.

    a = x * y; b = sin(a)      x and y are 0 and 1, a is 2, b is 3; of these only b has a place of its own
    partials: values[0] of a by x, values[1] of a by y, values[2] of b by a
    back: (0, 0, 1, 1), (2, 2, -1, 0)
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from lang.steps import form

NUMBERS = "h"
"""How numbers and places are kept, as `array` calls it: in two bytes. A stretch of 1,000 steps has less than 10,000."""
STRETCH_BYTES = 100
"""What an entry for a stretch costs, with the nodes that come out of it."""
VALUE_BYTES = 32
"""What a value of a stretch costs: a float and its place in the list."""


class Way:
    """How adjoints go back through a stretch.

    Attributes:
        back: for each step whose result moves, four numbers: an operand, where its partial stands among the values,
            and the same of the other operand (-1, 0 where there is none).
        steps: these steps.
        moving: how many of the values that came in move.
        places: the numbers of the results that have a place among the adjoints of the tape, in the order of the places.
        length: how many values there are.
        bytes: about how many bytes a recorded run of it takes.
    """

    __slots__ = ("back", "bytes", "length", "moving", "places", "steps")

    def __init__(
        self, back: array[int], steps: list[form.Step], moving: int, places: list[int], length: int
    ) -> None:
        self.back = back
        self.steps = steps
        self.moving = moving
        self.places = places
        self.length = length
        self.bytes = STRETCH_BYTES + length * VALUE_BYTES

    def reversed(self) -> Iterator[tuple[int, int, int, int]]:
        """Its steps from the last on, each as it stands in `back`, from the end."""
        numbers = reversed(self.back)
        return zip(numbers, numbers, numbers, numbers, strict=True)

    def entry(self, number: int) -> tuple[int, ...]:
        """(operand, place of its partial, ...) of one step."""
        one, partial, other, more = self.back[4 * number : 4 * number + 4]
        return (one, partial) if other < 0 else (one, partial, other, more)
