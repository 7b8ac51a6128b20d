"""`ad map`: a file of points in, a file of results out."""

from __future__ import annotations

import importlib
import importlib.util
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lang.cli import main, mapping, pointsarray, pointscsv
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
    assert lines[1].startswith("0.5,4,1.30685")
    assert lines[1].endswith(",6,0.5")
    assert lines[2] == "1,2,2,3,1"


def test_values_alone_with_an_input_from_the_command_line(folder: Path) -> None:
    assert ad("map", "f.ad", "z", "y=10", "--data", "p.csv", "-o", "o.csv") == 0
    assert (folder / "o.csv").read_text(encoding="utf-8").splitlines()[2] == "1,10"


def test_numpy_files_and_defaults(folder: Path) -> None:
    np.save(folder / "p.npy", np.array([[1.0], [2.0]]))
    assert ad("map", "f.ad", "--data", "p.npy", "--grad", "z", "--wrt", "x", "-o", "o.npy") == 0
    np.testing.assert_allclose(np.load(folder / "o.npy"), [[1, 3, 4], [2, 6 + np.log(2), 3.5]], rtol=1e-15)


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="Parquet needs pyarrow, which is not installed")
def test_parquet_files(folder: Path) -> None:
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "o.parquet") == 0
    assert ad("map", "f.ad", "--data", "o.parquet", "-o", "again.csv") == 0
    assert (folder / "again.csv").read_text(encoding="utf-8").splitlines()[2] == "1,2,2"


def test_a_row_without_an_answer_is_told_and_stops_no_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.csv").write_text("x\n1\n0\n2\n", encoding="utf-8")
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "o.csv") == 1
    assert "1 row has no answer; the first is row 2: log(0)" in capsys.readouterr().err
    assert (folder / "o.csv").read_text(encoding="utf-8").splitlines()[2] == "0,nan"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--data", "p.csv"), "needs -o"),
        (("-o", "o.csv"), "needs --data"),
        (("--data", "nope.csv", "-o", "o.csv"), "no file `nope.csv`"),
        (("--data", "f.ad", "-o", "o.csv"), "files ending in .csv"),
        (("--data", "p.csv", "-o", "o.txt"), "files ending in .csv"),
        (("--data", "p.csv", "-o", "o.csv", "--grad", "q"), "no name `q`"),
        (("--data", "words.csv", "-o", "o.csv"), "`words.csv`, line 2: `x` is `hello`, not a number"),
        (("--data", "other.csv", "-o", "o.csv"), "no column that the program asks for"),
        (("--data", "p.csv", "-o", "no/where.csv"), "cannot write"),
        (("z", "p.csv"), "write `ad map f.ad --data p.csv --grad z -o out.csv`"),
        (("p.csv", "-o", "o.csv"), "write `ad map f.ad --data p.csv -o o.csv`"),
        (("--data", "p.csv", "y=2"), "write `ad map f.ad --data p.csv -o out.csv y=2`"),
        (("--data", "pickled.npy", "-o", "o.csv"), "`pickled.npy` holds no array of numbers"),
    ],
)
def test_what_is_wrong_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    (folder / "words.csv").write_text("x\nhello\n", encoding="utf-8")
    (folder / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (folder / "pickled.npy").write_bytes(b"\x80\x04N.")
    assert ad("map", "f.ad", *words) in (1, 2)
    assert said in capsys.readouterr().err


def test_a_bar_is_drawn_only_where_somebody_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Seen:
        lines: list[str] = []  # noqa: RUF012 - one for the test

        def shows_progress(self) -> bool:
            return True

        def progress(self, line: str) -> None:
            self.lines.append(line)

    draw = _bar(Seen())  # type: ignore[arg-type]
    assert draw is not None
    draw(0.1, 10, None)
    assert Seen.lines == []
    monkeypatch.setattr(mapping, "PATIENCE", 0.0)
    monkeypatch.setattr(mapping, "PAUSE", 0.0)
    draw(0.25, 250, 1000)
    draw(0.5, 5000, None)
    assert [line.split(",")[0] for line in Seen.lines] == [
        "███████░░░░░░░░░░░░░░░░░░░░░░░  25%  250 of 1", "███████████████░░░░░░░░░░░░░░░  50%  5"
    ]  # fmt: skip


# --- files as people have them ------------------------------------------------------------------------------

SAME = "x,y,z\n0.5,4,1.3068528194400546\n1,2,2\n"


@pytest.mark.parametrize(
    "data",
    [
        b"x,y\n0.5,4\n1,2\n",
        b"\xef\xbb\xbfx,y\r\n0.5,4\r\n1,2\r\n",
        b"x,y\r0.5,4\r1,2",
        b"x;y\n0.5;4\n1;2",
        b"x\ty\n0.5\t4\n1\t2\n",
        b"# x, y\n0.5, 4\n 1 ,2\n",
        b'\n"x","y"\n\n"0.5","4"\n\n1,2\n\n',
        b"y,n,x\n4,a,5e-1\n2,b,+1.\n",
        b'n,x,y\n"one, two\nthree",0.5,4\n"say ""hi""",1,2\n',
        "x,y,größe\n0.5,4,ä\n1,2,ö\n".encode("latin-1"),
    ],
)
def test_csv_files_of_many_kinds_say_the_same(folder: Path, data: bytes) -> None:
    (folder / "p.csv").write_bytes(data)
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "o.csv") == 0
    assert (folder / "o.csv").read_text(encoding="utf-8") == SAME


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "`p.csv` is empty"),
        (b"\n\n", "`p.csv` is empty"),
        (b"0.5,4\n1,2\n", "begins with numbers"),
        (b"X,Y\n1,2\n", "did you mean `x` by `X`?"),
        (b"x,x\n1,2\n", "two columns `x`"),
        (b"\xff\xfex\0,\0", "no CSV file in UTF-8"),
        (b"x,y\n1,2\n\n3\n", "line 4: 1 value, and 2 columns are named"),
        (b"x,y\n1,2\n3,4,5\n", "line 3: 3 values, and 2 columns are named"),
        (b'n,x\n"a\nb",one\nc,two\n', "line 2: `x` is `one`, not a number"),
        (b"x;y\n1,5;2\n", "write it with a point: 1.5"),
    ],
)
def test_what_is_wrong_with_a_csv_file_is_said_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str], data: bytes, said: str
) -> None:
    (folder / "p.csv").write_bytes(data)
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "o.csv") == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert sorted(each.name for each in folder.iterdir()) == ["f.ad", "p.csv"]


def test_an_empty_value_is_a_row_without_an_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.csv").write_text("x,y\n1,2\n,3\n2,\n", encoding="utf-8")
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "o.csv") == 1
    said = "2 rows have no answer; the first is row 2: the input `x` takes a finite real number"
    assert said in capsys.readouterr().err
    assert (folder / "o.csv").read_text(encoding="utf-8").splitlines()[2] == "nan,3,nan"


def test_a_value_that_cannot_be_read_is_a_row_without_an_answer(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "p.csv").write_text('n,x,y\n"a\nb",1,2\nc,two,3\nd,0,N/A\ne,2,1\n', encoding="utf-8")
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "o.csv") == 1
    said = "2 rows have no answer; the first is row 2: `p.csv`, line 4: `x` is `two`, not a number"
    assert said in capsys.readouterr().err
    lines = (folder / "o.csv").read_text(encoding="utf-8").splitlines()
    assert lines[2:] == ["nan,3,nan", "0,nan,nan", "2,1,2.6931471805599454"]


def test_a_file_of_names_alone_gives_names_alone(folder: Path) -> None:
    (folder / "p.csv").write_text("x,y\n", encoding="utf-8")
    for name in ("o.csv", "o.npy"):
        assert ad("map", "f.ad", "--data", "p.csv", "--grad", "z", "-o", name) == 0
    assert (folder / "o.csv").read_text(encoding="utf-8") == "x,y,z,dz/dx,dz/dy\n"
    assert np.load(folder / "o.npy").shape == (0, 5)


@pytest.mark.parametrize("quick", ["numpy", "pyarrow"])
def test_files_longer_than_a_block_pass_through(
    folder: Path, quick: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if quick == "pyarrow":
        pytest.importorskip("pyarrow", reason="the quick reader needs pyarrow, which is not installed")
        monkeypatch.setattr(pointscsv, "WORTH", 0)
        monkeypatch.setattr(pointscsv, "MANY", 0)
    else:
        monkeypatch.setattr(pointscsv, "find_spec", lambda name: None)
    monkeypatch.setattr(pointscsv, "CHUNK", 700)
    monkeypatch.setattr(pointsarray, "ROWS", 37)
    x = np.random.default_rng(2).uniform(0.1, 2, (300, 2))
    x[123, 0] = 0
    text = "".join(f"{a!r},{b!r}\n" for a, b in x.tolist())
    (folder / "p.csv").write_text("x,y\n" + text, encoding="utf-8")
    np.save(folder / "p.npy", x)
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "one.csv") == 1
    assert "the first is row 124: log(0)" in capsys.readouterr().err
    assert ad("map", "f.ad", "--data", "p.npy", "-o", "two.csv") == 1
    assert ad("map", "f.ad", "--data", "one.csv", "-o", "three.npy") == 1
    one = (folder / "one.csv").read_text(encoding="utf-8")
    assert one == (folder / "two.csv").read_text(encoding="utf-8")
    found = np.load(folder / "three.npy")
    np.testing.assert_array_equal(found[:, :2], x)
    good = np.arange(300) != 123
    np.testing.assert_allclose(found[good, 2], x[good, 0] * x[good, 1] + np.log(x[good, 0]), rtol=1e-14, atol=1e-15)
    (folder / "p.csv").write_text("x,y\n" + text.replace("0.0,", "0.1,") + "4,four\n3,\n", encoding="utf-8")
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "four.csv") == 1
    said = "2 rows have no answer; the first is row 301: `p.csv`, line 302: `y` is `four`, not a number"
    assert said in capsys.readouterr().err
    (folder / "p.csv").write_text("x,y\n" + text + "3,4,5\n", encoding="utf-8")
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "no.csv") == 2
    assert "line 302: 3 values, and 2 columns are named" in capsys.readouterr().err
    assert not (folder / "no.csv").exists()


def test_pyarrow_and_python_write_the_same_text() -> None:
    pytest.importorskip("pyarrow", reason="the quick writer needs pyarrow, which is not installed")
    chance = np.random.default_rng(0)
    usual = chance.uniform(-1, 1, 3000) * 10.0 ** chance.integers(-3, 10, 3000)
    usual = np.concatenate([usual[np.abs(usual) >= 1e-4], [0, -0.0, 1, -7, np.nan, np.inf, 1e-4, 123456789, 0.1]])
    odd = np.array([1e-7, 1e16, 5e-324, 1.5e300, -1e-5])
    assert pointscsv._is_usual(usual)
    assert not pointscsv._is_usual(odd)
    for column in (usual, odd):
        text = b"".join(pointscsv._lines([column]))
        assert np.array(text.split(), dtype=float).tobytes() == column.tobytes()
    arrow, writer = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.csv")
    found = arrow.BufferOutputStream()
    writer.write_csv(arrow.table([usual], names=["x"]), found, writer.WriteOptions(include_header=False))
    assert found.getvalue().to_pybytes() == b"".join(pointscsv._lines([usual]))


def test_arrays_of_other_kinds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = np.array([(2, 1.0), (4, 0.5)], dtype=[("y", "i4"), ("x", "f4")])
    np.save(folder / "named.npy", named)
    assert ad("map", "f.ad", "--data", "named.npy", "-o", "o.csv") == 0
    assert (folder / "o.csv").read_text(encoding="utf-8") == "x,y,z\n1,2,2\n0.5,4,1.3068528194400546\n"
    np.save(folder / "words.npy", np.array([["a", "b"]]))
    np.save(folder / "wide.npy", np.zeros((2, 3)))
    np.savez(folder / "several.npz", a=np.zeros(2))
    (folder / "several.npz").rename(folder / "several.npy")
    (folder / "no.npy").write_text("x,y", encoding="utf-8")
    for name, said in (
        ("words", "does not hold real numbers"), ("wide", "an array of shape (rows, 2) is needed: x, y"),
        ("several", "holds several arrays"), ("no", "`no.npy` holds no array of numbers"),
    ):  # fmt: skip
        assert ad("map", "f.ad", "--data", f"{name}.npy", "-o", "no.csv") == 2
        assert said in capsys.readouterr().err


def test_a_file_that_cannot_be_written_leaves_nothing_behind(folder: Path) -> None:
    (folder / "o.csv").mkdir()
    assert ad("map", "f.ad", "--data", "p.csv", "-o", "o.csv") == 2
    assert sorted(each.name for each in folder.iterdir()) == ["f.ad", "o.csv", "p.csv"]


def test_ctrl_c_leaves_no_half_file_behind(folder: Path) -> None:
    (folder / "slow.ad").write_text("x = ?\nz = x\nwhile z < 1e15:\n    z = z + x\n", encoding="utf-8")
    words = ["map", "slow.ad", "--data", "p.csv", "-o", "o.csv", "--limit", "steps=1000000000000,seconds=1000"]
    child = subprocess.Popen([sys.executable, "-m", "lang", *words], stderr=subprocess.PIPE, text=True, cwd=folder)
    time.sleep(2.5)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Traceback" not in err
    assert sorted(each.name for each in folder.iterdir()) == ["f.ad", "p.csv", "slow.ad"]
