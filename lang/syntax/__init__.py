"""Text <-> tree: `parse.parse` reads a program, `unparse.unparse` writes one, `text.decode` makes text of bytes.

Comes in: a `Source`. Goes out: a `tree.Program` whose nodes know their places, or one `ParseError` with a hint.
Law: this room knows no mathematics: `sin` and `f` are names here, `+` is an operator with a precedence.

    text       bytes -> text that may be parsed
    lexer      text -> words
    grammar    `ad.lark` -> tables, once;  tables   the same, from the cache
    lalr       words -> tree, by the tables;  build   a finished phrase -> its node;  plans   the same for whole lines
    parse      the stages above in order
    tree       what a node is;  walk   the walks over trees of any depth
    unparse    tree -> lines;  layout   lines -> text, with the comments where they were

    letters, numerals        a character, a number that is none -> an error;  notations   `x^2`, LaTeX, MATLAB
    slips      a phrase that means nothing -> an error
    hints      a parse that cannot go on -> an error;  scene   what there is to see around the place
    giving     other languages' ways to give a name a value
    habits, blocks, values   what hints knows: other languages' words, what does not come out even, what is missing
    asking     a command that cannot be read -> the command as it should be
"""
