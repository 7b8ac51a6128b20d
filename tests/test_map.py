"""`ad map`: a file of points in, a file of results out."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from lang.cli import main
from lang.cli.mapping import _bar

PROGRAM = "x = ?\ny = ? 3\nz = x * y + log(x)\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f.ad").write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "p.csv").write_text('note,x,y\n"a, b",0.5,4\nb,1,2\n', encoding="utf-8")
    return tmp_path


def ad(*words: str) -> int:
    try:
        return main(list(words)) or 0
    except SystemExit as stop:
        return int(stop.code or 0)


def test_a_csv_file_gets_the_result_and_its_gradient(folder: Path) -> None:
    assert ad("map", "f.ad", "--data", "p.csv", "--grad", "z", "-o", "o.csv") == 0
    lines = (folder / "o.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "x,y,z,dz/dx,dz/dy"
    assert lines[1].startswith("0.5,4.0,1.30685")
    assert lines[1].endswith(",6.0,0.5")
    assert lines[2] == "1.0,2.0,2.0,3.0,1.0"


def test_values_alone_with_an_input_from_the_command_line(folder: Path) -> None:
    assert ad("map", "f.ad", "z", "y=10", "--data", "p.csv", "-o", "o.csv") == 0
    assert (folder / "o.csv").read_text(encoding="utf-8").splitlines()[2] == "1.0,10.0"


def test_numpy_files_and_defaults(folder: Path) -> None:
    np.save(folder / "p.npy", np.array([[1.0], [2.0]]))
    assert ad("map", "f.ad", "--data", "p.npy", "--grad", "z", "--wrt", "x", "-o", "o.npy") == 0
    np.testing.assert_allclose(np.load(folder / "o.npy"), [[1, 3, 4], [2, 6 + np.log(2), 3.5]], rtol=1e-15)


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="Parquet needs pyarrow, which is not installed")
def test_parquet_files(folder: Path) -> None:
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "o.parquet") == 0
    assert ad("map", "f.ad", "--data", "o.parquet", "-o", "again.csv") == 0
    assert (folder / "again.csv").read_text(encoding="utf-8").splitlines()[2] == "1.0,2.0,2.0"


def test_a_row_without_an_answer_is_told_and_stops_no_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.csv").write_text("x\n1\n0\n2\n", encoding="utf-8")
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "o.csv") == 1
    assert "1 row has no answer; the first is row 2: log(0)" in capsys.readouterr().err
    assert (folder / "o.csv").read_text(encoding="utf-8").splitlines()[2] == "0.0,nan"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--data", "p.csv"), "needs -o"),
        (("-o", "o.csv"), "needs --data"),
        (("--data", "nope.csv", "-o", "o.csv"), "no file `nope.csv`"),
        (("--data", "f.ad", "-o", "o.csv"), "files ending in .csv"),
        (("--data", "p.csv", "-o", "o.txt"), "files ending in .csv"),
        (("--data", "p.csv", "-o", "o.csv", "--grad", "q"), "no name `q`"),
        (("--data", "words.csv", "-o", "o.csv"), "cannot read `words.csv`"),
        (("--data", "other.csv", "-o", "o.csv"), "no column that the program asks for"),
        (("--data", "p.csv", "-o", "no/where.csv"), "cannot write"),
    ],
)
def test_what_is_wrong_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    (folder / "words.csv").write_text("x\nhello\n", encoding="utf-8")
    (folder / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert ad("map", "f.ad", *words) in (1, 2)
    assert said in capsys.readouterr().err


def test_a_bar_is_drawn_only_where_somebody_sees_it() -> None:
    class Seen:
        lines: list[str] = []  # noqa: RUF012 - one for the test

        def shows_progress(self) -> bool:
            return True

        def progress(self, line: str) -> None:
            self.lines.append(line)

    draw = _bar(Seen())  # type: ignore[arg-type]
    assert draw is not None
    draw(1, 10)
    assert Seen.lines == []
