"""The whole gateway on PostgreSQL, and two gateways on one store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from tests.running import Gateway
from tests.sink import Sink, Taken, wait_for
from tests.talking import Talk, banner, letter, planned

pytestmark = pytest.mark.postgresql

WHEN = planned()
LEAD, LISTED, OUTSIDER = "lead@stats.example", "listed@policy.example", "outsider@policy.example"


@pytest.fixture(scope="module")
def server(postgresql_url: str) -> str:
    """The URL of an empty database."""
    name = f"g{uuid4().hex}"
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgresql_url.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    """A next hop of both gateways."""
    server = Sink()
    yield server
    server.close()


@pytest.fixture(scope="module")
def pair(
    server: str, sink: Sink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Gateway, Gateway]]:
    """Two gateways with one store and the same keys, started at the same time."""
    folder = tmp_path_factory.mktemp("pair")
    gateways = []
    for name in ("one", "two"):
        (folder / name).mkdir()
        gateway = Gateway(folder / name, sink.port, workers=1, extra='group_within = "1s"', store=server)
        gateway.config.write_text(
            gateway.config.read_text().replace(f"{folder / name}/keys", f"{folder}/keys")
        )
        gateways.append(gateway)
    one, two = gateways
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda gateway: gateway.start(), gateways))
    one.call("publication", "add", "cla-2018", "--title", "Children", "--publishes-at", WHEN.isoformat(),
             "--lead", LEAD, "--opens-at", planned(-1).isoformat())  # fmt: skip
    one.call("access", "grant", "cla-2018", LISTED, "--reason", "briefing")
    time.sleep(1.2)
    yield one, two
    assert [0, 0] == [gateway.stop() for gateway in gateways]


def held(gateway: Gateway, content: bytes, *others: str) -> str:
    """Send an embargoed mail; its reference."""
    talk = Talk(gateway.port)
    reply = talk.mail("sender@policy.example", [OUTSIDER, *others], content)
    talk.quit()
    assert reply.startswith("250 2.0.0 Held for review, reference "), reply
    return reply.rsplit(" ", 1)[1]


def copies(sink: Sink, address: str) -> list[Taken]:
    """What an address got of this test's mail: the others share the sink."""
    return [mail for mail in sink.to(address) if b"Subject: first" in mail.content]


def the(gateway: Gateway, reference: str) -> dict[str, Any]:
    """One incident as a gateway tells it."""
    return next(incident for incident in gateway.incidents() if incident["ref"] == reference)


def test_from_hold_to_release(pair: tuple[Gateway, Gateway], sink: Sink) -> None:
    """Registered by command, split, alerted, released: the whole way on PostgreSQL, told alike by both gateways."""
    one, two = pair
    reference = held(one, letter(banner(WHEN), subject="first"), LISTED)
    assert wait_for(
        lambda: any(reference.encode() in each.content for each in sink.to(LEAD)) and sink.to(LISTED)
    )
    assert [] == copies(sink, OUTSIDER)
    two.call("incident", "release", reference, "--reason", "agreed")
    assert wait_for(lambda: copies(sink, OUTSIDER))
    assert copies(sink, OUTSIDER)[0].content.endswith(letter(banner(WHEN), subject="first"))
    assert wait_for(lambda: "released" == the(one, reference)["state"])
    assert (the(one, reference), 1, 1) == (
        the(two, reference),
        len(copies(sink, LISTED)),
        len(copies(sink, OUTSIDER)),
    )
    one.call("audit", "verify")


def test_a_change_is_in_both_within_a_second(pair: tuple[Gateway, Gateway], sink: Sink) -> None:
    """A publication registered through one gateway's command is held by the other's workers a second later."""
    one, two = pair
    other = planned(44)
    one.call("publication", "add", "other-2018", "--title", "Other", "--publishes-at", other.isoformat(),
             "--lead", LEAD)  # fmt: skip
    time.sleep(1)
    reference = held(two, letter(banner(other), subject="second"))
    (found,) = [incident for incident in one.incidents() if incident["ref"] == reference]
    assert ["other-2018"] == found["publications"]


def test_releases_go_out_once(pair: tuple[Gateway, Gateway], sink: Sink) -> None:
    """Five mails, each released from both sides at once: one call wins, two offices race, each mail leaves once."""
    before = len(sink.to(OUTSIDER))
    references = [
        held(pair[number % 2], letter(f"{banner(WHEN)} {number}", subject=f"mail {number}"))
        for number in range(5)
    ]
    with ThreadPoolExecutor(4) as pool:
        calls = [
            pool.submit(gateway.call, "incident", "release", reference, check=False)
            for reference in references
            for gateway in pair
        ]
        codes = [call.result().returncode for call in calls]
    assert [1] * 5 == [one + two for one, two in zip(codes[::2], codes[1::2], strict=True)]
    assert wait_for(lambda: len(sink.to(OUTSIDER)) >= before + 5)
    time.sleep(1.5)
    assert before + 5 == len(sink.to(OUTSIDER))
    states = {incident["ref"]: incident["state"] for incident in pair[1].incidents()}
    assert {"released"} == {states[reference] for reference in references}


def test_the_server_away_and_back(pair: tuple[Gateway, Gateway], server: str, sink: Sink) -> None:
    """Every connection is cut by the server: the next hold succeeds, or is deferred and then succeeds."""
    engine = create_engine(server)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                "WHERE datname = current_database() AND pid <> pg_backend_pid()"))  # fmt: skip
    engine.dispose()

    def asked() -> bool:
        talk = Talk(pair[0].port)
        reply = talk.mail("sender@policy.example", [OUTSIDER], letter(banner(WHEN), subject="after"))
        talk.quit()
        assert reply[:3] in ("250", "452"), reply
        return reply.startswith("250 2.0.0 Held")

    assert wait_for(asked, 60)
