"""The registry of verbs -> `lang/methods.pyi`: the methods that a program gets from it, for type checkers and editors.

Law: nothing is known here that the registry does not say; `pytest tests/test_typed.py --update` writes the file anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from lang.verbs.core import registry
from lang.verbs.core.registry import Verb

HEAD = '''"""A program's verbs as methods, for type checkers; `pytest tests/test_typed.py --update` writes this file."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from lang.graph.computation import Graph
from lang.limits import Limits
from lang.page.build import Contents
from lang.program import Derived

Array = NDArray[np.float64]

class Methods:
'''
CLAUSES = (
    ("wrt", "wrt: str | Sequence[str] | None = None"),
    ("by", "by: str | None = None"),
    ("along", "along: Mapping[str, float | None] | None = None"),
)
OPTIONS = (
    "as_: str = ...",
    "at: Mapping[str, float] | None = None",
    "ieee: bool = False",
    "kinks: str = ...",
    "limits: Limits | None = None",
    "engine: str = ...",
    "**inputs: float",
)
TARGETS = {
    (1, 1): ("target: str", "/", "*"),
    (1, None): ("target: str", "/", "*targets: str"),
    (0, None): ("*targets: str",),
}


def stub() -> str:
    """The text of the file."""
    return HEAD + "\n".join(_method(registry.verb(name)) for name in registry.names())


def _method(verb: Verb) -> str:
    parameters = ["self", *TARGETS[verb.targets]]
    parameters += [text for clause, text in CLAUSES if clause in verb.clauses]
    parameters += OPTIONS
    ways = f" `by`: {', '.join(verb.ways)}." if verb.ways else ""
    summary = f"{verb.summary[0].upper()}{verb.summary[1:]}."
    more = f"In a program: `{verb.example}`.{ways}"
    said = f'        """{summary}\n\n        {more}\n        """'
    own = ("text", *verb.styles)
    texts = [each for each in verb.formats if each not in (*own, "png")]
    made = _overload(verb.name, parameters, f"as_: {_literal(own)} = ...", verb.gives, said)
    made += _overload(verb.name, parameters, f"as_: {_literal(texts)}", "str", "        ...")
    if "png" in verb.formats:
        made += _overload(verb.name, parameters, f"as_: {_literal(['png'])}", "bytes", "        ...")
    return made


def _overload(name: str, parameters: list[str], form: str, gives: str, body: str) -> str:
    written = "".join(f"        {form if each.startswith('as_:') else each},\n" for each in parameters)
    return f"    @overload\n    def {name}(\n{written}    ) -> {gives}:\n{body}\n"


def _literal(words: Sequence[str]) -> str:
    return f"Literal[{', '.join(map(repr, words))}]".replace("'", '"')
