"""Open documents, the thread that works on them, and places as an editor counts them.

Law: nothing is computed here, and nothing is waited for: all work is done in a thread of its own, and a change ends
what it makes worthless. Offsets become positions by the codec that the editor agreed to, on lines that end at
`\\n` as the language's do; what goes wrong in a program is a diagnostic, never an error of the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from lang import __version__, assist
from lang.clock import Halted
from lang.errors import AdError
from lang.lsp.document import Document
from lang.lsp.work import Work
from lang.session import Session
from lang.source import Span

AT_HAND = 0.25
"""Seconds that a menu waits for the run of a text that has just changed."""


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
