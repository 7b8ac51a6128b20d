"""A record of a run -> one HTML page that steps through it, forward and backward (level 5, below the verb that asks).

Comes in: a record, its graph, and programs as JavaScript. Goes out: a page that needs no network. Must not know: how a
program runs, how one is translated, and any derivative rule.

    trace      a record -> the same run as a program without names of the user's
    build      everything -> the page;  page.css, page.js  how it looks and moves
"""
