"""The link in an alert: of its reader's own, to the incident, for a day at most, and kept as a hash only."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config import Settings, parse
from gateway.invitations import alert_url
from gateway.store import sessions
from gateway.store.sessions import Link
from tests.filed import DEPUTY, LEAD, MINUTE, NOW, file, register_publication
from tests.sink import Sink
from tests.test_alerts import Desk

HTTPS = '[console]\nurl = "https://console.stats.example/"\n'
LINK = re.compile(r"http\S+/sign-in/([A-Za-z0-9_-]{43})\r\n")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with one publication, whose alerts go to a sink."""
    made = Desk(tmp_path, Sink())
    register_publication(made.database, made.keys)
    return made


def linked(desk: Desk, address: str) -> list[Link | None]:
    """What the links in the alerts to an address lead to."""
    texts = [mail.content.decode() for mail in desk.got(address)]
    return [sessions.find_link(desk.database, secret) for text in texts for secret in LINK.findall(text)]


def test_an_alert_leads_to_its_incident(desk: Desk) -> None:
    """Lead and deputy get links of their own that sign them in at the incident, above the commands."""
    file(desk.database, desk.keys)
    desk.round()
    desk.round(NOW + 11 * MINUTE)
    (lead,), (deputy,) = linked(desk, LEAD), linked(desk, DEPUTY)
    assert Link(LEAD, "/incidents/HOLD2345", NOW + timedelta(hours=24), None) == lead
    assert deputy is not None
    assert (DEPUTY, "/incidents/HOLD2345") == (deputy.address, deputy.path)
    text = desk.got(LEAD)[0].content.decode()
    assert text.index("Decide here:\r\nhttp://127.0.0.1:8080/sign-in/") < text.index(
        "incident release HOLD2345"
    )
    desk.sink.close()


def test_several_incidents_lead_to_the_first_page(desk: Desk) -> None:
    """One mail about several incidents has one link, to what waits."""
    for ref in ("HOLD2345", "HOLD3456"):
        file(desk.database, desk.keys, ref)
    desk.round()
    assert ["/"] == [link.path for link in linked(desk, LEAD) if link is not None]
    desk.sink.close()


def test_an_alert_sent_again_has_a_link_that_works(desk: Desk) -> None:
    """The secret is made when the letter is sent: after a failed try the one that arrives is good."""
    file(desk.database, desk.keys)
    desk.sink.faults["dot"] = "451 4.3.0 later"
    desk.round()
    desk.sink.faults.clear()
    desk.round(NOW + MINUTE)
    (link,) = linked(desk, LEAD)
    assert link is not None
    assert link.good(NOW + MINUTE)
    desk.sink.close()


def test_behind_a_proxy_the_page_is_enough(desk: Desk) -> None:
    """Where a proxy knows who somebody is, no secret is mailed."""
    settings: Settings = parse(HTTPS + 'proxy = ["10.0.0.1/32"]\n')
    url = alert_url(desk.database, settings, LEAD, "/incidents/HOLD2345", NOW)
    assert "https://console.stats.example/incidents/HOLD2345" == url
    mailed = alert_url(desk.database, parse(HTTPS), LEAD, "/", NOW)
    assert re.fullmatch(r"https://console\.stats\.example/sign-in/[A-Za-z0-9_-]{43}", mailed)
    desk.sink.close()
