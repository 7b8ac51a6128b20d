"""The language server, through a real client over stdin and stdout."""

from __future__ import annotations

import asyncio
import itertools
import queue
import random
import re
import subprocess
import sys
import threading
from typing import Any

import pytest

pytest.importorskip("pygls", reason="pygls is not installed (the extra `lsp`)")

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from lang import clock
from lang.limits import Limits
from lang.lsp.document import Document, edited
from lang.lsp.work import Work
from lang.session import Session
from tests.test_examples import ROOT

URI = "file:///lecture.ad"
LECTURE = """\
x = ? 0.5
y = ? 4.2
θ = x
a = x * y
b = sin(x)
z = a + b
f(x) = x * y
f(z)
"""


MANY = """\
x = ? 1
z = sine(x)
w = z + qq
if zz > 1:
    k = x +
else:
    k = cos(x
u, v = w, rr
f(a) = a * bb
while nope < 3:
    x = x x
m = k * u
"""


class Editor:
    """A client with one open file."""

    def __init__(self) -> None:
        self.client = LanguageClient("editor", "1")
        self.wrong: asyncio.Queue[Any] = asyncio.Queue()
        self.version = 0
        self.versions: list[int | None] = []

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _(params: types.PublishDiagnosticsParams) -> None:
            self.versions.append(params.version)
            self.wrong.put_nowait(params.diagnostics)

    async def start(self) -> types.InitializeResult:
        await self.client.start_io(sys.executable, "-m", "lang", "lsp")
        found = await self.client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
        self.client.initialized(types.InitializedParams())
        item = types.TextDocumentItem(URI, "adlang", 0, "")
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        await self.wrong.get()
        return found

    async def type(self, text: str) -> list[types.Diagnostic]:
        self.version += 1
        changed = types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(self.version, URI),
            [types.TextDocumentContentChangeWholeDocument(text)],
        )
        self.client.text_document_did_change(changed)
        return await asyncio.wait_for(self.wrong.get(), 60)

    def at(self, line: int, column: int) -> dict[str, Any]:
        return {"text_document": types.TextDocumentIdentifier(URI), "position": types.Position(line, column)}

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


def place(where: types.Range) -> tuple[int, int, int]:
    return where.start.line, where.start.character, where.end.character


async def session() -> dict[str, Any]:
    """All that a client sees in one sitting."""
    editor, seen = Editor(), {}
    client, at = editor.client, editor.at
    file = types.TextDocumentIdentifier(URI)
    seen["capabilities"] = (await editor.start()).capabilities
    seen["fine"] = await editor.type(LECTURE)
    seen["value"] = await client.text_document_hover_async(types.HoverParams(**at(3, 0)))
    seen["function"] = await client.text_document_hover_async(types.HoverParams(**at(4, 5)))
    seen["operator"] = await client.text_document_hover_async(types.HoverParams(**at(3, 6)))
    seen["definition"] = await client.text_document_definition_async(types.DefinitionParams(**at(5, 4)))
    seen["own"] = await client.text_document_definition_async(types.DefinitionParams(**at(6, 7)))
    references = types.ReferenceParams(context=types.ReferenceContext(True), **at(0, 0))
    seen["references"] = await client.text_document_references_async(references)
    seen["rename"] = await client.text_document_rename_async(types.RenameParams(new_name="u", **at(0, 0)))
    for name, new in (("taken", "y"), ("keyword", "if"), ("built_in", "sin")):
        try:
            seen[name] = await client.text_document_rename_async(types.RenameParams(new_name=new, **at(0, 0)))
        except Exception as error:
            seen[name] = str(error)
    seen["prepare"] = await client.text_document_prepare_rename_async(types.PrepareRenameParams(**at(4, 5)))
    seen["symbols"] = await client.text_document_document_symbol_async(types.DocumentSymbolParams(file))
    signature = types.SignatureHelpParams(**at(4, 8))
    seen["signature"] = await client.text_document_signature_help_async(signature)
    await editor.type(LECTURE + "hes")
    seen["completion"] = await client.text_document_completion_async(types.CompletionParams(**at(8, 3)))
    seen["unknown"] = await editor.type("𝑥 = ? 2\nz = 𝑥 + sine(𝑥)\n")
    seen["domain"] = await editor.type("x = ? -1\nz = log(x)\n")
    seen["missing"] = await editor.type("x = ?\nz = log(x)\n")
    seen["waits"] = await client.text_document_hover_async(types.HoverParams(**at(1, 0)))
    seen["many"] = await editor.type(MANY)
    seen["kink"] = await editor.type("x = ? 0\nz = abs(x)\ngrad z\n")
    seen["half"] = await editor.type("x = (\n")
    seen["nothing"] = await client.text_document_hover_async(types.HoverParams(**at(0, 4)))
    seen["endless"] = await editor.type("i = 0\nwhile i < 1e15:\n    i = i + 1\n")
    await editor.type("x=1;y = (x+ 2) # sum\r\n")
    options = types.FormattingOptions(4, True)
    formatting = types.DocumentFormattingParams(file, options)
    seen["formatted"] = await client.text_document_formatting_async(formatting)
    await editor.type("x = (")
    seen["unformatted"] = await client.text_document_formatting_async(formatting)
    await editor.stop()
    return seen


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    return asyncio.run(asyncio.wait_for(session(), 120))


def test_a_right_program_has_no_diagnostics(seen: dict[str, Any]) -> None:
    assert list(seen["fine"]) == []
    assert list(seen["missing"]) == []


def test_an_error_is_a_diagnostic_with_its_hint_and_place_in_utf_16(seen: dict[str, Any]) -> None:
    (wrong,) = seen["unknown"]
    assert wrong.message == "I don't know the name `sine`\nhelp: did you mean `sin`?"
    assert (wrong.code, wrong.severity) == ("CheckError", types.DiagnosticSeverity.Error)
    assert place(wrong.range) == (1, 9, 13)
    assert seen["half"][0].code == "ParseError"


def test_every_statement_that_is_wrong_is_told_and_no_other(seen: dict[str, Any]) -> None:
    assert [each.range.start.line for each in seen["many"]] == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert "`sine`" in seen["many"][0].message
    assert "a `)` is missing" in seen["many"][4].message


def test_hover_says_what_a_name_waits_for(seen: dict[str, Any]) -> None:
    assert seen["waits"].contents.value.startswith("**z** needs `x`; `x = ? 1` gives it a value to show here\n")
    document = Document("x = ?\ny = ? 2\na = x * y\nb = y + 1\n")
    told = document.about(document.source.text.index("b ="))
    assert told is not None
    assert told[0].startswith("**b** = 3")


def test_renaming_keeps_to_one_functions_names() -> None:
    text = "t = 1\nf(t) = t * t\ndef g(a):\n    t = a + 1\n    return t * t\nh(a) = a * t\nz = f(t) + g(t) + h(2)\n"
    for where, count in (("t = 1", 4), ("(t) = t", 3), ("t = a + 1", 3)):
        document = Document(text)
        edits = document.rename(text.index(where) + (where[0] == "("), "fresh")
        assert not isinstance(edits, str)
        assert len(edits) == count
        assert values(document) == values(Document(edited(text, edits)))


def test_errors_and_notes_of_a_run_with_the_defaults_are_shown(seen: dict[str, Any]) -> None:
    assert [(each.code, place(each.range)) for each in seen["domain"]] == [("DomainError", (1, 4, 10))]
    (note,) = seen["kink"]
    assert (note.code, note.severity) == ("kink", types.DiagnosticSeverity.Information)
    assert seen["endless"][0].code == "LimitExceeded"


def test_hover_tells_a_names_value_statement_rule_and_derivative_statement(seen: dict[str, Any]) -> None:
    text = seen["value"].contents.value
    assert text.startswith("**a** = 2.1\n")
    assert "a = x * y\nda = y * dx + x * dy" in text
    assert "c = a * b  =>  dc = b * da + a * db" in text
    assert place(seen["value"].range) == (3, 0, 1)


def test_hover_tells_the_rule_of_a_function_and_of_an_operator(seen: dict[str, Any]) -> None:
    assert "dc = cos(a) * da" in seen["function"].contents.value
    assert "dc = b * da + a * db" in seen["operator"].contents.value
    assert seen["nothing"] is None


def test_definitions_know_scopes(seen: dict[str, Any]) -> None:
    assert place(seen["definition"].range) == (3, 0, 1)
    assert place(seen["own"].range) == (6, 2, 3)


def test_references_and_renaming_leave_a_functions_own_names_alone(seen: dict[str, Any]) -> None:
    assert [place(each.range) for each in seen["references"]] == [(0, 0, 1), (2, 4, 5), (3, 4, 5), (4, 8, 9)]
    edits = seen["rename"].changes[URI]
    assert {each.new_text for each in edits} == {"u"}
    assert [place(each.range) for each in edits] == [(0, 0, 1), (2, 4, 5), (3, 4, 5), (4, 8, 9)]
    assert "already" in seen["taken"]
    assert "cannot be a name" in seen["keyword"]
    assert "of the language" in seen["built_in"]
    assert seen["prepare"] is None


def test_symbols_signatures_and_completion(seen: dict[str, Any]) -> None:
    assert [each.name for each in seen["symbols"]] == ["x", "y", "θ", "a", "b", "z", "f"]
    assert seen["signature"].signatures[0].label == "sin(a)"
    assert [each.text_edit.new_text for each in seen["completion"].items] == ["hessian"]


def test_formatting_rewrites_a_program_and_leaves_half_a_one(seen: dict[str, Any]) -> None:
    (edit,) = seen["formatted"]
    assert edit.new_text == "x = 1\ny = x + 2  # sum\n"
    assert place(edit.range)[:2] == (0, 0)
    assert not seen["unformatted"]


def test_a_renaming_keeps_what_a_program_means() -> None:
    text = "k = 2\ndef f(a):\n    t = a * k\n    return t\nt = f(3)\nc = f(a) => dc = k * da\nt\n"
    document = Document(text)
    edits = document.rename(text.index("t = a"), "product")
    assert not isinstance(edits, str)
    assert [text[slice(*each.span)] for each in edits] == ["t", "t"]
    assert document.rename(text.index("k = 2"), "t") == "the program has a name `t` already"


def test_no_program_and_no_half_of_one_is_too_much() -> None:
    chance = random.Random(3)
    paths = sorted((ROOT / "tests" / "cases").rglob("*.ad"))[::4]
    for path in paths:
        text = path.read_bytes().decode("utf-8", "replace")
        if len(text) > 20_000:
            continue
        for typed in (text, text[: chance.randrange(len(text) + 1)]):
            document = Document(typed)
            document.problems(), document.notes(), document.formatted()
            for at in [chance.randrange(len(document.source.text) + 1) for _ in range(4)]:
                document.about(at), document.definition(at)
                edits = document.rename(at, "a_new_name")
                if isinstance(edits, list):
                    assert values(document) == values(Document(edited(document.source.text, edits)))


def values(document: Document) -> list[str]:
    return sorted(map(repr, document.outcome.values.values()))


LONG = """x = ? 0.5
k = 2
def g(a, b):
    c = a * k
    if c > 1:
        return c * x, b
    else:
        return sin(c), a
h(a) = a * a
z, w = g(x, 2)
for i in range(3):
    z = z * k + h(w)
    m = x * 2
if z > 3:
    z = sin(z) * x
q = k * 3
v = hypot(x, 3 * z) + k
c = h(a) => dc = 3 * da
"""


def test_a_line_of_a_long_program_is_translated_alone_as_it_is_in_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def slopes(document: Document) -> list[list[str]]:
        assert document.slopes is not None
        found = [document.slopes.of(line) for line in range(1, len(LONG.splitlines()) + 1)]
        return [[re.sub(r"\bd?t[0-9]+|_1\b", "", each) for each in line] for line in found]

    whole = slopes(Document(LONG))
    monkeypatch.setattr("lang.lsp.slopes.WHOLE", 0)
    document = Document(LONG)
    assert slopes(document) == whole
    assert [bool(line) for line in whole[3:6]] == [True, False, True]
    assert whole[15] == []  # q does not move


def test_what_a_name_waits_for_is_told_without_a_table_of_all_pairs() -> None:
    many = 3_000
    text = "".join(f"x{i} = ?\n" for i in range(many)) + "a0 = x0\n"
    text += "".join(f"a{i} = a{i - 1} + x{i}\n" for i in range(1, many)) + "b = 2\nc = b + 1\n"
    document = Document(text)
    assert document.waiting is not None
    assert document.waiting.needs("a2") == ["x0", "x1", "x2"]
    assert len(document.waiting.needs(f"a{many - 1}")) == many
    assert sorted(document.values) == ["b", "c"]
    told = document.about(text.index(f"a{many - 1} ="))
    assert told is not None
    assert "needs `x0`, `x1`, `x2`, `x3`, `x4`, `x5`, `x6`, `x7`, ...; `x0 = ? 1` gives" in told[0]


def test_a_change_ends_the_work_for_the_text_before_it_and_no_other() -> None:
    work, said = Work(), queue.Queue[tuple[str, Any, BaseException | None]]()
    begun, released = threading.Event(), threading.Event()

    def endless() -> None:
        begun.set()
        for _ in clock.watched(itertools.count(), "counting"):
            pass

    def tell(name: str) -> Any:
        return lambda answer, error: said.put((name, answer, error))

    work.ask("a", endless, tell("running"))
    assert begun.wait(60)
    work.ask("a", lambda: 1, tell("waiting"))
    work.ask("b", lambda: released.wait(60) and 2, tell("another"))
    work.supersede("a")
    work.ask("a", lambda: 3, tell("new"))
    released.set()
    found = {name: (answer, type(error)) for name, answer, error in (said.get(timeout=60) for _ in range(4))}
    assert found == {
        "running": (None, clock.Halted),
        "waiting": (None, clock.Halted),
        "another": (2, type(None)),
        "new": (3, type(None)),
    }


def test_a_run_that_nobody_waits_for_ends_too() -> None:
    halt, ended = clock.Halt(), []

    def act() -> None:
        session = Session(limits=Limits(seconds=600, steps=10**12), engine="interpreter")
        try:
            with clock.within(600, halt):
                session.run("i = 0\nwhile i < 1e15:\n    i = i + 1\n")
        except clock.Halted:
            ended.append(session.run("j = i + 1").error)

    thread = threading.Thread(target=act)
    thread.start()
    halt.asked = True
    thread.join(60)
    assert len(ended) == 1


async def typing() -> tuple[Any, Any, Any, Any]:
    """Keys faster than the answers to them, in a large file."""
    lines = 8_000
    text = "x = ? 1\na0 = x\n" + "".join(f"a{i} = a{i - 1} * 0.5 + sin(x)\n" for i in range(1, lines))
    editor = Editor()
    await editor.start()
    for key in range(11):
        editor.version += 1
        changed = types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(editor.version, URI),
            [types.TextDocumentContentChangeWholeDocument(text + "sine(x)"[: key % 8])],
        )
        editor.client.text_document_did_change(changed)
    menu = await editor.client.text_document_completion_async(types.CompletionParams(**editor.at(lines, 1)))
    wrong = None
    while editor.versions[-1] != editor.version or not editor.wrong.empty():
        wrong = await editor.wrong.get()
    hover = await editor.client.text_document_hover_async(types.HoverParams(**editor.at(lines, 0)))
    await editor.stop()
    return editor.versions, wrong, menu, hover


def test_who_types_in_a_large_file_is_told_of_the_last_text() -> None:
    versions, wrong, menu, hover = asyncio.run(asyncio.wait_for(typing(), 400))
    assert versions == sorted(versions)
    assert [each.message.partition("\n")[0] for each in wrong] == ["I don't know the name `si`"]
    assert menu.is_incomplete
    assert len(menu.items) == 200
    assert "a7999 = a7998 * 0.5 + sin(x)\n" in hover.contents.value


def test_a_goodbye_ends_the_server_quietly() -> None:
    texts = [
        '{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": null, "rootUri": null,'
        ' "capabilities": {}}}',
        '{"jsonrpc": "2.0", "id": 2, "method": "shutdown"}',
        '{"jsonrpc": "2.0", "method": "exit"}',
    ]
    said = "".join(f"Content-Length: {len(each)}\r\n\r\n{each}" for each in texts)
    done = subprocess.run(
        [sys.executable, "-m", "lang", "lsp"], input=said.encode(), capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
