"""`embargo-gateway run`: serve until told to stop."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gateway.cli.common import DEFAULT_CONFIG, WRONG_CALL, ConfigOption, fail, rules_from, settings_from
from gateway.cli.private import temporary_folder

if TYPE_CHECKING:
    from gateway.clock import Clock
    from gateway.config import Settings
    from gateway.rules import RuleSet
    from gateway.worker import Post


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Serve; prints `ready` on standard error when mail is accepted."""
    settings = settings_from(config)
    with tempfile.TemporaryDirectory(
        prefix="embargo-gateway-", dir=os.environ.get("RUNTIME_DIRECTORY")
    ) as folder:
        metrics_folder = Path(folder, "metrics")
        metrics_folder.mkdir()
        # prometheus_client decides at its import whether several processes count together.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_folder)
        with temporary_folder(Path(folder)):
            raise typer.Exit(_supervise(config, settings, Path(folder)))


def _supervise(config: Path, settings: Settings, folder: Path) -> int:
    from gateway import log, metrics, office, scanner, worker
    from gateway.clock import Clock
    from gateway.config_checks import unusable_files
    from gateway.store.database import STORE_FAILED
    from gateway.store.lock import take
    from gateway.supervisor import Supervisor

    if problems := unusable_files(settings):
        fail(problems, WRONG_CALL)
    log.configure(settings.log.format, settings.log.level)
    metrics.born(())
    rules = rules_from(settings)
    lock = take(settings.store.url)
    _prepare_store(settings)
    clock = Clock(settings.clock.synchronised, _last_trusted(settings))
    post = _post(settings, rules, folder, clock)
    listeners = _listeners(settings)
    to_office, to_scanners = _to_each_other(post)
    current = {"post": post}
    supervisor = Supervisor(_say_ready, lambda: _reload(config, folder, current), STORE_FAILED)
    supervisor.each_round = clock.look

    def serve_office(beat: int) -> None:
        _drop(*listeners)
        _in_loop(lambda: office.serve(current["post"], to_office, beat))

    def serve_scanner(_beat: int) -> None:
        # What opens documents from outside must reach neither the clients nor the office.
        _drop(*listeners, to_office, lock)
        scan = current["post"].settings.scan
        scanner.serve(to_scanners, scan.document_deadline, scan.document_memory_bytes, ocr=scan.ocr)

    def serve_mail(beat: int) -> None:
        _drop(lock)
        _in_loop(lambda: worker.work(current["post"], listeners, beat))

    supervisor.add("office", serve_office)
    for _ in range(settings.workers.scanners):
        supervisor.add("scanner", serve_scanner)
    for _ in range(settings.workers.count):
        supervisor.add("worker", serve_mail)
    return supervisor.run()


def _prepare_store(settings: Settings) -> None:
    """Look whether the store is whole, before any process has it open."""
    from gateway import log
    from gateway.store.installation import prepare

    problem = prepare(settings.store.url, settings.store.key_folder)
    if problem is not None:
        log.get(__name__).error("store cannot be written", problem=problem)


def _last_trusted(settings: Settings) -> datetime | None:
    """The time at which a clock was last trusted, as the store remembers it; closes the store again."""
    from gateway.replies import StoreUnavailable
    from gateway.store import lives
    from gateway.store.database import Database

    database = Database(settings.store.url)
    try:
        return lives.trusted_at(database)
    except StoreUnavailable:
        return None
    finally:
        database.close()


def _to_each_other(post: Post) -> tuple[socket.socket, socket.socket]:
    from gateway.sockets import bind_unix

    try:
        return bind_unix(Path(post.office)), bind_unix(Path(post.scanners))
    except ValueError as error:
        fail(f"{error}; set RUNTIME_DIRECTORY or TMPDIR to a shorter folder", WRONG_CALL)


def _drop(*inherited: socket.socket | int | None) -> None:
    """Close what a child has no business with."""
    for each in inherited:
        if isinstance(each, int):
            os.close(each)
        elif each is not None:
            each.close()


def _in_loop(body: Callable[[], Coroutine[Any, Any, int]]) -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        status = runner.run(body())
    raise SystemExit(status)


def _say_ready() -> None:
    sys.stderr.write("ready\n")
    sys.stderr.flush()


def _post(settings: Settings, rules: RuleSet, folder: Path, clock: Clock) -> Post:
    from gateway.worker import Post

    hostname = settings.smtp.hostname or socket.getfqdn()
    return Post(settings, rules, hostname, str(folder / "office"), str(folder / "scanners"), clock)


def _listeners(settings: Settings) -> list[socket.socket]:
    from gateway.sockets import bind, inherited

    found = inherited()
    if found:
        return found
    listeners = []
    for index, endpoint in enumerate(settings.smtp.listen):
        try:
            listeners.append(bind(endpoint))
        except OSError as error:
            fail(f"smtp.listen.{index}: {endpoint}: {error.strerror}", WRONG_CALL)
    return listeners


def _reload(config: Path, folder: Path, current: dict[str, Post]) -> bool:
    """Read configuration and rules again; what cannot be used leaves the last good ones in service."""
    from gateway import log, metrics
    from gateway.config import ConfigError, load
    from gateway.config_checks import unusable_files
    from gateway.rules import RuleError
    from gateway.rules import load as load_rules

    logger = log.get(__name__)
    try:
        settings = _lasting(load(config), current["post"].settings)
        problems: Sequence[str] = unusable_files(settings)
        policy = settings.policy
        rules = load_rules(
            settings.rules.folder,
            policy.zone,
            policy.figures_threshold,
            settings.scan.images,
            settings.scan.recordings,
        )
    except (ConfigError, RuleError) as error:
        problems = error.problems
    if problems:
        metrics.ERRORS.labels("reload").inc()
        for problem in problems:
            logger.error("not reloaded", problem=problem)
        return False
    clock = current["post"].clock
    clock.demands(settings.clock.synchronised)
    current["post"] = _post(settings, rules, folder, clock)
    logger.info("reloaded")
    return True


def _lasting(settings: Settings, before: Settings) -> Settings:
    """The new settings, but for those on which everything running was built: they need a restart."""
    from gateway import log

    smtp = settings.smtp.model_copy(update={"listen": before.smtp.listen})
    kept = settings.model_copy(update={"smtp": smtp, "store": before.store, "workers": before.workers})
    if kept != settings:
        log.get(__name__).warning(
            "needs a restart", problem="smtp.listen, store and workers stay as they are"
        )
    return kept
