"""SMTP in, with real sockets: TLS, who may hand in mail, sizes, limits, and bytes that arrive as they were sent."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.setting_sections import Smtp
from gateway.smtp.hall import Hall
from gateway.smtp.server import Server
from tests.pace import slowness
from tests.running import Gateway
from tests.sink import Sink
from tests.talking import Talk, letter, stuffed


def certificate(folder: Path, name: str = "gateway.example") -> tuple[Path, Path]:
    """A self-signed certificate and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, Sink]]:
    """A gateway that offers STARTTLS."""
    folder = tmp_path_factory.mktemp("server")
    sink = Sink()
    gateway = Gateway(folder, sink.port)
    pem, key = certificate(folder)
    tls = f'tls_certificate = "{pem}"\ntls_key = "{key}"\n'
    gateway.config.write_text(gateway.config.read_text().replace("[next_hop]", f"{tls}[next_hop]", 1))
    gateway.start()
    yield gateway, sink
    assert gateway.stop() == 0
    sink.close()


def test_smtplib_sends_over_tls(place: tuple[Gateway, Sink]) -> None:
    """An ordinary client says STARTTLS, and the mail arrives with ESMTPS in our trace line."""
    gateway, sink = place
    sink.mails.clear()
    context = ssl.create_default_context(cafile=str(gateway.folder / "gateway.example.pem"))
    context.check_hostname = False
    with smtplib.SMTP("127.0.0.1", gateway.port) as client:
        client.starttls(context=context)
        client.ehlo()
        assert not client.has_extn("starttls")
        assert client.docmd("STARTTLS")[0] == 503
        client.sendmail("a@dept.example", ["b@dept.example"], letter("secret"))
    assert b"with ESMTPS id " in sink.wait(1)[0].content


@pytest.mark.parametrize("size", [10, 900, 5000, 1_000_000])
def test_commands_before_tls_are_never_obeyed(place: tuple[Gateway, Sink], size: int) -> None:
    """What is pipelined behind STARTTLS in clear is refused at once, whatever its size, and nothing hangs."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    talk.socket.settimeout(10)
    injected = b"MAIL FROM:<evil@x.example>\r\nRCPT TO:<b@dept.example>\r\nDATA\r\nx\r\n.\r\n"
    with_filler = (b"STARTTLS\r\n" + injected * (size // len(injected) + 1))[: size + 10]
    try:
        talk.send(with_filler)
        said = talk.reply()
        talk.reply()
    except OSError:
        said = "554"
    assert said[:3] in ("554", "")
    assert sink.mails == []


def test_only_known_clients_may_hand_in_mail(tmp_path: Path) -> None:
    """Who is not in `clients` is denied at MAIL with 550 5.7.1, whatever the addresses look like."""
    sink = Sink()
    gateway = Gateway(tmp_path, sink.port)
    only = 'clients = ["192.0.2.0/24"]\n[next_hop]'
    gateway.config.write_text(gateway.config.read_text().replace("[next_hop]", only, 1))
    gateway.start()
    try:
        for path in ("a@dept.example", "postmaster@dept.example", "a%x.example@dept.example", ""):
            assert Talk(gateway.port).ask(f"MAIL FROM:<{path}>").startswith("550 5.7.1")
    finally:
        gateway.stop()
        sink.close()


BODIES = {
    "empty": b"",
    "only-crlf": b"\r\n",
    "only-dots": b".\r\n..\r\n...\r\n",
    "no-headers": b"just text, no header\r\n",
    "no-blank-line": b"Subject: only headers\r\n",
    "blank-first": b"\r\nSubject: body\r\n",
    "mbox-from": b"From a@dept.example Tue Mar 27 09:30:00 2018\r\nSubject: x\r\n\r\ntext\r\n",
    "eight-bit": "Subject: übung\r\n\r\nÄÖÜ\r\n".encode() + bytes(range(128, 256)) + b"\r\n",
    "long-line": b"Subject: x\r\n\r\n" + b"y" * 60_000 + b"\r\n",
    "no-from": b"Subject: x\r\n\r\ntext\r\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_bytes_arrive_as_they_were_sent(place: tuple[Gateway, Sink], body: bytes) -> None:
    """What leaves is what came plus one Received line."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    assert talk.mail("a@dept.example", ["b@dept.example"], body)[:3] == "250"
    talk.quit()
    taken = sink.wait(1)[0].content
    ours, _, rest = taken.partition(b"+0000\r\n")
    assert body == rest
    assert ours.startswith(
        b"Received: from client.example ([127.0.0.1])\r\n\tby gateway.example (embargo-gateway)"
    )


def test_a_thousand_recipients(place: tuple[Gateway, Sink]) -> None:
    """1,000 recipients go through in one mail, the next one is put off with 452 4.5.3."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    recipients = [f"r{n}@dept.example" for n in range(1000)]
    lines = ["MAIL FROM:<a@dept.example>", *(f"RCPT TO:<{r}>" for r in [*recipients, "last@dept.example"])]
    talk.send("\r\n".join(lines))
    answers = [talk.reply() for _ in range(1002)]
    assert {"250"} == {answer[:3] for answer in answers[:1001]}
    assert answers[1001].startswith("452 4.5.3")
    talk.ask("DATA")
    assert talk.ask("text\r\n.")[:3] == "250"
    talk.quit()
    assert recipients == sink.wait(1)[0].recipients


def test_sizes(place: tuple[Gateway, Sink]) -> None:
    """50 MiB go through; one octet more is 552 after the dot, and the connection goes on."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    line = b"x" * 1022 + b"\r\n"
    whole = line * 51_200
    assert len(whole) == 52_428_800
    assert talk.mail("a@dept.example", ["b@dept.example"], whole)[:3] == "250"
    assert talk.mail("a@dept.example", ["b@dept.example"], b"x" + whole).startswith("552 5.3.4")
    assert talk.mail("a@dept.example", ["b@dept.example"], letter("small"))[:3] == "250"
    talk.quit()
    assert len(sink.wait(2)) == 2


def test_25_mib_in_little_time_and_memory(place: tuple[Gateway, Sink]) -> None:
    """25 MiB take the gateway at most three seconds of work, and a worker at most 2.5 times the mail.

    More time is allowed on a machine that is slow just now.  Each worker has met a mail before: what it
    loads for the first one is not the large one's.
    """
    gateway, sink = place
    warm = [Talk(gateway.port) for _ in range(8)]
    assert ["250"] * 8 == [
        talk.mail("a@dept.example", ["b@dept.example"], letter("warm"))[:3] for talk in warm
    ]
    sink.mails.clear()
    line = b"The minutes of the meeting are below, and nobody has to do anything for now"
    content = b"Subject: big\r\n\r\n" + (line + b"\r\n") * (25 * 2**20 // (len(line) + 2))
    before = {pid: (peak(pid), spent(pid)) for pid in gateway.children("any")}
    slow = slowness()
    talk = Talk(gateway.port)
    talk.send(b"MAIL FROM:<a@dept.example>\r\nRCPT TO:<b@dept.example>\r\nDATA\r\n")
    for _ in range(3):
        talk.reply()
    wire = stuffed(content) + b".\r\n"
    talk.send(wire)
    assert talk.reply()[:3] == "250"
    talk.quit()
    took = sum(spent(pid) - was for pid, (_, was) in before.items())
    grew = max(peak(pid) - was for pid, (was, _) in before.items())
    assert took < 3 * max(slow, slowness()), took
    assert grew < 2.5 * len(content), grew / len(content)


def peak(pid: int) -> int:
    """The most memory that a process has had, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


def spent(pid: int) -> float:
    """The processor time that a process has had, in seconds: on a busy machine the clock says nothing of it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_loop_ends(place: tuple[Gateway, Sink]) -> None:
    """101 Received lines are 554 5.4.6."""
    gateway, _ = place
    talk = Talk(gateway.port)
    hops = b"Received: from a by b; Tue, 27 Mar 2018 09:39:00 +0000\r\n" * 101
    assert talk.mail("a@dept.example", ["b@dept.example"], hops + b"\r\ntext\r\n").startswith("554 5.4.6")
    talk.quit()


def test_parameters_go_on_as_they_came(place: tuple[Gateway, Sink]) -> None:
    """DSN and SMTPUTF8 parameters reach the next hop in the case they were given."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    assert talk.ask("MAIL FROM:<bü@dept.example> SMTPUTF8 RET=HDRS ENVID=AbC BODY=8BITMIME")[:3] == "250"
    assert (
        talk.ask("RCPT TO:<b@dept.example> NOTIFY=SUCCESS,delay ORCPT=rfc822;Bob@dept.example")[:3] == "250"
    )
    talk.ask("DATA")
    talk.ask("text\r\n.")
    talk.quit()
    mail = sink.wait(1)[0]
    assert "MAIL FROM:<bü@dept.example> SMTPUTF8 RET=HDRS ENVID=AbC BODY=8BITMIME" == mail.mail_line
    assert ["RCPT TO:<b@dept.example> NOTIFY=SUCCESS,delay ORCPT=rfc822;Bob@dept.example"] == mail.rcpt_lines


def test_recipients_do_not_leak_into_the_next_mail(place: tuple[Gateway, Sink]) -> None:
    """100 transactions on one connection with RSETs between: each mail has exactly its own recipients."""
    gateway, sink = place
    sink.mails.clear()
    talk = Talk(gateway.port)
    for number in range(100):
        if number % 3 == 0:
            talk.send("MAIL FROM:<a@dept.example>\r\nRCPT TO:<leak@dept.example>\r\nRSET")
            for _ in range(3):
                talk.reply()
        talk.mail("a@dept.example", [f"r{number}@dept.example"], letter(str(number)))
    talk.quit()
    assert [[f"r{n}@dept.example"] for n in range(100)] == [mail.recipients for mail in sink.wait(100)]


def test_a_connection_storm_leaves_no_trace(place: tuple[Gateway, Sink]) -> None:
    """300 clients that connect and vanish do not disturb one that works."""
    gateway, _ = place
    for _ in range(300):
        socket.create_connection(("127.0.0.1", gateway.port)).close()
    began = time.perf_counter()
    talk = Talk(gateway.port)
    assert talk.mail("a@dept.example", ["b@dept.example"], letter("calm"))[:3] == "250"
    talk.quit()
    assert time.perf_counter() - began < 5 * slowness()


@pytest.mark.long
def test_a_slow_next_hop_is_not_the_clients_silence(tmp_path: Path) -> None:
    """The client spoke within its time; what the next hop then needs is not counted as the client's silence (421)."""
    sink = Sink()
    gateway = Gateway(tmp_path, sink.port, workers=1)
    text = gateway.config.read_text().replace("[next_hop]", 'command_timeout = "2s"\n[next_hop]', 1)
    gateway.config.write_text(text.replace("[store]", 'command_timeout = "1500ms"\n[store]', 1))
    gateway.start()
    try:
        talk = Talk(gateway.port)
        sink.faults = {"mail": "hang"}
        time.sleep(1)
        assert talk.ask("MAIL FROM:<a@dept.example>").startswith("451 4.4.2")
        time.sleep(1)
        assert talk.ask("NOOP")[:3] == "250"
    finally:
        gateway.stop()
        sink.close()


def test_a_client_that_reads_nothing_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that takes none of its replies is gone some seconds after its time: closing alone waits for ever."""
    monkeypatch.setattr("gateway.smtp.channel._LOOK", 0.2)
    settings = Smtp.model_validate({"command_timeout": "1s"})

    async def alone() -> int:
        loop = asyncio.get_running_loop()
        hall = Hall(settings, "gateway.example", *(cast(Any, None),) * 3)
        server = await loop.create_server(lambda: Server(hall), "127.0.0.1", 0)
        talk = Talk(server.sockets[0].getsockname()[1], greet=False)
        await asyncio.sleep(0.1)
        (guest,) = hall.inside
        cast(Any, guest).transport.write(b"x" * 20_000_000)
        await asyncio.sleep(2)
        talk.close()
        return len(hall.inside)

    assert asyncio.run(alone()) == 0
