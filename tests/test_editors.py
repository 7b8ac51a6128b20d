"""Colours: one table of words, read from the grammar, the rules and the registry, behind every editor."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import textwrap
import tomllib

import pytest

from lang.check.scope import CONSTANTS
from lang.editors import textmate, words
from lang.rules import table
from lang.syntax import tables
from lang.verbs.core import registry
from tests.test_examples import ROOT

PROGRAMS = sorted((ROOT / "examples").glob("*.ad")) + sorted((ROOT / "tests" / "cases").rglob("*.ad"))
PROGRAM = """\
x = ? 1.5e-3  # an input
f(a, b) = a**2 if a >= b and not b < 1 else sin'(b)
def g(θ):
    return pi * θ
for i in range(3): grad = i
grad z wrt x at x = 2, at = 3 by forward; z + range
reverse
grad + 1
"""


def roles(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for piece, role in words.pieces(text):
        found.setdefault(role, []).append(piece)
    return found


def test_the_table_holds_every_word_of_the_grammar_the_rules_and_the_registry() -> None:
    known = words.words()
    grammar = tables.load()
    spelled = {*known.keywords, *known.logic, *known.counting, *known.clauses}
    soft = {grammar.spellings[kind] for kind in grammar.soft}
    assert {each for each in grammar.fixed if each.isidentifier()} - soft <= spelled
    assert set(known.commands) == set(registry.names())
    assert set(known.functions) == set(table().function_names())
    assert known.constants == CONSTANTS


def test_each_word_plays_its_part() -> None:
    found = roles(PROGRAM)
    assert found["comment"] == ["# an input"]
    assert found["input"] == ["?"]
    assert found["number"] == ["1.5e-3", "2", "1", "3", "2", "3", "1"]
    assert found["keyword"] == ["if", "else", "def", "return", "for", "in", "range"]
    assert found["logic"] == ["and", "not"]
    assert found["function"] == ["sin"]
    assert found["defined"] == ["f", "g"]
    assert found["constant"] == ["pi"]
    assert found["command"] == ["grad", "reverse"]
    assert found["clause"] == ["wrt", "at", "by"]
    assert {"grad", "at", "range", "θ"} <= set(found["name"])


@pytest.mark.parametrize("text", ["", "\n", "x = (", "§ 2x ''", "grad", "a;;b", "\t\r\n", "f(x"])
def test_half_a_program_is_coloured_too(text: str) -> None:
    assert "".join(piece for piece, _ in words.pieces(text)) == text


def test_nothing_is_lost_and_every_piece_has_a_colour_in_all_programs() -> None:
    from lang.editors.lexer import TOKENS

    for path in PROGRAMS:
        text = path.read_bytes().decode("utf-8", "replace")
        pieces = list(words.pieces(text))
        assert "".join(piece for piece, _ in pieces) == text
        assert {role for _, role in pieces} <= set(TOKENS)


def test_pygments_colours_a_program() -> None:
    pygments = pytest.importorskip("pygments", reason="Pygments is not installed")
    from pygments.formatters import HtmlFormatter

    from lang.editors.lexer import AdLexer

    page = pygments.highlight(PROGRAM, AdLexer(), HtmlFormatter())
    assert '<span class="kr">grad</span>' in page
    assert '<span class="nb">sin</span>' in page
    assert 'class="err"' not in page


def test_pygments_finds_the_lexer_by_name() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points."pygments.lexers"]\nadlang = "lang.editors.lexer:AdLexer"' in text


def test_the_textmate_grammar_is_the_one_the_table_makes(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        textmate.FILE.write_text(textmate.grammar(), encoding="utf-8")
    assert textmate.FILE.read_text(encoding="utf-8") == textmate.grammar(), "python -m lang.editors.textmate"


def textmate_roles(line: str) -> list[tuple[str, str]]:
    """The scopes that the grammar's own patterns give to the pieces of one line, the first that fits at each place."""
    grammar = json.loads(textmate.FILE.read_text(encoding="utf-8"))["repository"]
    command = grammar["command"]
    rules = [(grammar["definition"]["patterns"], False), (grammar["expression"]["patterns"], False)]
    found, at = [], 0
    # re has no look-behind of two widths: the start of a statement is where this reader begins
    begins = re.compile(command["begin"].removeprefix("(?<=^|;)")).match(line)
    if begins:
        found.append((begins[1], command["beginCaptures"]["1"]["name"]))
        at = begins.end()
        rules[0] = (command["patterns"][:1], True)
    while at < len(line):
        for patterns, _ in rules:
            for rule in patterns:
                match = re.compile(rule["match"]).match(line, at)
                if match and match.end() > at:
                    break
            else:
                continue
            break
        else:
            at += 1
            continue
        names = {int(key): value["name"] for key, value in rule.get("captures", {}).items()} or {0: rule["name"]}
        found += [(match[key], name) for key, name in names.items()]
        at = match.end()
    return found


@pytest.mark.parametrize(
    ("line", "piece", "scope"),
    [
        ("grad z wrt x at x = 2", "grad", "keyword.other.command.adlang"),
        ("grad z wrt x at x = 2", "wrt", "keyword.other.clause.adlang"),
        ("grad = 2", "grad", "variable.other.adlang"),
        ("f(x, y) = x * y", "f", "entity.name.function.adlang"),
        ("def f(x):", "f", "entity.name.function.adlang"),
        ("f(x)", "f", "variable.other.adlang"),
        ("a = sin(x) + 1e-3  # why", "sin", "support.function.adlang"),
        ("a = sin(x) + 1e-3  # why", "1e-3", "constant.numeric.adlang"),
        ("a = sin(x) + 1e-3  # why", "# why", "comment.line.number-sign.adlang"),
        ("x = ?", "?", "keyword.other.input.adlang"),
        ("c = f(a) => dc = 2 * da", "=>", "keyword.operator.adlang"),
        ("while x < 2 and y > 1:", "and", "keyword.operator.logical.adlang"),
        ("for i in range(3):", "range", "keyword.control.adlang"),
    ],
)
def test_textmate_patterns_colour_as_the_table_does(line: str, piece: str, scope: str) -> None:
    assert (piece, scope) in textmate_roles(line)


# --- what starts the language server in editors -------------------------------------------------------------------


def test_the_extension_of_vs_code_starts_the_server_and_is_whole() -> None:
    folder = ROOT / "lang" / "editors" / "vscode"
    facts = json.loads((folder / "package.json").read_text())
    named = [facts["main"], facts["contributes"]["languages"][0]["configuration"]]
    named += [each["path"] for each in facts["contributes"]["grammars"]]
    assert [each for each in named if not (folder / each).exists()] == []
    assert facts["contributes"]["configuration"]["properties"]["adlang.command"]["default"] == ["ad", "lsp"]
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed, so the extension is not run")
    stubs = """
    const Module = require("module"), load = Module._load, seen = [];
    class LanguageClient {
      constructor(...given) { seen.push(given); }
      start() { return "started"; }
      stop() { return "stopped"; }
    }
    const workspace = { getConfiguration: () => ({ get: () => ["ad", "lsp"] }) };
    Module._load = (name, ...rest) => name === "vscode" ? { workspace }
      : name === "vscode-languageclient/node" ? { LanguageClient } : load(name, ...rest);
    const extension = require(process.argv[1]);
    console.log(JSON.stringify([extension.activate(), extension.deactivate(), seen]));
    """
    done = subprocess.run([node, "-e", stubs, str(folder / "extension.js")], capture_output=True, text=True, timeout=60)
    began, ended, ((_, _, server, options),) = json.loads(done.stdout)
    assert (began, ended, server) == ("started", "stopped", {"command": "ad", "args": ["lsp"]})
    assert options == {"documentSelector": [{"language": "adlang"}]}


def test_the_settings_for_editors_in_the_reference_are_settings() -> None:
    text = (ROOT / "grammar" / "README.md").read_text()
    helix = re.search(r"In Helix, in `languages.toml`:\n\n((?:    .*\n|\n)+)", text)
    assert helix is not None
    facts = tomllib.loads(textwrap.dedent(helix[1]))
    server = facts["language-server"]["adlang"]
    assert [server["command"], *server["args"]] == ["ad", "lsp"]
    assert facts["language"][0]["file-types"] == ["ad"]
    assert facts["language"][0]["language-servers"] == ["adlang"]
    assert '{ cmd = { "ad", "lsp" }, filetypes = { "adlang" } }' in text
