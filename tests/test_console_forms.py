"""Forms as browsers send them: within limits, wholly in memory, and without what a page cannot take."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest
from starlette.datastructures import FormData

from gateway.console import forms
from gateway.console.refusals import TooLarge
from tests.filed import LEAD, register_publication
from tests.pace import slowness
from tests.sink import Sink
from tests.visited import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A console with one lead."""
    sink = Sink()
    with Site(tmp_path_factory.mktemp("console"), sink).served() as served:
        register_publication(served.database, served.keys)
        yield served
    sink.close()


def test_forms_have_a_size(site: Site) -> None:
    """A form or upload beyond its limit gets 413 and a plain page, whether its length was announced or not."""
    with site.signed_in(LEAD) as browser:
        big = {"file": ("a.bin", b"x" * 150_000)}
        answer = browser.post("/sign-out", data={"token": "x"}, files=big)
        assert (413, True) == (answer.status_code, "That is too large" in answer.text)
        assert browser.post("/sign-out", data={"token": "x" * 1_100_000}).status_code == 413
        unannounced = (chunk for chunk in [b"token=", *[b"x" * 65_536] * 20])
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert browser.post("/sign-out", content=unannounced, headers=kind).status_code == 413
    with site.browser() as stranger:
        assert stranger.post("/sign-in", data={"address": "a" * 5000}).status_code == 413


def test_a_form_that_does_not_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that stops on its way is given up; meanwhile others are served."""
    monkeypatch.setattr(forms, "_PATIENCE", 0.3)
    with socket.create_connection(("127.0.0.1", site.port), 10) as line, site.browser() as browser:
        kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
        line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n" + kind + b"\r\naddress=a")
        assert 200 == browser.get("/sign-in").status_code
        assert line.recv(12) == b"HTTP/1.1 400"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--"),
        ("application/json", b"{}"),
        ("text/plain", b"token=x"),
    ],
)
def test_forms_that_are_none(site: Site, kind: str, body: bytes) -> None:
    """What is no form of ours is 400, and no bug."""
    with site.signed_in(LEAD) as browser:
        answer = browser.post("/sign-out", content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 403)


def test_what_a_form_holds() -> None:
    """Texts come without the spaces around them, several values in order, files only where one was chosen."""
    chosen = forms.Upload("list.csv", b"email")
    posted = forms.Form({"reason": ("  because ",), "to": ("a", "b")}, {"file": (chosen,)})
    assert ("because", "", "a") == (posted.text("reason"), posted.text("none"), posted.text("to"))
    assert (("a", "b"), ()) == (posted.all("to"), posted.all("none"))
    assert (chosen, None) == (posted.file("file"), posted.file("none"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\r\nb\rc", "a\nb\nc"), ("a\x00b\x1bc", "abc"), ("tab\there", "tab\there"), ("\ud800x", "x")],
)
def test_what_neither_store_nor_page_can_take(typed: str, kept: str) -> None:
    """Line ends are plain, control characters are gone."""
    assert kept == forms._printable(typed)


def test_a_form_of_many_long_texts_does_not_stop_the_office() -> None:
    """Beside a file no more may be typed than without one: looking at 50 MB of it took the office 20 seconds."""
    with pytest.raises(TooLarge):
        asyncio.run(forms._collect(FormData([(f"f{number}", "x" * 500_000) for number in range(3)])))
    began = time.monotonic()
    assert 500_000 == len(forms._printable("x\x00" * 500_000))
    assert time.monotonic() - began < 2 * slowness()
