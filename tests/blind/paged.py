"""What carries a page: the mail around it, its head and its body, and something that is strewn into its words."""

from __future__ import annotations

from collections.abc import Callable

from tests.blind.carriers import HELLO, Load, entity, multipart

Hide = Callable[[str], str]


def page(source: str, kind: bytes = b"text/html; charset=utf-8") -> bytes:
    """A mail with this page."""
    return multipart(HELLO, entity(Load(source.encode(), kind)))


def paged(hide: Hide) -> Callable[[str], bytes]:
    return lambda text: page(f"<html><body><p>hello</p><div>{hide(text)}</div></body></html>")


def salted(salt: str) -> Hide:
    """Something that nobody sees between the letters."""
    return lambda text: text[:2] + salt + text[2:5] + salt + text[5:12] + salt + text[12:]


def headed(head: str, hide: Hide) -> Callable[[str], bytes]:
    return lambda text: page(f"<html><head>{head}</head><body>{hide(text)}</body></html>")
