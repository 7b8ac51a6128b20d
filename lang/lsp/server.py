"""The protocol: what an editor asks -> the document's answer, with places as the editor counts them.

Law: nothing is computed here. Offsets become positions by the codec that the editor agreed to, on lines that end at
`\\n` as the language's do; what goes wrong in a program is a diagnostic, never an error of the server.
"""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from lang import __version__, assist
from lang.lsp.document import Document
from lang.lsp.symbols import FUNCTION
from lang.source import Source, Span

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
    """The server and the documents that are open."""

    def __init__(self) -> None:
        super().__init__("adlang", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self.known: dict[str, tuple[str, Document]] = {}

    def document(self, uri: str) -> Document:
        """A document as it is now."""
        opened = self.workspace.get_text_document(uri)
        text = opened.source
        found = self.known.get(uri)
        if found is None or found[0] != text:
            found = self.known[uri] = text, Document(text, opened.filename or "<program>")
        return found[1]

    def offset(self, source: Source, position: types.Position) -> int:
        """A place as the language counts it."""
        lines = source.text.split("\n")
        if position.line >= len(lines):
            return len(source.text)
        place = self.workspace.position_codec.position_from_client_units(lines, position)
        return min(source.line_starts()[place.line] + place.character, len(source.text))

    def range(self, source: Source, span: Span) -> types.Range:
        """A span as the editor counts it."""
        lines = source.text.split("\n")
        ends = []
        for offset in span:
            line, column = source.position(min(offset, len(source.text)))
            place = types.Position(line - 1, column - 1)
            ends.append(self.workspace.position_codec.position_to_client_units(lines, place))
        return types.Range(*ends)

    def check(self, uri: str) -> None:
        """Tell the editor what is wrong."""
        document = self.document(uri)
        found = [
            types.Diagnostic(
                range=self.range(document.source, error.span or (0, 0)),
                severity=types.DiagnosticSeverity.Error,
                code=type(error).__name__,
                source="adlang",
                message=error.message + (f"\nhelp: {error.hint}" if error.hint else ""),
                related_information=[
                    types.DiagnosticRelatedInformation(
                        types.Location(uri, self.range(document.source, mark.span)), mark.label
                    )
                    for mark in error.marks
                    if mark.source is None or len(mark.source.text) == len(document.source.text)
                ],
            )
            for error in document.problems()
        ]
        found += [
            types.Diagnostic(
                range=self.range(document.source, note.span),
                severity=types.DiagnosticSeverity.Information,
                code=note.kind,
                source="adlang",
                message=note.message,
            )
            for note in document.notes()
        ]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))


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
    ls.known.pop(params.text_document.uri, None)
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(ls: AdServer, params: types.HoverParams) -> types.Hover | None:
    """A name's value, statement and derivative statement; a function's rule; a command's summary."""
    document = ls.document(params.text_document.uri)
    found = document.about(ls.offset(document.source, params.position))
    if found is None:
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, found[0]), ls.range(document.source, found[1]))


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["\\"]))
def complete(ls: AdServer, params: types.CompletionParams) -> types.CompletionList:
    """What may stand at a place."""
    document = ls.document(params.text_document.uri)
    cursor = ls.offset(document.source, params.position)
    _ = document.outcome
    found = assist.completion(document.source.text, cursor, document.session)
    where = ls.range(document.source, (found.start, found.end))
    items = [
        types.CompletionItem(
            label=item.label,
            kind=KINDS.get(item.kind),
            detail=item.detail or None,
            filter_text=item.label,
            sort_text=f"{at:04}",
            text_edit=types.TextEdit(where, item.text),
        )
        for at, item in enumerate(found.items)
    ]
    return types.CompletionList(is_incomplete=False, items=items)


@server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, types.SignatureHelpOptions(trigger_characters=["(", ","]))
def signature(ls: AdServer, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The head of the call around a place."""
    document = ls.document(params.text_document.uri)
    _ = document.outcome
    head = assist.signature(document.source.text, ls.offset(document.source, params.position), document.session)
    if head is None:
        return None
    parameters = [types.ParameterInformation(each) for each in head.parameters]
    shown = types.SignatureInformation(head.text, documentation=head.about, parameters=parameters)
    return types.SignatureHelp([shown], 0, max(head.active, 0))


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
def definition(ls: AdServer, params: types.DefinitionParams) -> types.Location | None:
    """Where a name comes from."""
    document = ls.document(params.text_document.uri)
    span = document.definition(ls.offset(document.source, params.position))
    return None if span is None else types.Location(params.text_document.uri, ls.range(document.source, span))


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
def references(ls: AdServer, params: types.ReferenceParams) -> list[types.Location]:
    """Every place of a name."""
    document = ls.document(params.text_document.uri)
    place = document.place(ls.offset(document.source, params.position))
    found = [] if place is None else document.same(place)
    kept = [each for each in found if params.context.include_declaration or not each.gives]
    return [types.Location(params.text_document.uri, ls.range(document.source, each.span)) for each in kept]


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def symbols(ls: AdServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """The program's functions and values."""
    document = ls.document(params.text_document.uri)
    first = {(each.name, each.scope): each for each in reversed(document.places) if each.gives and each.scope <= 0}
    kinds = {True: types.SymbolKind.Function, False: types.SymbolKind.Variable}
    return [
        types.DocumentSymbol(each.name, kinds[each.scope == FUNCTION], where, where)
        for each in sorted(first.values(), key=lambda each: each.span)
        for where in (ls.range(document.source, each.span),)
    ]


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
def prepare_rename(ls: AdServer, params: types.PrepareRenameParams) -> types.Range | None:
    """The name that would be renamed."""
    document = ls.document(params.text_document.uri)
    place = document.renamable(ls.offset(document.source, params.position))
    return None if place is None else ls.range(document.source, place.span)


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
def rename(ls: AdServer, params: types.RenameParams) -> types.WorkspaceEdit:
    """Another name for a name, everywhere."""
    document = ls.document(params.text_document.uri)
    edits = document.rename(ls.offset(document.source, params.position), params.new_name)
    if isinstance(edits, str):
        raise JsonRpcInvalidParams(edits)
    changes = [types.TextEdit(ls.range(document.source, each.span), each.text) for each in edits]
    return types.WorkspaceEdit({params.text_document.uri: changes})


@server.feature(types.TEXT_DOCUMENT_FORMATTING)
def format_document(ls: AdServer, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """The program in its one form."""
    document = ls.document(params.text_document.uri)
    text = document.formatted()
    if text is None or text == document.source.text:
        return []
    return [types.TextEdit(ls.range(document.source, (0, len(document.source.text))), text)]


def serve() -> None:
    """Talk to an editor over stdin and stdout until it says goodbye."""
    logging.disable(logging.CRITICAL)
    server.start_io()


__all__ = ["AdServer", "serve", "server"]
