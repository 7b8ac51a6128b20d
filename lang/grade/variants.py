"""A student's name -> that student's numbers: the same exercise, another program for everyone.

Law: the choice follows from the seed and the name alone, so it can be made again anywhere, and knowing one's own says
nothing about anyone else's.

    [variants]
    seed = "spring"
    k = [2, 3, 5]          # `{k}` in the program
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Variants:
    """What differs between students.

    Attributes:
        seed: keeps the choice from being guessed.
        choices: for each word in braces, what may stand in its place.
    """

    seed: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def chosen(self, student: str) -> dict[str, str]:
        """What stands for each word in one student's exercise."""
        found = {}
        for word, values in self.choices.items():
            digest = hmac.digest(self.seed.encode(), f"{student}\0{word}".encode(), "sha256")
            found[word] = values[int.from_bytes(digest[:8], "big") % len(values)]
        return found

    @staticmethod
    def put(text: str, words: Mapping[str, str]) -> str:
        """The text with the words in braces replaced."""
        for word, value in words.items():
            text = text.replace("{" + word + "}", value)
        return text
