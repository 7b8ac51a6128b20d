"""The language -> what editors colour it by (level 5): one table of words, and its readers.

Comes in: the grammar, the rules and the registry. Goes out: pieces of a text with the part each plays, a Pygments
lexer, a TextMate grammar. Must not know: any word of the language by itself; a new function or command is coloured
because it is in the rules or the registry.

    words        the table, and text -> (piece, role)
    lexer        roles -> Pygments (notebooks, Sphinx, the terminal)
    textmate     the table -> the TextMate grammar in `vscode/` (VS Code, GitHub); `python -m lang.editors.textmate`
"""
