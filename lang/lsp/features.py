"""The protocol: each question of an editor -> the document's answer.

Law: a question is one small function: what is asked of the document, and the form that the protocol gives the answer.
"""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lang import assist
from lang.lsp.document import Document
from lang.lsp.server import AdServer
from lang.lsp.symbols import FUNCTION

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


__all__ = ["serve", "server"]
