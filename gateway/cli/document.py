"""`document ...`: register the files of a publication as traces, here or from the statistician's own machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.amounts import amounts
from gateway.cli.common import (
    DEFAULT_CONFIG,
    NOT_DONE,
    WRONG_CALL,
    ConfigOption,
    JsonOption,
    actor,
    emit,
    emit_table,
    fail,
    open_store,
    settings_from,
    tell,
)
from gateway.cli.reading import read_all, report, total

if TYPE_CHECKING:
    from gateway.registration import Traced
    from gateway.store.database import Database
    from gateway.store.documents import Listed

group = typer.Typer(help="Documents under embargo.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="The publication.")]
Paths = Annotated[
    list[str] | None,
    typer.Argument(metavar="PATH...", help="Files, folders, trace files, addresses (https://)."),
]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="A tracing key file, instead of the configuration."),
]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write; it must not exist.")]
_SHA256 = re.compile(r"[0-9a-fA-F]{64}\Z")
_ADDRESS = re.compile(r"(?:https?|ftps?|file)://|\\\\", re.IGNORECASE)


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(group, name="document")


@group.command()
def add(
    id: Id,
    paths: Paths = None,
    config: ConfigOption = DEFAULT_CONFIG,
    public: Annotated[bool, typer.Option("--public", help="Published already: never a trace.")] = False,
    sha256: Annotated[
        list[str] | None, typer.Option(metavar="HEX...", help="Digests instead of files.")
    ] = None,
    link: Annotated[
        list[str] | None,
        typer.Option("--link", metavar="URL", help="A page; a folder, with all below it, if it ends in /."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Register files and links as traces; the store keeps keyed digests and features of them, never the files."""
    from gateway.store import documents, publications

    settings = settings_from(config)
    if not sha256 and not paths and not link:
        fail("embargo-gateway document add: give files, folders, --link or --sha256", WRONG_CALL)
    digests = [_digest(text) for text in (*sha256, *(paths or ()))] if sha256 else []
    database, keys = open_store(settings)
    # Documents are not read for nothing.
    publications.get(database, id)
    leading = [_address(url, keys.trace_key) for url in link or ()]
    found = [*leading, *(digests or _read(paths or [], keys.trace_key))]
    new = [documents.NewDocument.of(one) for one in found]
    fresh = documents.add(database, keys, id, new, actor(), datetime.now(UTC), public=public)
    done = "registered (public, never a trace: {})" if public else "registered ({})"
    for one, added in zip(found, fresh, strict=True):
        facts = {"registered": added, "public": public}
        report(one, done if added else "is registered already", facts, as_json=json)
    _conclude(database, id, found, fresh, public=public, as_json=json)
    _warn_of_both(documents.listed(database, keys, id))
    _fail_for(found)


def _read(paths: list[str], key: bytes) -> list[Traced]:
    """What files and addresses give."""
    files = [path for path in paths if not _ADDRESS.match(path)]
    addresses = [_address(path, key) for path in paths if _ADDRESS.match(path)]
    return [*addresses, *(read_all(files, key) if files else ())]


def _address(url: str, key: bytes) -> Traced:
    from gateway import registration
    from gateway.features import links

    try:
        found = registration.trace_link(url, key)
    except ValueError as error:
        fail(f"{url}: {error}", WRONG_CALL)
    if links.is_whole_host(url):
        tell(f"{url}: warning: every address on that host is a trace")
    return found


def _digest(text: str) -> Traced:
    from gateway.registration import Traced

    if _SHA256.match(text) is None:
        fail(f"--sha256: {text!r} is no SHA-256 of 64 hexadecimal digits", WRONG_CALL)
    return Traced(f"sha256 {text.lower()}", None, frozenset({bytes.fromhex(text)}), said=True)


def _conclude(
    database: Database,
    id: str,
    found: Sequence[Traced],
    fresh: Sequence[bool],
    *,
    public: bool,
    as_json: bool,
) -> None:
    """Sum up, and ask for the previous edition where none is registered."""
    from gateway.store import documents

    added = [one for one, new in zip(found, fresh, strict=True) if new]
    summary = f"{id}: {_files(len(added))} registered{' as public' if public else ''}, {total(added)}"
    if as_json:
        tell(summary)
    else:
        emit({}, summary, as_json=False)
    files = any(one.size is not None for one in found)
    if files and documents.lacks_public(database, id):
        tell(
            f"{id}: register the previous edition with --public; otherwise mail that quotes what is public may be held"
        )


def _warn_of_both(listed: Sequence[Listed]) -> None:
    for one in listed:
        if one.both and one.public:
            tell(
                f"{one.label}: warning: is registered as under embargo and as public: nothing in it is a trace; "
                f"`document remove` takes document {one.id}, the public one, out again"
            )


def _fail_for(found: Sequence[Traced]) -> None:
    bare = sum(one.bare for one in found)
    if bare:
        fail(f"{_files(bare)} of {len(found)} could not be read: give copies that can be opened", NOT_DONE)


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


@group.command()
def trace(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders.")],
    out: Out,
    config: ConfigOption = DEFAULT_CONFIG,
    key: KeyOption = None,
    json: JsonOption = False,
) -> None:
    """Write a sealed file of traces, which `document add` takes: the documents themselves need not travel."""
    from gateway import tracefile

    trace_key = _trace_key(config, key)
    if out.exists():
        fail(f"{out}: exists already")
    found = read_all(paths, trace_key, sealed=False)
    _write(out, tracefile.sealed(trace_key, found))
    for one in found:
        report(one, "traced ({})", {}, as_json=json)
    tell(f"{out}: {_files(len(found))}, {total(found)}")
    _fail_for(found)


def _trace_key(config: Path, key: Path | None) -> bytes:
    """The key from a tracing key file, or from the key folder of the configuration; no store is asked."""
    from gateway import tracefile
    from gateway.store.keys import load_trace_key

    if key is None:
        return load_trace_key(settings_from(config).store.key_folder)
    try:
        if key.stat().st_mode & 0o077:
            fail(f"{key}: others may read it; its mode must be 0600", WRONG_CALL)
        return tracefile.key_in(key.read_bytes())
    except OSError as error:
        fail(f"{key}: {error.strerror or error}", WRONG_CALL)
    except tracefile.Unusable as error:
        fail(f"{key}: {error}", WRONG_CALL)


@group.command()
def key(out: Out, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Write the tracing key, with which another machine makes traces for this installation and can open nothing."""
    from gateway import tracefile
    from gateway.store import audit

    database, keys = open_store(settings_from(config))
    _write(out, tracefile.key_file(keys.trace_key))
    with database.write() as connection:
        audit.append(connection, datetime.now(UTC), actor(), "document key", "installation", {})
    tell(
        f"{out}: whoever has it can test whether a document is registered here; hand it over like a password"
    )


def _write(path: Path, content: bytes) -> None:
    from gateway.store.keys import write_new

    try:
        write_new(path, content)
    except FileExistsError:
        fail(f"{path}: exists already")
    except OSError as error:
        fail(f"{path}: {error.strerror or error}")


@group.command("list")
def list_(id: Id, config: ConfigOption = DEFAULT_CONFIG, json: JsonOption = False) -> None:
    """What is registered for a publication."""
    from gateway.store import documents

    settings = settings_from(config)
    database, keys = open_store(settings)
    listed = documents.listed(database, keys, id)
    rows = [
        {
            "document": found.id,
            "path": found.label,
            "public": found.public,
            "size": found.size,
            **amounts(found.traces, found.counts),
            "unreadable": list(found.unreadable),
            "added_at": found.added_at.astimezone(settings.policy.zone).isoformat(timespec="seconds"),
        }
        for found in listed
    ]
    emit_table(rows, as_json=json)
    _warn_of_both(listed)


@group.command()
def remove(
    id: Id,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its name, number or SHA-256.")],
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
) -> None:
    """Take a document out of the register that was put there by mistake, or as public by mistake."""
    from gateway.store import removals

    database, keys = open_store(settings_from(config))
    gone = removals.remove(database, keys, id, document, actor(), datetime.now(UTC))
    meaning = "what it holds is a trace where it is registered" if gone.public else "it is no trace any more"
    record = {"document": gone.id, "path": gone.label, "public": gone.public}
    emit(record, f"{gone.label}: removed{' (was public)' if gone.public else ''}; {meaning}", as_json=json)
