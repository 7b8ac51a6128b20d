"""The documents are true: every block of code in them runs and answers as printed, and nothing is missing.

Blocks: ```ad are programs with `# =>` promises (`tests.expectations`); ```console are commands and what they
print; ```python are run, and print what their `# =>` comments say; ```sh are for a fresh machine with the
network; plain ones are not run.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import lang
from lang.check.scope import CONSTANTS
from lang.cli.options import TABLE
from lang.rules import Primitive, table
from lang.syntax.unparse import unparse
from lang.verbs.core import registry
from tests import expectations
from tests.test_examples import ROOT, process

REFERENCE = ROOT / "grammar" / "README.md"
DOCUMENTS = [ROOT / "README.md", REFERENCE, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KINDS = ("ad", "console", "python", "sh", "")


class Block(NamedTuple):
    """A block of code: where it begins, from line 1, its kind and its text."""

    path: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"


def blocks() -> Iterator[Block]:
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            yield Block(path, text.count("\n", 0, found.start()) + 1, found[1], found[2])


BLOCKS = list(blocks())
REFERENCE_TEXT = REFERENCE.read_text(encoding="utf-8")


def of_kind(kind: str) -> list[Block]:
    return [each for each in BLOCKS if each.kind == kind]


# --- blocks ---------------------------------------------------------------------------------------


def test_every_block_is_of_a_kind_that_is_known() -> None:
    assert [str(each) for each in BLOCKS if each.kind not in KINDS] == []
    assert len(of_kind("ad")) > 20


def test_a_promise_that_is_not_kept_is_found() -> None:
    assert expectations.broken("1 + 1     # => 2") == []
    assert expectations.broken("1 + 1     # => 3") != []
    assert expectations.broken("1 / 3     # => 0.3334") != []
    assert expectations.broken("log(-1)   # => 3") != []
    assert expectations.broken("x = ? 2\ngrad x   # => dx/dx = 2") != []
    assert expectations.broken("x = ? 2\ngrad x   # => note: anything") != []


@pytest.mark.parametrize("block", of_kind("ad"), ids=str)
def test_program_keeps_its_promises(block: Block) -> None:
    assert expectations.broken(block.text) == []


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines under it; `> ` goes on with a command."""
    command, lines = "", []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, lines
            command, lines = line[2:], []
        elif line.startswith("> ") and not lines:
            command += "\n" + line[2:]
        else:
            lines.append(line)
    yield command, lines


@pytest.mark.parametrize("block", of_kind("console"), ids=str)
def test_console_shows_what_the_commands_print(block: Block) -> None:
    for command, wanted in commands(block.text):
        name, *words = shlex.split(command)
        assert name in ("ad", "adlang")
        done = process("-m", "lang", *words)
        printed = (done.stdout + done.stderr).splitlines()
        alike = len(printed) == len(wanted) and all(map(expectations.same_text, wanted, printed))
        assert alike, f"{command}\nprints\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    "block", [each for each in of_kind("python") if not each.text.startswith("# lang/")], ids=str
)
def test_python_prints_what_it_promises(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block.text, str(block), "exec"), {"__name__": "__main__"})
    wanted = [found[1] for line in block.text.splitlines() if (found := expectations.PROMISE.search(line))]
    got = printed.getvalue().splitlines()
    assert len(got) == len(wanted)
    assert [
        (want, have) for want, have in zip(wanted, got, strict=True) if not expectations.same_text(want, have)
    ] == []


@pytest.mark.skipif(
    "ADLANG_NETWORK" not in os.environ, reason="sets up from PyPI; set ADLANG_NETWORK=1 to run it"
)
@pytest.mark.parametrize("block", of_kind("sh")[:1], ids=str)
def test_fresh_machine_set_up(block: Block, tmp_path: Path) -> None:
    copy = shutil.copytree(
        ROOT, tmp_path / "copy", ignore=shutil.ignore_patterns(".git", ".venv", ".*_cache")
    )
    done = subprocess.run(["bash", "-c", block.text], cwd=copy, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout.splitlines()[-3:]
        == process("-m", "lang", "grad", "examples/lecture.ad", "z", "x=0.5", "y=4.2").stdout.splitlines()
    )


@pytest.mark.parametrize(
    "path", [*DOCUMENTS, ROOT / "examples" / "data" / "nist" / "README.md"], ids=lambda each: each.name
)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        if "://" in file:
            continue
        assert (path.parent / file).exists(), target
        if anchor:
            heads = re.findall(
                r"^#+ (.*)$", (path.parent / file).read_text("utf-8") if file else text, re.MULTILINE
            )
            anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in anchors, target


# --- nothing is missing ---------------------------------------------------------------------------


def section(title: str) -> str:
    """A section of the reference, with the sections inside it."""
    level = title.index(" ")
    found: list[str] = []
    inside = code = False
    for line in REFERENCE_TEXT.splitlines():
        code ^= line.startswith("```")
        heading = re.match(r"(#+) ", line) if not code else None
        inside = line == title or (inside and not (heading and len(heading[1]) <= level))
        if inside:
            found.append(line)
    return "\n".join(found)


@pytest.mark.parametrize("name", registry.names())
def test_verb_is_documented(name: str) -> None:
    verb = registry.verb(name)
    row = next(line for line in section("## Commands").splitlines() if line.startswith(f"| [`{name}`]"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1] == verb.summary
    assert set(re.findall(r"`(\w+)`", cells[2])) == set(verb.clauses) - {"by"}
    assert re.findall(r"`(\w+)`", cells[3]) == list(verb.ways)
    assert re.search(rf"^{name}\b", section(f"### {name}"), re.MULTILINE), "an example"
    assert all(
        f"`{word}`" in section("## Commands") or f"as {word}" in section(f"### {name}")
        for word in verb.formats
    )


@pytest.mark.parametrize("option", TABLE, ids=lambda option: option.name)
def test_option_is_documented(option: NamedTuple) -> None:
    rows = [
        line.split("|")[1] for line in section("## The command line").splitlines() if line.startswith("| `-")
    ]
    assert any(f"`{option[0]} {option[1]}`".replace(" `", "`") in row for row in rows)


def test_options_of_the_reference_exist() -> None:
    rows = [
        line.split("|")[1] for line in section("## The command line").splitlines() if line.startswith("| `-")
    ]
    names = {name for row in rows for name in re.findall(r"`(--?\w[\w-]*)", row)}
    assert names <= {each.name for each in TABLE}


def test_error_classes_are_documented() -> None:
    public = {name: getattr(lang, name) for name in lang.__all__}
    classes = {
        name for name, each in public.items() if isinstance(each, type) and issubclass(each, lang.AdError)
    }
    assert set(re.findall(r"^\| `(\w+)` \|", section("## Errors"), re.MULTILINE)) == classes


def test_constants_are_documented() -> None:
    line = next(line for line in REFERENCE_TEXT.splitlines() if line.startswith("**Constants:**"))
    assert set(re.findall(r"`(\w+)` =", line)) == set(CONSTANTS)


def test_limits_are_documented() -> None:
    usual, tight = lang.Limits(), lang.Limits.untrusted()
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in section("## Limits").splitlines()
        if line.startswith("| `")
    ]
    wanted = [
        [name, f"{getattr(usual, name):,.0f}", f"{getattr(tight, name):,.0f}"] for name in lang.Limits._fields
    ]
    assert [row[:3] for row in rows] == wanted


# --- the table of primitives ----------------------------------------------------------------------

PRIMITIVES = re.compile(r"(<!-- primitives.*?-->\n)(.*?)(<!-- /primitives -->)", re.DOTALL)
ALIASES = re.compile(r"(<!-- aliases -->)(.*?)(<!-- /aliases -->)", re.DOTALL)
GROUP = re.compile(r"^# ([a-z, ]+)$")


def groups() -> Iterator[tuple[str, list[Primitive]]]:
    """The primitives under the headlines of rules.ad."""
    lines = (ROOT / "grammar" / "rules.ad").read_text(encoding="utf-8").splitlines()
    rest = iter(table().primitives)
    title, found = "", []
    for line in lines:
        if GROUP.match(line) or line.startswith(("# what the rules", "# other names")):
            if found:
                yield title, found
            title, found = line[2:], []
        elif "=>" in line and not line.startswith("#"):
            found.append(next(rest))
    assert not list(rest)


def row(primitive: Primitive, words: dict[str, str]) -> str:
    """A primitive's row: what it is, its rule as on a slide, its domain, where it is awkward, and words."""
    rule = primitive.rule
    left = f"`{rule.result.name} = {unparse(rule.left)}`"
    right = f"`{rule.differential.name} = {unparse(primitive.lecture or primitive.differential)}`"
    clauses = (("kink", primitive.kink), ("vertical", primitive.vertical))
    awkward = [f"{word} `{unparse(each)}`" for word, each in clauses if each]
    awkward += [f"none by `{name}`" for name in sorted(primitive.fixed | primitive.discrete)]
    domain = f"`{unparse(primitive.domain)}`" if primitive.domain else ""
    return f"| {left} | {right} | {domain} | {'; '.join(awkward)} | {words.get(left, '')} |"


def written(old: str) -> str:
    """The table as it has to be, with the words of the old one."""
    lines = [line.strip().strip("|") for line in old.splitlines() if " | " in line]
    cells = [[cell.strip() for cell in line.split(" | ")] for line in lines]
    words = {each[0]: each[-1] for each in cells if len(each) == 5}
    made = []
    for title, primitives in groups():
        made += [
            "",
            f"**{title[0].upper()}{title[1:]}**",
            "",
            "| function | rule | domain | awkward | in words |",
            "| --- | --- | --- | --- | --- |",
            *(row(each, words) for each in primitives),
        ]
    return "\n".join(made) + "\n\n"


def aliases(_old: str) -> str:
    return ", ".join(f"`{new}` is `{old}`" for new, old in table().aliases.items()) + "."


@pytest.mark.parametrize(
    ("place", "write"), [(PRIMITIVES, written), (ALIASES, aliases)], ids=["primitives", "aliases"]
)
def test_table_says_what_the_rules_say(
    place: re.Pattern[str], write: Callable[[str], str], request: pytest.FixtureRequest
) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    found = place.search(text)
    assert found is not None
    if request.config.getoption("--update"):
        REFERENCE.write_text(
            text[: found.start(2)] + write(found[2]) + text[found.end(2) :], encoding="utf-8"
        )
        return
    assert found[2] == write(found[2])


def test_every_primitive_is_explained_in_words() -> None:
    rows = [line for line in PRIMITIVES.search(REFERENCE_TEXT)[2].splitlines() if line.startswith("| `")]  # type: ignore[index]
    assert len(rows) == len(table().primitives)
    assert [line for line in rows if line.endswith("|  |")] == []


# --- CONTRIBUTING: what it says is done, on a copy ------------------------------------------------


def named_blocks() -> dict[str, str]:
    """The blocks of CONTRIBUTING that begin with a comment naming a file, by that name."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    heads = (re.match(r"# ((?:lang|grammar)/\S+)\n(.*)", body, re.DOTALL) for _, body in FENCE.findall(text))
    return {found[1]: found[2] for found in heads if found}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("lang", "grammar"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def ask(copy: Path, *words: str) -> str:
    """What `ad` of the copy prints."""
    own = {"PYTHONPATH": str(copy), "NO_COLOR": "1", "XDG_CACHE_HOME": str(copy / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "lang", *words],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **own},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_primitive_is_added_as_contributing_says(copy: Path) -> None:
    parts = named_blocks()
    for name in ("grammar/rules.ad", "lang/kernels/trigonometric.py"):
        text = (copy / name).read_text("utf-8")
        (copy / name).write_text(f"{text}\n\n{parts[name]}", "utf-8")
    name = "lang/kernels/__init__.py"
    before, place, after = (copy / name).read_text("utf-8").partition("_ONE: dict[Key, Kernel] = {\n")
    assert place
    (copy / name).write_text(before + place + parts[name] + after, "utf-8")
    shown = ask(copy, "-c", "hav(pi / 3), hav'(pi / 3), hav''(0)").split(" = ")[1]
    assert expectations.same_values("0.25000000, 0.43301270, 0.5", tuple(map(float, shown.split(","))))
    assert ask(copy, "-c", "x = ? 1; z = hav(x); grad z").splitlines()[1].startswith("dz/dx = 0.4207354924")
    assert "hav(a)" in ask(copy, "help", "hav")


def test_a_verb_is_added_as_contributing_says(copy: Path) -> None:
    name = "lang/verbs/elasticity.py"
    (copy / name).write_text(named_blocks()[name], encoding="utf-8")
    program = "p = ? 4; q = 100 / p**1.5; elasticity q"
    assert ask(copy, "-c", program).split() == ["p", "=", "-1.5"]
    assert "elasticity" in ask(copy, "help", "verbs")


def test_every_room_of_the_house_is_in_contributing() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.split("## How is the house laid out?")[1].split("\n## ")[0]
    rooms = [each.name for each in (ROOT / "lang").iterdir() if (each / "__init__.py").exists()]
    files = [each.name for each in (ROOT / "lang").glob("*.py") if not each.name.startswith("_")]
    missing = [name for name in rooms if f"`lang/{name}/`" not in table]
    missing += [name for name in files if f"/{name}`" not in table and f"`{name}`" not in table]
    assert missing == []


def test_every_command_of_the_prompt_is_documented() -> None:
    from lang.repl.commands import COMMANDS

    rows = REFERENCE_TEXT.partition("<!-- prompt:")[2].partition("\n\n")[0].splitlines()
    for each in COMMANDS:
        assert f"| `:{f'{each.name} {each.takes}'.strip()}` | {each.help} |" in rows
