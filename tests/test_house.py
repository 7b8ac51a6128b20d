"""The house is as it is told: a room's docstring names its modules, CONTRIBUTING.md names each room at its level."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import lang

ROOT = Path(__file__).parent.parent
ROOMS = sorted(
    path.parent
    for path in (ROOT / "lang").rglob("__init__.py")
    if path.parent not in (ROOT / "lang", ROOT / "lang" / "verbs")  # a verb is found by its file, see its docstring
)
ROW = re.compile(r"^\| (\d+) \| (.*?) \|", re.MULTILINE)


def docstring(room: Path) -> str:
    return ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")), clean=False) or ""


def indexed(room: Path) -> list[str]:
    """The names in the index of a room: rows of `name, name   what is in it`, perhaps several in a row."""
    rows = [line[4:] for line in docstring(room).split("\n") if line.startswith("    ")]
    cells = [re.split(r";?\s{2,}", row.rstrip()) for row in rows]
    return [name.strip() for row in cells for names in row[::2] for name in names.split(",")]


def held(room: Path) -> set[str]:
    """What there is: modules by their name, other files as they are called."""
    found = {path.stem for path in room.glob("*.py") if path.stem != "__init__"} - {"__main__"}
    return found | {path.name for path in room.iterdir() if path.is_dir() and (path / "__init__.py").is_file()}


# the reports' own table of formats is their index, and a wrong row there fails where reports are tested
@pytest.mark.parametrize(
    "room", [room for room in ROOMS if room.name != "reports"], ids=lambda room: room.relative_to(ROOT).as_posix()
)
def test_the_docstring_of_a_room_names_each_of_its_modules_once_and_nothing_else(room: Path) -> None:
    names = indexed(room)
    others = {name for name in names if (room / name).is_file()}
    assert sorted(set(names) - others) == sorted(held(room))
    assert len(names) == len(set(names))


def levels() -> dict[str, int]:
    """The level of each room, as CONTRIBUTING.md has it: `cli`, `session`, ..."""
    found = {}
    for level, rooms in ROW.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        for name in re.findall(r"`(?:lang/)?(\w+)(?:/|\.py)`", rooms):
            found[name] = int(level)
    return found


def test_the_table_of_rooms_names_every_room() -> None:
    places = [path for path in (ROOT / "lang").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]
    there = {path.stem for path in places}
    assert sorted(levels()) == sorted(there - {"__init__", "__main__"})


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(ROOT).as_posix())
def test_a_room_knows_its_level(room: Path) -> None:
    told = re.search(r"level (\d+)", docstring(room).split("\n\n")[0])
    assert told is None or int(told[1]) == levels()[room.name]


def test_levels_follow_the_layers_that_are_checked() -> None:
    layers = re.search(r"^layers = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M | re.S)
    assert layers
    order = [[name.strip() for name in line.split(":")] for line in re.findall(r'"(.*?)"', layers[1])]
    numbers = [[levels()[name] for name in line] for line in order]
    assert all(len(set(line)) == 1 for line in numbers)
    flat = [line[0] for line in numbers]
    assert flat == sorted(flat, reverse=True)


def test_what_the_package_gives_is_where_it_says() -> None:
    assert set(lang._HOME) | {"__version__"} == set(lang.__all__)
