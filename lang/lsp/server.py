"""The protocol: what an editor asks -> the document's answer, with places as the editor counts them.

Law: nothing is computed here, and nothing is waited for: all work is done in a thread of its own, and a change ends
what it makes worthless. Offsets become positions by the codec that the editor agreed to, on lines that end at
`\\n` as the language's do; what goes wrong in a program is a diagnostic, never an error of the server.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from lang import __version__, assist
from lang.clock import Halted
from lang.errors import AdError
from lang.lsp.document import Document
from lang.lsp.symbols import FUNCTION
from lang.lsp.work import Work
from lang.session import Session
from lang.source import Span

AT_HAND = 0.25
"""Seconds that a menu waits for the run of a text that has just changed."""
MOST_ITEMS = 200
"""Of a menu; more letters bring others."""

KINDS = {
    "name": types.CompletionItemKind.Variable,
    "function": types.CompletionItemKind.Function,
    "own_function": types.CompletionItemKind.Function,
    "constant": types.CompletionItemKind.Constant,
    "verb": types.CompletionItemKind.Keyword,
    "clause": types.CompletionItemKind.Keyword,
    "choice": types.CompletionItemKind.EnumMember,
    "keyword": types.CompletionItemKind.Keyword,
    "letter": types.CompletionItemKind.Text,
}


class AdServer(LanguageServer):
    """The server, the documents that are open, and the thread that works on them."""

    def __init__(self) -> None:
        super().__init__("adlang", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self.known: dict[str, tuple[str, Document]] = {}
        self.sessions: dict[str, Session] = {}
        self.checks: dict[str, asyncio.Future[Any]] = {}
        self.work = Work()

    def document(self, uri: str) -> Document:
        """A document as it is now."""
        opened = self.workspace.get_text_document(uri)
        text = opened.source
        found = self.known.get(uri)
        if found is None or found[0] != text:
            found = self.known[uri] = text, Document(text, opened.filename or "<program>")
        return found[1]

    def offset(self, document: Document, position: types.Position) -> int:
        """A place as the language counts it."""
        lines, source = document.lines, document.source
        if position.line >= len(lines):
            return len(source.text)
        place = self.workspace.position_codec.position_from_client_units(lines, position)
        return min(source.line_starts()[place.line] + place.character, len(source.text))

    def range(self, document: Document, span: Span) -> types.Range:
        """A span as the editor counts it."""
        ends = []
        for offset in span:
            line, column = document.source.position(min(offset, len(document.source.text)))
            place = types.Position(line - 1, column - 1)
            ends.append(self.workspace.position_codec.position_to_client_units(document.lines, place))
        return types.Range(*ends)

    # --- work -----------------------------------------------------------------------------------------------

    def found(self, uri: str, act: Callable[[], Any]) -> asyncio.Future[Any]:
        """What is found about a document, by and by; None where it has changed meanwhile, or nobody wants to know."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def settle(answer: Any, error: BaseException | None) -> None:
            if future.done():
                return
            if error is None or isinstance(error, Halted):
                future.set_result(answer)
            else:
                future.set_exception(error)

        def tell(answer: Any, error: BaseException | None) -> None:
            with suppress(RuntimeError):  # the editor has said goodbye
                loop.call_soon_threadsafe(settle, answer, error)

        halt = self.work.ask(uri, act, tell)
        future.add_done_callback(lambda done: setattr(halt, "asked", True))
        return future

    async def answer(self, given: Any, act: Callable[[Document, int], Any]) -> Any:
        """What is found about a place (or about all) of the document that an editor asks about."""
        uri = given.text_document.uri
        document = self.document(uri)
        place = getattr(given, "position", types.Position(0, 0))
        return await self.found(uri, lambda: act(document, self.offset(document, place)))

    async def at_hand(self, uri: str) -> Session | None:
        """What the last run gave: of the document as it is, if that does not take long, else as it was."""
        if uri in self.checks:
            await asyncio.wait({self.checks[uri]}, timeout=AT_HAND)
        return self.sessions.get(uri)

    def check(self, uri: str) -> None:
        """Find out what is wrong, and tell the editor."""
        self.work.supersede(uri)
        document = self.document(uri)
        version = self.workspace.get_text_document(uri).version

        def tell(done: asyncio.Future[Any]) -> None:
            if not done.cancelled() and done.result() is not None:
                found, self.sessions[uri] = done.result()
                published = types.PublishDiagnosticsParams(uri, found, version)
                self.text_document_publish_diagnostics(published)

        self.checks[uri] = self.found(uri, lambda: self.checked(uri, document))
        self.checks[uri].add_done_callback(tell)

    def checked(self, uri: str, document: Document) -> tuple[list[types.Diagnostic], Session]:
        """What is wrong with a document, and what its run left."""
        found = [self._wrong(uri, document, error) for error in document.problems()]
        found += [
            types.Diagnostic(
                range=self.range(document, note.span),
                severity=types.DiagnosticSeverity.Information,
                code=note.kind,
                source="adlang",
                message=note.message,
            )
            for note in document.notes()
        ]
        assist.names.of_text(document.source.text)  # remembered, line by line, for completion
        return found, document.session

    def _wrong(self, uri: str, document: Document, error: AdError) -> types.Diagnostic:
        return types.Diagnostic(
            range=self.range(document, error.span or (0, 0)),
            severity=types.DiagnosticSeverity.Error,
            code=type(error).__name__,
            source="adlang",
            message=error.message + (f"\nhelp: {error.hint}" if error.hint else ""),
            related_information=[
                types.DiagnosticRelatedInformation(types.Location(uri, self.range(document, mark.span)), mark.label)
                for mark in error.marks
                if mark.source is None or len(mark.source.text) == len(document.source.text)
            ],
        )


server = AdServer()


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def did_open(ls: AdServer, params: types.DidOpenTextDocumentParams) -> None:
    """A file is open."""
    ls.check(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(ls: AdServer, params: types.DidChangeTextDocumentParams) -> None:
    """A file has changed."""
    ls.check(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def did_close(ls: AdServer, params: types.DidCloseTextDocumentParams) -> None:
    """A file is closed: nothing is wrong with it any more."""
    uri = params.text_document.uri
    ls.work.supersede(uri)
    for kept in (ls.known, ls.sessions, ls.checks):
        kept.pop(uri, None)
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hover(ls: AdServer, params: types.HoverParams) -> types.Hover | None:
    """A name's value, statement and derivative statement; a function's rule; a command's summary."""

    def act(document: Document, offset: int) -> types.Hover | None:
        found = document.about(offset)
        if found is None:
            return None
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, found[0]), ls.range(document, found[1]))

    return await ls.answer(params, act)  # type: ignore[no-any-return]


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["\\"]))
async def complete(ls: AdServer, params: types.CompletionParams) -> types.CompletionList:
    """What may stand at a place."""
    session = await ls.at_hand(params.text_document.uri)
    document = ls.document(params.text_document.uri)
    found = assist.completion(document.source.text, ls.offset(document, params.position), session)
    where = ls.range(document, (found.start, found.end))
    items = [
        types.CompletionItem(
            label=item.label,
            kind=KINDS.get(item.kind),
            detail=item.detail or None,
            filter_text=item.label,
            sort_text=f"{at:04}",
            text_edit=types.TextEdit(where, item.text),
        )
        for at, item in enumerate(found.items[:MOST_ITEMS])
    ]
    return types.CompletionList(is_incomplete=len(found.items) > MOST_ITEMS, items=items)


@server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, types.SignatureHelpOptions(trigger_characters=["(", ","]))
async def signature(ls: AdServer, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The head of the call around a place."""
    session = await ls.at_hand(params.text_document.uri)
    document = ls.document(params.text_document.uri)
    head = assist.signature(document.source.text, ls.offset(document, params.position), session)
    if head is None:
        return None
    parameters = [types.ParameterInformation(each) for each in head.parameters]
    shown = types.SignatureInformation(head.text, documentation=head.about, parameters=parameters)
    return types.SignatureHelp([shown], 0, max(head.active, 0))


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
async def definition(ls: AdServer, params: types.DefinitionParams) -> types.Location | None:
    """Where a name comes from."""

    def act(document: Document, offset: int) -> types.Location | None:
        span = document.definition(offset)
        return None if span is None else types.Location(params.text_document.uri, ls.range(document, span))

    return await ls.answer(params, act)  # type: ignore[no-any-return]


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
async def references(ls: AdServer, params: types.ReferenceParams) -> list[types.Location] | None:
    """Every place of a name."""

    def act(document: Document, offset: int) -> list[types.Location]:
        place = document.place(offset)
        found = [] if place is None else document.same(place)
        kept = [each for each in found if params.context.include_declaration or not each.gives]
        return [types.Location(params.text_document.uri, ls.range(document, each.span)) for each in kept]

    return await ls.answer(params, act)  # type: ignore[no-any-return]


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
async def symbols(ls: AdServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    """The program's functions and values."""
    kinds = {True: types.SymbolKind.Function, False: types.SymbolKind.Variable}

    def act(document: Document, offset: int) -> list[types.DocumentSymbol]:
        first = {(each.name, each.scope): each for each in reversed(document.places) if each.gives and each.scope <= 0}
        return [
            types.DocumentSymbol(each.name, kinds[each.scope == FUNCTION], where, where)
            for each in sorted(first.values(), key=lambda each: each.span)
            for where in (ls.range(document, each.span),)
        ]

    return await ls.answer(params, act)  # type: ignore[no-any-return]


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
async def prepare_rename(ls: AdServer, params: types.PrepareRenameParams) -> types.Range | None:
    """The name that would be renamed."""

    def act(document: Document, offset: int) -> types.Range | None:
        place = document.renamable(offset)
        return None if place is None else ls.range(document, place.span)

    return await ls.answer(params, act)  # type: ignore[no-any-return]


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
async def rename(ls: AdServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Another name for a name, everywhere."""

    def act(document: Document, offset: int) -> types.WorkspaceEdit:
        edits = document.rename(offset, params.new_name)
        if isinstance(edits, str):
            raise JsonRpcInvalidParams(edits)
        changes = [types.TextEdit(ls.range(document, each.span), each.text) for each in edits]
        return types.WorkspaceEdit({params.text_document.uri: changes})

    return await ls.answer(params, act)  # type: ignore[no-any-return]


@server.feature(types.TEXT_DOCUMENT_FORMATTING)
async def format_document(ls: AdServer, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    """The program in its one form."""

    def act(document: Document, offset: int) -> list[types.TextEdit]:
        text = document.formatted()
        if text is None or text == document.source.text:
            return []
        return [types.TextEdit(ls.range(document, (0, len(document.source.text))), text)]

    return await ls.answer(params, act)  # type: ignore[no-any-return]


def serve() -> None:
    """Talk to an editor over stdin and stdout until it says goodbye."""
    logging.disable(logging.CRITICAL)
    server.start_io()


__all__ = ["AdServer", "serve", "server"]
