"""Text <-> tree: `parse.parse` reads a program, `unparse.unparse` writes one, `text.decode` makes text of bytes.

Comes in: a `Source`. Goes out: a `tree.Program` whose nodes know their places, or one `ParseError` with a hint.
Law: this room knows no mathematics: `sin` and `f` are names here, `+` is an operator with a precedence.
"""
