"""`embargo-gateway run`: serve until told to stop."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gateway.cli.common import DEFAULT_CONFIG, WRONG_CALL, ConfigOption, fail, open_store, settings_from

if TYPE_CHECKING:
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
        raise typer.Exit(_supervise(config, settings, Path(folder)))


def _supervise(config: Path, settings: Settings, folder: Path) -> int:
    from gateway import log, metrics, office, scanner, worker
    from gateway.config_checks import unusable_files
    from gateway.supervisor import Supervisor, bind_unix

    if problems := unusable_files(settings):
        fail(problems, WRONG_CALL)
    log.configure(settings.log.format, settings.log.level)
    metrics.born(())
    post = _post(settings, _rules(settings), folder)
    database, _ = open_store(settings)
    database.close()
    listeners = _listeners(settings)
    to_office, to_scanners = bind_unix(Path(post.office)), bind_unix(Path(post.scanners))
    current = {"post": post}
    supervisor = Supervisor(_say_ready, lambda: _reload(config, folder, current))
    supervisor.add("office", lambda beat: _in_loop(lambda: office.serve(current["post"], to_office, beat)))
    for _ in range(settings.workers.scanners):
        supervisor.add("scanner", lambda _beat: _scan(scanner.serve, to_scanners, current["post"].settings))
    for _ in range(settings.workers.count):
        supervisor.add("worker", lambda beat: _in_loop(lambda: worker.work(current["post"], listeners, beat)))
    return supervisor.run()


def _scan(serve: Callable[..., Any], listener: socket.socket, settings: Settings) -> None:
    serve(listener, settings.scan.document_deadline, settings.scan.document_memory_bytes)


def _in_loop(body: Callable[[], Coroutine[Any, Any, None]]) -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(body())


def _say_ready() -> None:
    sys.stderr.write("ready\n")
    sys.stderr.flush()


def _rules(settings: Settings) -> RuleSet:
    from gateway.rules import RuleError, load

    try:
        return load(settings.rules.folder, settings.policy.zone)
    except RuleError as error:
        fail(error.problems, WRONG_CALL)


def _post(settings: Settings, rules: RuleSet, folder: Path) -> Post:
    from gateway.worker import Post

    hostname = settings.smtp.hostname or socket.getfqdn()
    return Post(settings, rules, hostname, str(folder / "office"), str(folder / "scanners"))


def _listeners(settings: Settings) -> list[socket.socket]:
    from gateway.supervisor import bind, inherited

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
    from gateway.rules import RuleError
    from gateway.rules import load as load_rules

    logger = log.get(__name__)
    try:
        settings = load(config)
        rules = load_rules(settings.rules.folder, settings.policy.zone)
    except (ConfigError, RuleError) as error:
        metrics.ERRORS.labels("reload").inc()
        for problem in error.problems:
            logger.error("not reloaded", problem=problem)
        return False
    current["post"] = _post(settings, rules, folder)
    logger.info("reloaded")
    return True
