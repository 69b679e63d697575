"""The import borders: the pure core cannot touch the world, and each layer knows only those below it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import gateway

ROOT = Path(gateway.__file__).parent

LAYERS = (
    ("model",),
    ("address", "text", "traces", "replies"),
    ("features",),
    ("persons",),
    ("likeness",),
    ("eligibility",),
    ("message", "detectors", "policy", "letters", "roles"),
)
"""The pure core, from the bottom; modules beside these that they use are `BESIDE`."""
BESIDE = ("incident", "moments")
"""Plain values that any layer may know: what an incident is, and how times are written."""
CORE = (*BESIDE, *(name for layer in LAYERS for name in layer))

WORLD = frozenset({
    "asyncio", "concurrent", "multiprocessing", "threading", "subprocess", "signal", "select",
    "selectors", "socket", "socketserver", "ssl", "fcntl", "os", "shutil", "pathlib", "tempfile", "time",
    "sched", "random", "secrets", "uuid", "logging", "structlog", "warnings", "sqlite3", "sqlalchemy",
    "alembic", "psycopg", "dbm", "shelve", "http", "urllib", "smtplib", "aiosmtpd", "dns", "starlette",
    "uvicorn", "jinja2", "requests", "prometheus_client", "typer", "rich", "uvloop",
})  # fmt: skip
"""Modules by which code waits, rolls dice, reads a clock, writes a log, or reaches a file, a database or a network."""
CLOCKS = frozenset({"now", "today", "utcnow"})
DOORS = frozenset({"open", "print", "input", "eval", "exec", "breakpoint"})
OWNERS = {
    "sqlalchemy": ("store/",),
    "alembic": ("store/",),
    "aiosmtpd": ("smtp/", "demo/"),
    "smtplib": ("demo/",),
    "typer": ("cli/",),
    "rich": ("cli/",),
    "kreuzberg": ("message/",),
    "selectolax": ("message/",),
    "starlette": ("console/",),
    "jinja2": ("console/",),
    "uvicorn": ("console/",),
}
"""Foreign words end at these folders: SQL in the store, aiosmtpd in the server (and in the demonstration's sink)."""


def files(name: str) -> list[Path]:
    """The source files of a module or package of the gateway."""
    folder = ROOT / name
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [ROOT / f"{name}.py"]


def nodes(path: Path) -> Iterator[ast.AST]:
    """The syntax tree of a file, without what only a type checker reads."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


@cache
def imports(path: Path) -> frozenset[str]:
    """The full names of what a file imports, at its top or later."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def own(path: Path) -> set[str]:
    """The modules and packages right below `gateway` that a file imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("gateway.")}


def calls(path: Path) -> Iterator[str]:
    """Names of the functions and methods that a file calls."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


@pytest.mark.parametrize("name", CORE)
def test_the_core_is_pure(name: str) -> None:
    """The core imports nothing that can touch the world, has no clock, and opens nothing."""
    for path in files(name):
        foreign = {each.split(".")[0] for each in imports(path)} & WORLD
        assert (set(), set()) == (foreign, set(calls(path)) & (CLOCKS | DOORS)), path.name


@pytest.mark.parametrize(
    ("height", "layer"), list(enumerate(LAYERS)), ids=[" ".join(layer) for layer in LAYERS]
)
def test_a_layer_knows_those_below(height: int, layer: tuple[str, ...]) -> None:
    """A module of the core imports only itself and lower layers; nothing outside the core."""
    below = {name for lower in LAYERS[:height] for name in lower} | set(BESIDE)
    for name in layer:
        for path in files(name):
            assert set() == own(path) - below - {name}, path.name


@pytest.mark.parametrize("name", BESIDE)
def test_plain_values_know_only_the_nouns(name: str) -> None:
    """What any layer may know knows itself nothing but the nouns."""
    assert own(ROOT / f"{name}.py") <= {"model"}


@pytest.mark.parametrize(("word", "folders"), OWNERS.items(), ids=OWNERS)
def test_foreign_words_end_at_their_border(word: str, folders: tuple[str, ...]) -> None:
    """Each of these libraries is spoken to in one place."""
    users = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if any(name.split(".")[0] == word for name in imports(path))
    }
    assert set() == {user for user in users if not user.startswith(folders)}


def test_the_store_does_not_know_who_uses_it() -> None:
    """The store imports no server, no pipeline and no command."""
    above = {"smtp", "pipeline", "worker", "office", "supervisor", "cli", "console", "scanner"}
    assert {} == {path.name: own(path) & above for path in files("store") if own(path) & above}


def test_nothing_knows_the_commands() -> None:
    """Commands are the outermost layer: only they and the entry point import them."""
    users = {path.relative_to(ROOT).parts[0] for path in ROOT.rglob("*.py") if own(path) & {"cli", "demo"}}
    assert users <= {"cli", "demo", "__main__.py"}


def test_only_the_office_knows_the_pages() -> None:
    """What decides, relays and stores mail does without the console."""
    users = {path.relative_to(ROOT).parts[0] for path in ROOT.rglob("*.py") if "console" in own(path)}
    assert users <= {"console", "office.py"}
