"""The notebooks of the course run from top to bottom and show what is stored in them.

`pytest --update` runs them and stores what they show.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import expectations
from tests.test_examples import ROOT

pytest.importorskip("ipykernel", reason="Jupyter is not installed (the extra `notebook`)")
pytest.importorskip("sympy", reason="SymPy is not installed (the extra `symbolic`)")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed (the extra `test`)")
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed (the extra `test`)")

NOTEBOOKS = sorted((ROOT / "examples" / "course").glob("*.ipynb"))


def shown(book: Any) -> list[list[str]]:
    """What each cell of code shows, as plain text; those whose point are rounding errors aside."""
    return [
        [str(each.get("text") or each["data"]["text/plain"]) for each in cell.outputs]
        for cell in book.cells
        if cell.cell_type == "code" and "rounding" not in cell.metadata.get("tags", ())
    ]


def alike(old: list[list[str]], new: list[list[str]]) -> bool:
    """The same words, and numbers that are the same but for their last digits."""
    lines = [[line.rstrip() for text in cell for line in text.splitlines()] for cell in old]
    others = [[line.rstrip() for text in cell for line in text.splitlines()] for cell in new]
    return [*map(len, lines)] == [*map(len, others)] and all(
        expectations.same_text(one, other)
        for cell, twin in zip(lines, others, strict=True)
        for one, other in zip(cell, twin, strict=True)
    )


def test_there_are_three() -> None:
    assert [each.stem for each in NOTEBOOKS] == ["dual_numbers_and_tape", "lecture", "three_ways"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda each: each.stem)
def test_a_notebook_runs_and_shows_what_is_stored(path: Path, request: pytest.FixtureRequest) -> None:
    stored = nbformat.read(path, as_version=4)
    book = nbformat.read(path, as_version=4)
    options = {"kernel_name": "python3", "timeout": 120, "record_timing": False, "coalesce_streams": True}
    nbclient.NotebookClient(book, **options).execute()
    nbformat.validate(book)
    if request.config.getoption("--update"):
        book.metadata = stored.metadata
        nbformat.write(book, path)
        return
    assert alike(shown(stored), shown(book))
