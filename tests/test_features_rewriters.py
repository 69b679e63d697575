"""Rewriters: what stands inside an address is found, in whatever way it was put there, and nothing takes long."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from time import process_time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.rewriters import LONGEST, unwrapped
from tests.pace import slowness

INNER = "https://preview.stats.example/releases/cla-2018/tables?id=5"
CODED = quote(INNER, safe="")


@pytest.mark.parametrize(
    "url",
    [
        f"https://eur03.safelinks.protection.outlook.com/?url={CODED}&data=05%7C01%7C&sdata=x%3D&reserved=0",
        f"https://urldefense.proofpoint.com/v1/url?u={CODED}&k=x",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__preview.stats.example_releases_cla-2D2018_tables-3Fid-3D5&d=Dw",
        "https://urldefense.com/v3/__https://preview.stats.example/releases/cla-2018/tables?id=5__;!!abc!def$",
        "https://urldefense.com/v3/__https:/preview.stats.example/releases/cla-2018/tables*id=5__;Pw!!abc!def$",
        "https://urldefense.us/v3/__https:**Apreview.stats.example/releases/cla-2018/tables?id=5__;Ly8!!a!b$",
        f"https://linkprotect.cudasvc.com/url?a={CODED}&c=E,1,x",
        f"https://secure-web.cisco.com/1aBc-D/{CODED}",
        f"https://www.google.com/url?q={CODED}&sa=D",
        f"https://ctp.trendmicro.example/wis/clicktime/v1/query?url={CODED}&umid=1",
        f"https://t.example/click?target={INNER}",
        f"https://t.example/go?to={quote(CODED)}",
        f"https://t.example/go#u={CODED}",
        f"https://t.example/?u=a1{urlsafe_b64encode(INNER.encode()).decode().rstrip('=')}",
        f"https://web.archive.example/web/2018/{INNER}",
    ],
)
def test_what_an_address_leads_to_is_inside(url: str) -> None:
    """Rewriters, redirects and trackers are seen through."""
    assert any(found.startswith(INNER) for found in unwrapped(url))


def test_one_inside_another_inside_another_is_found() -> None:
    """A link is rewritten at every hop that it passes."""
    url = INNER
    for host in ("a", "b", "c", "d"):
        url = f"https://{host}.example/?url={quote(url, safe='')}"
    assert INNER in set(unwrapped(url))


def test_a_plain_address_holds_nothing_else() -> None:
    """It is given as it is, once."""
    assert [INNER] == list(unwrapped(INNER))
    assert ["https://www.a.example/?p=www"] == list(unwrapped("https://www.a.example/?p=www"))


def test_of_a_host_alone_the_host_is_told() -> None:
    """Mimecast keeps the rest to itself; who registered all of a host finds it."""
    url = "https://protect-eu.mimecast.com/s/AbCdE?domain=preview.stats.example"
    assert [url, "http://preview.stats.example/"] == list(unwrapped(url))


def test_an_address_without_scheme_is_found_as_a_value() -> None:
    """`?u=www.` is one, too."""
    assert "http://www.a.example/b" in set(unwrapped("https://t.example/?u=www.a.example/b"))


@given(st.text(alphabet="htps:/%3aA2fF?&=u*_;-.!v2aHR0cHM6Ly9w", max_size=200))
def test_anything_is_read(text: str) -> None:
    """No spelling stops the reading; nothing is given twice, nothing longer than the limit."""
    for url in (
        text,
        f"https://urldefense.com/v3/__{text}__;{text}!!x",
        f"https://a.example/?u=https://{text}",
    ):
        found = list(unwrapped(url))
        assert len(found) == len(set(found))
        assert all(len(each) <= LONGEST * 2 for each in found)


@pytest.mark.parametrize(
    "piece",
    [
        "https://a.example/?u=",
        "https://a.example/?u=https%3A%2F%2Fb.example%2F",
        "&aHR0cHM6Ly9h",
        "%25",
        "**_",
        "/v3/__",
        "?",
    ],
)
def test_a_hostile_address_takes_no_longer_than_it_is_long(piece: str) -> None:
    """Addresses that hold one another a thousand times are given up on, not followed."""
    began = process_time()
    assert list(unwrapped("https://urldefense.com/v3/__https://x/" + piece * 2_000))
    assert process_time() - began < 1 * slowness()
