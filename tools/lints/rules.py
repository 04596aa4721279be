"""The rules, one function each: syntax tree and path below `src/underlet` -> findings.

Every rule is tested by a planted violation in tests/tools/test_lints.py.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tools.sentences import put_together

MONEY_PACKAGES = ("kernel", "contracts", "rating", "invoicing")
CLOCK = "foundation/clock.py"
SQL_FOLDER = "foundation/database/"
OWN_CONNECTIONS = {
    "foundation/jobs.py": "a job's advisory lock lives on a session of its own",
}
"""Modules outside the SQL runner that may speak to Postgres themselves, and why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule. path: below src/underlet."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"src/underlet/{self.path}:{self.line}: {self.rule}: {self.message}"


Rule = Callable[[ast.Module, str], Iterator[tuple[int, str]]]


def no_float(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """No floating point near money (I18, M1); colours are no money."""
    if path.split("/")[0] not in MONEY_PACKAGES or path == "kernel/palette.py":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "the type float has no place here; use Decimal"
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"{node.value} is a float literal; write Decimal or an integer"


def no_signals(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """No signals: what happens stands in the operation (ADR-0011)."""
    for name, line in _imports(tree):
        if name.startswith("django.dispatch") or ".signals" in name:
            yield line, f"{name}: call a step instead of sending a signal"


def no_save(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """Models hold no behaviour: no save(), delete() or clean() of one's own."""
    if not path.endswith("models.py"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete", "clean", "full_clean"):
            yield node.lineno, f"{node.name}() in a model hides a rule; put it into the operation"


def sql_runner(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """Raw SQL runs through foundation/database; DuckDB's own modules speak to DuckDB."""
    if path.startswith(SQL_FOLDER) or path in OWN_CONNECTIONS or "/migrations/" in path or _speaks_duckdb(tree):
        return
    for _, name, line in _method_calls(tree):
        if name in ("cursor", "execute", "executemany", "raw", "extra"):
            yield line, f".{name}(…): use rows, scalar or execute of foundation.database.sql"


def one_clock(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """Only the clock asks what time it is, so that tests can freeze it."""
    if path == CLOCK:
        return
    forbidden = {
        ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
        ("time", "time"), ("timezone", "now"),
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = (
                owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            )
            if (name, node.func.attr) in forbidden:
                yield node.lineno, f"{name}.{node.func.attr}(): use foundation.clock"


def asserts_narrow(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """`assert` only tells the type checker something; it never refuses anything (it vanishes under -O)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and not _is_narrowing(node.test):
            yield node.lineno, "raise a Refusal or an error; assert only isinstance(…), … is not None, or a name"


def exceptions_logged(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """Who catches everything logs it, raises, or hands the exception on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not _is_handled(node):
            yield node.lineno, "a caught Exception is logged, raised or handed on, never dropped"


def unscoped_reads(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """All rows of a table are only there for tests that take the first belt off (trust.md A8)."""
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "query_scoping" in ast.unparse(node.test):
            allowed |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith(".objects.all")
            and id(node) not in allowed
        ):
            yield node.lineno, "objects.all() reads past the first belt; start from a visible_… selector"


RULES: dict[str, Rule] = {
    "no-float": no_float,
    "no-signals": no_signals,
    "no-save": no_save,
    "sql-runner": sql_runner,
    "one-clock": one_clock,
    "asserts-narrow": asserts_narrow,
    "exceptions-logged": exceptions_logged,
    "unscoped-reads": unscoped_reads,
    "sentences": put_together,
}


def check(source: str, path: str) -> list[Finding]:
    """Every finding in one module."""
    tree = ast.parse(source)
    return [Finding(path, line, name, text) for name, rule in RULES.items() for line, text in rule(tree, path)]


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every imported name in full, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _method_calls(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Every `owner.name(…)`, with its line; the owner as written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node.lineno


def _speaks_duckdb(tree: ast.Module) -> bool:
    return any(name.split(".")[0] == "duckdb" or name.endswith(".open_duckdb") for name, _ in _imports(tree))


def _is_narrowing(test: ast.expr) -> bool:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(_is_narrowing(part) for part in test.values)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Call) and _is_narrowing(test.operand)
    if isinstance(test, ast.Name | ast.Attribute):
        return True
    if isinstance(test, ast.Call):
        return isinstance(test.func, ast.Name) and test.func.id == "isinstance"
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.IsNot)
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value is None
    )


def _catches_all(node: ast.ExceptHandler) -> bool:
    return node.type is None or (
        isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
    )


def _is_handled(handler: ast.ExceptHandler) -> bool:
    names = {node.id for node in ast.walk(handler) if isinstance(node, ast.Name)}
    if handler.name in names:
        return True
    logging = ("log", "logger", "logging", "traceback")
    return any(isinstance(node, ast.Raise) for node in ast.walk(handler)) or any(
        owner in logging and name in ("exception", "error", "warning", "print_exc")
        for owner, name, _ in _method_calls(handler)
    )
