"""A folder as it comes from a class: files of every kind, and reports that say what is wrong with each."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lang.errors import ParseError
from lang.grade.exercise import Exercise
from lang.grade.marking import Marker
from lang.grade.reports import report
from lang.syntax.text import decode
from tests.test_examples import ROOT, process

FORWARD = ROOT / "examples" / "course" / "forward"
RIGHT = (FORWARD / "solution.ad").read_bytes()


def marked(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return process("-m", "lang", "grade", str(FORWARD / "exercise.toml"), str(folder), *more)


def test_every_hand_in_of_a_folder_is_marked_and_the_rest_is_named(tmp_path: Path) -> None:
    for name in ("anna.ad", "BERTA.AD", "carl.txt", "dora ü (1).ad", "._anna.ad", ".DS_Store"):
        (tmp_path / name).write_bytes(RIGHT)
    (tmp_path / "emil.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "material").mkdir()
    done = marked(tmp_path, "--format", "csv")
    rows = [line.rpartition("/")[2].partition(",")[0] for line in done.stdout.splitlines()[1:]]
    assert rows == ["BERTA.AD", "anna.ad", "carl.txt", "dora ü (1).ad"]
    assert done.stdout.count(",12,12,100.0,") == 4
    assert done.stderr == f"note: not marked in `{tmp_path}`, no file .ad, .csv, .md, .txt: `emil.docx`\n"
    for count in range(9):
        (tmp_path / f"page{count}.pdf").touch()
    assert marked(tmp_path).stderr.endswith(
        "`emil.docx`, `page0.pdf`, `page1.pdf`, `page2.pdf`, `page3.pdf` and 5 more\n"
    )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "a document or an archive (ZIP)"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
        (rb"{\rtf1\ansi x = ?}", "a text with formats (RTF)"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an office program"),
    ],
)
def test_what_is_no_text_is_told_as_what_it_is(data: bytes, what: str) -> None:
    with pytest.raises(ParseError, match="this is") as caught:
        decode(data, "mine.ad")
    assert caught.value.message == f"this is {what}, and no program"
    assert "plain text" in caught.value.hint


def test_tables_say_why_a_hand_in_could_not_be_read() -> None:
    marker = Marker(Exercise("one", "derivative", "x = ?\nz = x**2\n", ("z",)))
    grades = [
        marker.grade(text, f"{at}.ad") for at, text in enumerate(("x^2", "x = ?\nz = x^2\n", "x = ?\ndx = ?\ndz = x\n"))
    ]
    for form in ("csv", "markdown"):
        rows = [line for line in report(form, grades).splitlines() if line.startswith(("| ", "0", "1", "2"))]
        told = [("`^` is not the power" in row, "From line 2 on" in row) for row in rows if ".ad" in row]
        assert told == [(True, False), (True, True), (False, False)]
    assert "a line that cannot be read or run" in report("text", grades)
