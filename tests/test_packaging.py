"""What people install: the wheel and the source archive, each in a fresh environment, run from somewhere else."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return folder


def install(archive: Path, folder: Path) -> Path:
    """A fresh environment with nothing of ours but the archive; requirements are those of the tests."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    outside = sysconfig.get_paths()["purelib"]
    (Path(site) / "requirements_of_the_tests.pth").write_text(outside + "\n")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--force-reinstall"]
    subprocess.run([python, "-m", "pip", "install", *options, str(archive)], check=True, capture_output=True)
    return folder / "bin"


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_an_installed_archive_runs_from_anywhere(kind: str, built: Path, tmp_path: Path) -> None:
    (archive,) = built.glob(kind)
    commands = install(archive, tmp_path / "venv")
    program = tmp_path / "lecture.ad"
    program.write_text("x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n")
    for name in ("ad", "adlang"):
        command = [commands / name, "grad", str(program), "z", "x=0.5", "y=4.2"]
        found = subprocess.run(command, cwd="/", check=True, capture_output=True, text=True)
        assert found.stdout == "z     = 2.579425538604203\ndz/dx = 5.077582561890373\ndz/dy = 0.5\n"
    where = subprocess.run(
        [commands / "python", "-c", "import lang; print(lang.__file__)"],
        cwd="/", check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert str(tmp_path) in where


def test_the_wheel_holds_the_grammar_and_the_types_and_nothing_else(built: Path) -> None:
    (archive,) = built.glob("*.whl")
    names = zipfile.ZipFile(archive).namelist()
    assert {"lang/grammar/ad.lark", "lang/grammar/rules.ad", "lang/py.typed"} <= set(names)
    assert all(name.startswith(("lang/", "adlang-")) for name in names)
