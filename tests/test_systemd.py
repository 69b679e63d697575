"""The unit, its user and folders, and the sample configuration, checked with systemd's own tools."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from gateway.cli import application
from gateway.cli.common import run_app
from gateway.config import Settings, parse

SYSTEMD = Path(__file__).parent.parent / "systemd"
UNIT = SYSTEMD / "embargo-gateway.service"
SAMPLE = SYSTEMD / "gateway.toml"
MOST_EXPOSED = 2.0

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def directives() -> dict[str, list[str]]:
    """Every setting of the unit with its values, in order."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def uncommented() -> str:
    """The sample with every commented key switched on."""
    text = SAMPLE.read_text(encoding="utf-8")
    return re.sub(r"^#(\[|\w+ = )", r"\1", text, flags=re.MULTILINE)


@needs_systemd
def test_exposure_is_low() -> None:
    """`systemd-analyze security` rates the sandbox at 2.0 or less."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", UNIT], capture_output=True, text=True, timeout=60
    )
    match = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert match is not None, done.stderr
    assert float(match[1]) <= MOST_EXPOSED


@needs_systemd
def test_the_unit_has_no_mistakes(tmp_path: Path) -> None:
    """systemd knows every directive; only the program's place is replaced, for it is not installed here."""
    copy = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace("/opt/embargo-gateway/bin/embargo-gateway", "/bin/true")
    copy.write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, timeout=60)
    ours = [line for line in done.stderr.splitlines() if copy.name in line or str(copy) in line]
    assert [] == ours


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="systemd-sysusers is not installed")
def test_user_and_folders_are_made(tmp_path: Path) -> None:
    """sysusers and tmpfiles take their files: a system user, and a store folder that only it may enter."""
    (tmp_path / "etc").mkdir()
    root = f"--root={tmp_path}"
    users = SYSTEMD / "embargo-gateway.sysusers.conf"
    subprocess.run(["systemd-sysusers", root, users], check=True, capture_output=True, timeout=30)
    assert "embargo-gateway:" in (tmp_path / "etc" / "passwd").read_text(encoding="utf-8")
    folders = SYSTEMD / "embargo-gateway.tmpfiles.conf"
    done = subprocess.run(
        ["systemd-tmpfiles", root, "--create", folders], capture_output=True, text=True, timeout=30
    )
    assert "" == done.stderr
    assert 0o700 == (tmp_path / "var/lib/embargo-gateway").stat().st_mode & 0o777


def test_the_watchdog_and_the_end() -> None:
    """What the supervisor counts on: it alone notifies, there is time to end mails, no restart on 2."""
    found = directives()
    assert (["notify"], ["main"], ["30"]) == (found["Type"], found["NotifyAccess"], found["WatchdogSec"])
    assert (["mixed"], ["2"], ["0"]) == (
        found["KillMode"],
        found["RestartPreventExitStatus"],
        found["LimitCORE"],
    )
    assert int(found["TimeoutStopSec"][0]) >= 150
    assert ["continue"] == found["OOMPolicy"]


def test_scanners_may_limit_themselves() -> None:
    """The system call filter leaves prlimit64 and fork alone: scanners need both."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    groups = [
        group
        for value in directives()["SystemCallFilter"]
        if value.startswith("~")
        for group in value[1:].split()
    ]
    done = subprocess.run(
        ["systemd-analyze", "syscall-filter", *groups], capture_output=True, text=True, timeout=30
    )
    calls = set(done.stdout.split())
    assert set() == calls & {"prlimit64", "clone", "clone3", "prctl", "fsync", "flock", "sendmsg"}


def test_the_sample_is_valid() -> None:
    """The sample configuration has no problem, and says what the defaults say."""
    settings = parse(SAMPLE.read_text(encoding="utf-8"))
    assert parse("") == settings


def test_check_has_nothing_against_the_sample(capfd: pytest.CaptureFixture[str]) -> None:
    """`embargo-gateway check` finds no problem in the sample, whether or not its store is there yet."""
    code = run_app(application(["check"]), ["check", "--config", str(SAMPLE)])
    output, errors = capfd.readouterr()
    assert (0, "ok\n") == (code, output), errors


def test_the_sample_names_every_key() -> None:
    """Every setting stands in the sample, of the right type and, if it is no example, with its default."""
    raw = tomllib.loads(uncommented())
    fields = dict(Settings.model_fields)
    known = {(info.alias or name): info.default for name, info in fields.items()}
    assert {name: set(type(section).model_fields) for name, section in known.items()} == {
        name: set(section) for name, section in raw.items()
    }
    full = parse(uncommented())
    assert isinstance(full.scan.deadline, timedelta)
    examples = {"hostname", "tls_certificate", "tls_key", "tls_name", "tls_ca", "keys", "operator", "folder"}
    examples |= {"webhooks", "url", "operators", "auditors", "proxy", "images", "recordings"}
    for name in fields:
        section, default = getattr(full, name), getattr(parse(""), name)
        assert isinstance(section, BaseModel)
        for key in type(section).model_fields:
            assert key in examples or getattr(default, key) == getattr(section, key), (name, key)
