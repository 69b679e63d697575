"""Faults that only show between settings, or between a setting and the disk."""

from __future__ import annotations

import struct
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gateway.config import ConfigError, parse
from gateway.config_checks import unusable_files


@pytest.mark.parametrize(
    ("listen", "next_hop"),
    [
        pytest.param("127.0.0.1:2525", "127.0.0.1:25", id="other-port"),
        pytest.param("10.0.0.1:25", "10.0.0.2:25", id="other-machine"),
        pytest.param("0.0.0.0:25", "10.0.0.2:25", id="every-address-here-and-another-machine"),
        pytest.param("[::1]:25", "127.0.0.1:25", id="other-family"),
        pytest.param("127.0.0.1:25", "department.example", id="mx"),
    ],
)
def test_next_hops_that_may_be(listen: str, next_hop: str) -> None:
    """A next hop on the same port of another machine, or found by MX, is no relay to ourselves."""
    settings = parse(f'[smtp]\nlisten = ["{listen}"]\n[next_hop]\naddress = "{next_hop}"\n')
    assert next_hop == settings.next_hop.address


@pytest.mark.parametrize(
    ("listen", "next_hop"),
    [
        pytest.param("127.0.0.1:25", "127.0.0.1:25", id="same"),
        pytest.param("127.0.0.1:25", "LocalHost:25", id="by-name"),
        pytest.param("0.0.0.0:25", "127.0.0.2:25", id="loopback-of-every-address"),
        pytest.param("[::]:25", "[::1]:25", id="ipv6"),
        pytest.param("mx.example:25", "MX.example:25", id="same-name"),
    ],
)
def test_relay_to_itself(listen: str, next_hop: str) -> None:
    """A next hop that is our own listener would send mail round in a circle."""
    with pytest.raises(ConfigError, match=r"next_hop\.address: .* is our own smtp\.listen\.0"):
        parse(f'[smtp]\nlisten = ["{listen}"]\n[next_hop]\naddress = "{next_hop}"\n')


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    """Certificates, authorities and rules that are not there are each named with their setting."""
    settings = parse(
        f'[smtp]\ntls_certificate = "{tmp_path}/c.pem"\ntls_key = "{tmp_path}/k.pem"\n'
        f'[next_hop]\ntls_ca = "{tmp_path}/ca.pem"\n[rules]\nfolder = "{tmp_path}/rules"\n'
    )
    assert [
        f"smtp.tls_certificate: {tmp_path}/c.pem: No such file or directory",
        f"smtp.tls_key: {tmp_path}/k.pem: No such file or directory",
        f"next_hop.tls_ca: {tmp_path}/ca.pem: No such file or directory",
        f"rules.folder: {tmp_path}/rules: is no folder",
    ] == unusable_files(settings)


def certify(folder: Path, name: str) -> None:
    """A key and a certificate of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway.example")])
    begin = datetime(2018, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(who, who, key.public_key(), 1, begin, begin + timedelta(days=36500))
    certificate = builder.sign(key, hashes.SHA256())
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{name}.key").write_bytes(key.private_bytes(*plain))


def test_certificates(tmp_path: Path) -> None:
    """A certificate with its key is accepted; with another key it is named."""
    for name in ("one", "two"):
        certify(tmp_path, name)
    text = '[smtp]\ntls_certificate = "{0}/one.pem"\ntls_key = "{0}/{1}.key"\n'
    assert [] == unusable_files(parse(text.format(tmp_path, "one")))
    assert [
        f"smtp.tls_certificate: {tmp_path}/one.pem with {tmp_path}/two.key: KEY_VALUES_MISMATCH"
    ] == unusable_files(parse(text.format(tmp_path, "two")))


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        pytest.param(
            'url = "https://console.stats.example/embargo"', "console.url: .* must end after", id="path"
        ),
        pytest.param('url = "http://console.stats.example"', "console.url: .* in the clear", id="http"),
        pytest.param('listen = "10.0.0.7:8080"', "console.url: .* in the clear", id="listens-outside"),
        pytest.param('listen = "0.0.0.0:8080"', "console.url: .* in the clear", id="listens-everywhere"),
        pytest.param('proxy = ["0.0.0.0/0"]', "console.proxy.0: .* let everybody in", id="proxy"),
        pytest.param('url = "https://stats.example:99999"', "console.url: .* no address of pages", id="port"),
    ],
)
def test_a_console_that_lets_others_in(section: str, problem: str) -> None:
    """A console whose links or sessions others could read, or whose proxy anybody could be, does not start."""
    with pytest.raises(ConfigError, match=problem):
        parse(f"[console]\n{section}\n")


@pytest.mark.parametrize(
    "section",
    [
        pytest.param('url = "https://console.stats.example/"', id="https"),
        pytest.param('listen = "10.0.0.7:8080"\nurl = "https://console.stats.example"', id="behind-a-proxy"),
        pytest.param('url = "http://localhost:8080"', id="this-machine"),
        pytest.param('listen = "[::1]:8080"', id="ipv6"),
    ],
)
def test_a_console_that_may_be(section: str) -> None:
    """https anywhere, plain http on this machine only."""
    assert parse(f"[console]\n{section}\n").console.base_url


def test_webhooks(tmp_path: Path) -> None:
    """The file of a webhook's URL must be there and hold a web address, which no problem repeats."""
    (tmp_path / "good").write_text("https://chat.example/hook/canary\n")
    (tmp_path / "bad").write_text("htp://chat.example/hook/canary\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe canary")
    text = "".join(
        f'[alerts.webhooks.{name}]\nurl_file = "{tmp_path}/{name}"\n'
        for name in ("good", "bad", "bytes", "no")
    )
    problem = "holds no web address such as https://channel.department.example/..."
    assert [
        f"alerts.webhooks.bad.url_file: {tmp_path}/bad: {problem}",
        f"alerts.webhooks.bytes.url_file: {tmp_path}/bytes: {problem}",
        f"alerts.webhooks.no.url_file: {tmp_path}/no: No such file or directory",
    ] == unusable_files(parse(text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[alerts.webhooks.x]\nurl = "canary"\n', "alerts.webhooks.x.url: must be a web address"),
        ('[alerts.webhooks.x]\nshape = "json"\n', "alerts.webhooks.x: needs url or url_file, not both"),
        ('[alerts.webhooks."A B"]\nurl = "https://x.example/canary"\n', "a webhook's name has"),
        (
            '[alerts.webhooks.x]\nurl = "https://x.example/canary"\nshape = "irc"\n',
            "alerts.webhooks.x.shape: ",
        ),
    ],
)
def test_webhook_settings(text: str, problem: str) -> None:
    """A webhook that cannot be is named, and its URL is not shown."""
    with pytest.raises(ConfigError) as raised:
        parse(text)
    assert problem in str(raised.value)
    assert "canary" not in str(raised.value)


@pytest.fixture
def zones(tmp_path: Path) -> Iterator[Path]:
    """A folder that is all the time zone data there are, without those that come with Python."""
    folder = tmp_path / "zones"
    (folder / "Europe").mkdir(parents=True)
    known = ZoneInfo("Europe/London")
    zoneinfo.reset_tzpath(to=[str(folder)])
    ZoneInfo.clear_cache()
    yield folder
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()
    assert known.key == ZoneInfo("Europe/London").key


def test_time_zone_data_that_know_no_summer(zones: Path) -> None:
    """Data in which London has the same time all year are refused: every summer embargo would end an hour wrong."""
    utc = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lBB", 0, 0, 0) + b"GMT\0"
    (zones / "Europe" / "London").write_bytes(utc)
    (problem,) = unusable_files(parse(""))
    assert problem.startswith("policy.timezone: time zone data are wrong: Europe/London")


def test_time_zone_data_that_are_right() -> None:
    """This machine's own are good."""
    assert [] == unusable_files(parse(""))
