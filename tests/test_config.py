"""The configuration: every fault of a file at once, each with its path."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config import ConfigError, Settings, load, parse
from gateway.model import Mixed, OnFinding, Scope

BAD = sorted((Path(__file__).parent / "bad_configs").glob("*.toml"))

CONTRACT = """
[smtp]
listen = ["127.0.0.1:2525"]
clients = ["127.0.0.0/8"]
max_message_bytes = 52428800
[next_hop]
address = "127.0.0.1:2526"
[store]
url = "sqlite:////var/lib/embargo-gateway/store.db"
[policy]
on_finding = "hold"
mixed = "split"
unregistered = "hold"
unreadable = "listed"
[alerts]
sender = "embargo-gateway@department.example"
fallback = ["head-of-profession@department.example"]
deputies_after = "10m"
fallback_after = "30m"
[metrics]
listen = "127.0.0.1:9108"
[console]
listen = "127.0.0.1:8080"
[workers]
count = 2
"""


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_config_is_refused_for_its_reason(path: Path) -> None:
    """Each bad configuration is refused with exactly the lines beside it, so not by chance for another fault."""
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert path.with_suffix(".error").read_text(encoding="utf-8").splitlines() == list(caught.value.problems)


def test_there_are_bad_configs() -> None:
    """The folder of bad configurations was found, and each has its expected error."""
    assert len(BAD) >= 13
    assert [] == [path.stem for path in BAD if not path.with_suffix(".error").exists()]


def test_the_documented_keys_are_the_defaults() -> None:
    """The documented configuration is accepted as it stands and says what an empty file means."""
    assert Settings() == parse(CONTRACT) == parse("")


def test_values_arrive_typed() -> None:
    """Words become enums, durations become timedeltas, and the policy is what `decide` takes."""
    settings = parse(
        '[policy]\non_finding = "monitor"\nmixed = "whole"\nunreadable = "never"\nmonitored = ["banner"]\n'
        '[alerts]\ndeputies_after = "90s"\n[next_hop]\naddress = "department.example"\n'
    )
    policy = settings.policy.values
    assert (OnFinding.MONITOR, Mixed.WHOLE, Scope.NEVER) == (
        policy.on_finding,
        policy.mixed,
        policy.unreadable,
    )
    assert timedelta(seconds=90) == settings.alerts.deputies_after
    assert "department.example" == settings.next_hop.address


def test_typed_addresses_are_canonical() -> None:
    """Addresses in the settings are compared with those of the store, so they are canonical."""
    settings = parse('[alerts]\nsender = "Gateway@Department.EXAMPLE"\n')
    assert "gateway@department.example" == settings.alerts.sender


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        pytest.param("", "/var/lib/embargo-gateway/keys", id="default"),
        pytest.param('[store]\nurl = "sqlite:////srv/g/s.db"', "/srv/g/keys", id="beside-the-file"),
        pytest.param(
            '[store]\nurl = "postgresql+psycopg://g@db.example/g"',
            "/var/lib/embargo-gateway/keys",
            id="server",
        ),
        pytest.param('[store]\nkeys = "/etc/keys"', "/etc/keys", id="said"),
    ],
)
def test_key_folder(text: str, folder: str) -> None:
    """Keys lie beside an SQLite file unless said otherwise."""
    assert Path(folder) == parse(text).store.key_folder


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a folder and a file that is no text are named, with the reason."""
    binary = tmp_path / "b.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, reason in (
        (tmp_path / "no.toml", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (binary, "not UTF-8"),
    ):
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert (f"{path}: {reason}",) == caught.value.problems


def test_byte_order_mark(tmp_path: Path) -> None:
    """A file saved by an editor that puts a byte order mark first is read."""
    path = tmp_path / "c.toml"
    path.write_bytes(b"\xef\xbb\xbf[workers]\ncount = 3\n")
    assert 3 == load(path).workers.count
