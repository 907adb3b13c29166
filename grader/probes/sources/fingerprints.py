"""Fingerprints of Python code that outlast new names, comments, annotations, formatting and another order.

A function is read as the kinds of its syntax nodes in order; of names only those of the language stay. What is kept
is every fourth of the hashes of all runs of `RUN` nodes, chosen by the hash itself, so that two copies keep the same
ones (Schleimer, Wilkerson and Aiken, Winnowing, SIGMOD 2003, section 3.1).
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
from collections.abc import Iterator

RUN = 16
"""Nodes of a run: two lines of ordinary code."""
KEPT = 4
"""One of so many hashes is kept."""
BITS = 48
"""Bits of a hash; a float64 holds them exactly."""
BUILTINS = frozenset(dir(builtins))
_MAGIC = re.compile(r"^\s*(?:[\w ,.]+=\s*)?[%!?].*$", re.M)
_STEPS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AugAssign,
    ast.Call,
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PASSED_OVER = (ast.expr_context, ast.Import, ast.ImportFrom)


def parse(source: str) -> ast.Module:
    """Return the syntax tree of a file or a cell; ValueError where it is no Python.

    Magics are left out only where it is none with them: a line of plain Python may begin with a percent sign too.
    """
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    try:
        return ast.parse(_MAGIC.sub("", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"found no Python ({type(error).__name__})") from None


def is_program(source: str) -> bool:
    """Return whether a text is Python that does something; words, lists of packages and tables do nothing."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return len(nodes) >= RUN and any(isinstance(node, _STEPS) for node in nodes)


def fingerprints(tree: ast.Module) -> set[int]:
    """Return the kept hashes of all functions and of what stands outside them."""
    found: set[int] = set()
    for unit in _units(tree):
        tokens = [token for node in unit for token in _tokens(node)]
        for start in range(len(tokens) - RUN + 1):
            run = " ".join(tokens[start : start + RUN]).encode()
            hashed = int.from_bytes(hashlib.blake2b(run, digest_size=BITS // 8).digest(), "big")
            if hashed % KEPT == 0:
                found.add(hashed)
    return found


def _units(tree: ast.Module) -> Iterator[list[ast.AST]]:
    """Yield what stands together: the statements of a module or a class, and each function by itself."""
    for owner in ast.walk(tree):
        if isinstance(owner, (ast.Module, ast.ClassDef)):
            yield list(owner.body)
        elif isinstance(owner, _FUNCTIONS):
            yield [owner.args, *owner.body]


def _tokens(root: ast.AST) -> Iterator[str]:
    """Yield a word for each node, parents first; without recursion, since a stranger may nest without end."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _PASSED_OVER) or _is_docstring(node):
            continue
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield "def"
            continue  # a unit of its own
        if isinstance(node, ast.AnnAssign):
            if node.value is None:
                continue
            yield "Assign"
            waiting += [node.value, node.target]
            continue
        yield _word(node)
        if isinstance(node, ast.arg):
            continue
        waiting += reversed(list(ast.iter_child_nodes(node)))


def _word(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name):
            return name if name in BUILTINS else "n"
        case ast.Constant(value=None | True | False):
            return str(node.value)
        case ast.Constant(value=str() | bytes()):
            return "s"
        case ast.Constant():
            return "c"
        case _:
            return type(node).__name__


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
