"""TLS with the next hop: what each mode accepts, and that `required` never speaks in clear."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.model import Envelope, Recipient
from gateway.replies import NextHopUnverified
from gateway.setting_sections import NextHop as Settings
from gateway.smtp.next_hop import NextHop
from tests.certificates import Authority
from tests.running import Gateway
from tests.sink import Sink, Taken
from tests.talking import Talk, letter

NAME, OUTSIDER = "sink.example", "outsider@policy.example"
ENVELOPE = Envelope("sender@policy.example", (Recipient(OUTSIDER),))
BAD = ("expired", "wrong name", "self-signed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs."""
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def contexts(authority: Authority) -> dict[str, ssl.SSLContext]:
    """What a next hop may show, by what is wrong with it."""
    shown = {
        "good": authority.certificate(NAME),
        "expired": authority.certificate(NAME, days=-1),
        "wrong name": authority.certificate("other.example"),
        "self-signed": authority.certificate(NAME, by_itself=True),
    }
    found = {}
    for fault, path in shown.items():
        found[fault] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        found[fault].load_cert_chain(path)
    return found


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A next hop."""
    server = Sink()
    yield server
    server.close()


def replay(sink: Sink, mode: str, authority: Path) -> Taken:
    """One mail by this mode, verified against this authority; how the sink took it."""

    async def sent() -> None:
        given = {"address": f"127.0.0.1:{sink.port}", "tls": mode, "tls_name": NAME, "tls_ca": authority}
        settings = Settings.model_validate(given)
        next_hop = NextHop(settings, "gateway.example", 2)
        try:
            (reply,) = await next_hop.replay(ENVELOPE, letter("text"), partial=True)
            assert 250 == reply.code
        finally:
            await next_hop.close()

    asyncio.run(sent())
    return sink.mails[-1]


@pytest.mark.parametrize(("mode", "secure"), [("none", False), ("opportunistic", True), ("required", True)])
def test_a_good_certificate(
    sink: Sink, contexts: dict[str, ssl.SSLContext], authority: Authority, mode: str, secure: bool
) -> None:
    """A next hop that is the one it should be gets the mail in every mode, over TLS but for `none`."""
    sink.tls = contexts["good"]
    assert secure is replay(sink, mode, authority.path).secure


@pytest.mark.parametrize("fault", BAD)
def test_required_trusts_no_other(
    sink: Sink, contexts: dict[str, ssl.SSLContext], authority: Authority, fault: str
) -> None:
    """An expired, a foreign and a self-made certificate are refused: no mail, not even its envelope."""
    sink.tls = contexts[fault]
    with pytest.raises(NextHopUnverified) as caught:
        replay(sink, "required", authority.path)
    assert "451 4.7.5" == str(caught.value.reply)[:9]
    assert {"EHLO", "STARTTLS"} == {line.split()[0] for line in sink.commands}


@pytest.mark.parametrize("fault", BAD)
def test_opportunistic_takes_what_there_is(
    sink: Sink, contexts: dict[str, ssl.SSLContext], authority: Authority, fault: str
) -> None:
    """Without verification any certificate hides the mail from who only listens."""
    sink.tls = contexts[fault]
    assert replay(sink, "opportunistic", authority.path).secure


@pytest.mark.parametrize("how", ["not offered", "refused", "cut", "babble"])
def test_stripped(sink: Sink, contexts: dict[str, ssl.SSLContext], authority: Authority, how: str) -> None:
    """Where STARTTLS is taken away `required` sends nothing and `opportunistic` goes on in clear."""
    if how != "not offered":
        sink.tls = contexts["good"]
    faults = {"refused": "454 4.7.0 no TLS", "cut": "close", "babble": "220 2.0.0 go on"}
    sink.faults = {"starttls": faults[how]} if how in faults else {}
    with pytest.raises(NextHopUnverified):
        replay(sink, "required", authority.path)
    assert not any(line.startswith("MAIL") for line in sink.commands)
    if how != "babble":
        assert not replay(sink, "opportunistic", authority.path).secure


def test_replies_in_clear_behind_starttls(
    sink: Sink, contexts: dict[str, ssl.SSLContext], authority: Authority
) -> None:
    """Replies that somebody on the way sends along with the answer to STARTTLS are not taken for the next hop's."""
    sink.tls = contexts["good"]
    forged = "220 2.0.0 Ready\r\n250-sink.example\r\n250 PIPELINING\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok"
    sink.faults = {"starttls": forged}
    with pytest.raises(NextHopUnverified, match="in clear behind STARTTLS"):
        replay(sink, "required", authority.path)


def test_a_running_gateway(
    sink: Sink, contexts: dict[str, ssl.SSLContext], authority: Authority, tmp_path: Path
) -> None:
    """A client hears 451 4.7.5 while the next hop shows a wrong certificate, and 250 once it shows the right one."""
    sink.tls = contexts["self-signed"]
    gateway = Gateway(tmp_path, sink.port, workers=1)
    tls = f'tls = "required"\ntls_name = "{NAME}"\ntls_ca = "{authority.path}"\n'
    gateway.config.write_text(gateway.config.read_text().replace("[store]", f"{tls}[store]"))
    gateway.start()
    try:
        talk = Talk(gateway.port)
        assert "451 4.7.5" == talk.ask("MAIL FROM:<sender@policy.example>")[:9]
        sink.tls = contexts["good"]
        assert "250" == talk.mail("sender@policy.example", [OUTSIDER], letter("ordinary"))[:3]
        talk.quit()
        assert [True] == [mail.secure for mail in sink.mails]
    finally:
        assert 0 == gateway.stop()
