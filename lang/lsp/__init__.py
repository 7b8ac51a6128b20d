"""A program in an editor, while it is being written (level 10): the language server behind `ad lsp`.

Comes in: the texts of open files and places in them. Goes out: facts about them. Must not know: any mathematics;
values come from a session, help and completion from `lang.assist`, derivative statements from the verb `forward`.
pygls is imported here only.

    symbols     tree -> every place of every name, by the scope it belongs to
    recovery    a text with several mistakes -> all of them
    slopes      a line of a program -> its derivative statements
    document    a text, read, checked and run: diagnostics, values, derivative statements, edits
    work        questions answered in a thread of their own, and dropped where the text has changed
    server      open documents; offsets <-> positions, errors and notes -> messages
    features    the protocol: what an editor asks -> the answer
"""
