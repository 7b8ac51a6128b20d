"""A start is quick because of what it leaves out, and that can be seen without a clock."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

import lang
from lang.evaluate.notes import Note
from lang.evaluate.recipe import Recipe
from lang.evaluate.settings import Settings
from lang.fact import Fact, Telling
from lang.source import Source
from lang.steps import form
from lang.syntax import tree

ROOT = Path(__file__).parent.parent
LECTURE = "x = ?; y = ?; a = x * y; b = sin(x); z = a + b"
HEAVY = {
    "lark", "numpy", "scipy", "sympy", "mpmath", "llvmlite", "prompt_toolkit", "platformdirs", "argparse", "pkgutil",
    "dataclasses", "inspect", "ast", "dis", "tokenize", "linecache", "threading", "pathlib", "decimal", "fractions",
    "random", "difflib", "shutil", "tempfile", "subprocess", "logging", "textwrap", "traceback", "importlib.metadata",
    "importlib.resources",
}  # fmt: skip
"""What no part of a first answer is made of. Where Python itself has it before the first line, it costs nothing."""
if sys.version_info >= (3, 14):
    HEAVY -= {"ast"}  # a class made of `typing.NamedTuple` needs it there: 1.4 ms


def imported(code: str) -> set[str]:
    """The modules that a process has imported for a program, those of a bare Python aside."""
    own = subprocess.run(
        [sys.executable, "-c", f"import sys; bare = set(sys.modules)\n{code}\nprint(*set(sys.modules) - bare)"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    return set(own.stdout.splitlines()[-1].split())


STARTS = {
    "import lang": ("import lang", {"typing", "re", "json", "lang.errors", "lang.cli"}),
    "a first gradient": (
        f"import lang; lang.parse({LECTURE!r}).grad('z', x=2, y=3)",
        {"lang.session", "lang.result", "lang.backend", "lang.transform", "lang.diagnostic", "lang.cli", "zlib"},
    ),
    "`ad version`": (
        "from lang.cli import main; main(['version'])",
        {"typing", "re", "json", "contextlib", "lang.errors", "lang.cli.dispatch"},
    ),
    "`ad -c`": (
        "from lang.cli import main; main(['-c', 'x = 3; x**2'])",
        {"lang.program", "lang.compiled", "lang.backend", "lang.transform", "lang.repl", "lang.show.help"},
    ),
    "`ad fmt`": (
        "from lang.cli import main; main(['fmt', '--check', 'examples/lecture.ad'])",
        {"lang.session", "lang.evaluate.machine", "lang.compiled", "lang.backend", "lang.transform", "lang.repl"},
    ),
}


@pytest.mark.parametrize(("code", "absent"), STARTS.values(), ids=STARTS)
def test_a_start_imports_only_what_it_needs(code: str, absent: set[str]) -> None:
    imported(f"import lang; lang.parse({LECTURE!r})")  # the tables are in the cache now
    assert (HEAVY | absent) & imported(code) == set()


def kinds(base: type) -> list[type]:
    return [each for kind in base.__subclasses__() for each in (kind, *kinds(kind))]


FACTS = [kind for kind in kinds(Fact) if kind is not Telling]


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__qualname__)
def test_a_fact_lists_what_it_is_given(kind: type[Fact]) -> None:
    given = tuple(inspect.signature(kind).parameters)
    assert kind.__match_args__
    assert given[: len(kind.__match_args__)] == kind.__match_args__


def test_a_fact_tells_what_it_holds_and_makes_others_like_itself() -> None:
    name = tree.Name("x", (0, 1))
    other = name.but(name="y")
    assert repr(name) == "Name(name='x', span=(0, 1))"
    assert (other.name, other.span, name.name) == ("y", (0, 1), "x")
    assert name != tree.Name("x", (0, 1))
    with pytest.raises(TypeError, match="nowhere"):
        name.but(nowhere=1)


def test_a_fact_takes_no_name_that_it_does_not_list() -> None:
    step = form.Copy("x", 1.0, (0, 1))
    with pytest.raises(AttributeError):
        step.sorce = 2.0  # type: ignore[attr-defined]


def test_facts_go_to_other_processes_and_come_back() -> None:
    program = lang.parse(LECTURE).entry
    for again in (pickle.loads(pickle.dumps(program.steps)), deepcopy(program.steps)):
        assert repr(again) == repr(program.steps)


def test_a_recipe_but_for_one_thing_keeps_the_rest_and_its_kind() -> None:
    recipe = lang.parse(LECTURE)._recipe({"x": 2.0, "y": 3.0}, Settings())
    other = recipe.but(spent=None)
    assert type(other) is type(recipe)
    assert other is not recipe
    assert all(getattr(other, name) is getattr(recipe, name) for name in Recipe.__match_args__)


def test_answers_are_equal_when_they_tell_the_same() -> None:
    program = lang.parse(LECTURE)
    one, other = (program.ask("grad", "z", inputs={"x": 2, "y": 3}) for _ in range(2))
    assert one == other
    assert one != program.ask("grad", "z", inputs={"x": 2, "y": 4})
    assert one != program.ask("jvp", "z", along={"x": 1}, inputs={"x": 2, "y": 3})


def test_notes_are_equal_when_they_tell_the_same_wherever_they_were_met() -> None:
    source = Source("abs(x)")
    step = form.Copy("x", 1.0, (0, 1))
    one, other = Note("kink", "abs at 0", (0, 6), source), Note("kink", "abs at 0", (0, 6), source, step=step)
    assert one == other
    assert one != other.but(count=2)
    assert one.but(message="there").step is None
