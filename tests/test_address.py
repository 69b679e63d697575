"""Addresses: the strict grammar for SMTP, the typed door for people, one canonical form for both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.address import AddressError, NeedsUtf8, canonical, parse_path, typed

REFUSED = {
    "comment-in-domain": "<lead@dept(x).example>",
    "comment-before": "<(x)lead@dept.example>",
    "space-in-local": "<lead @dept.example>",
    "leading-space": "< lead@dept.example>",
    "control": "<le\x0bad@dept.example>",
    "nul": "<lead\0@dept.example>",
    "delete": "<lead@dept\x7f.example>",
    "command-in-quotes": '<"a\r\nRCPT TO:<z@evil.example>"@y.example>',
    "no-domain": "<lead>",
    "empty-domain": "<lead@>",
    "double-dot": "<lead..x@dept.example>",
    "dot-domain": "<lead@dept..example>",
    "trailing-dot": "<lead@dept.example.>",
    "label-too-long": f"<lead@{'a' * 64}.example>",
    "local-too-long": f"<{'a' * 65}@dept.example>",
    "path-too-long": f"<{'a' * 60}@{'.'.join(['b' * 50] * 4)}.example>",
    "hyphen-first": "<lead@-dept.example>",
    "ideographic-stop": "<lead@dept。example>",
    "full-width": "<lead@ｄept.example>",
    "zero-width": "<lead@de\u200bpt.example>",
    "soft-hyphen": "<lead@de\u00adpt.example>",
    "not-an-ip": "<lead@[300.1.1.1]>",
    "not-closed": "<lead@dept.example",
    "percent-at": "<a@b@c.example>",
}


@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED.keys())
def test_what_the_grammar_refuses(path: str) -> None:
    """Nothing is repaired: what another server could read as another address is no address."""
    with pytest.raises(AddressError):
        parse_path(path, utf8=True)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("<lead@dept.example>", "lead@dept.example"),
        ("<Lead+x@Dept.Example>", "Lead+x@Dept.Example"),
        ('<"a b"@dept.example>', '"a b"@dept.example'),
        ('<"a>b"@dept.example>', '"a>b"@dept.example'),
        ("<lead@[192.0.2.1]>", "lead@[192.0.2.1]"),
        ("<lead@[IPv6:::1]>", "lead@[IPv6:::1]"),
        ("<@evil.example,@b.example:lead@dept.example>", "lead@dept.example"),
        ("<bücher@bücher.example>", "bücher@bücher.example"),
        ("<>", ""),
    ],
)
def test_the_address_is_kept_as_written(path: str, address: str) -> None:
    """The string that is compared is the string that is relayed."""
    assert (address, " REST") == parse_path(path + " REST", utf8=True)


def test_utf8_needs_the_parameter() -> None:
    """An address beyond ASCII is refused with its own error where SMTPUTF8 was not given."""
    with pytest.raises(NeedsUtf8):
        parse_path("<bücher@dept.example>", utf8=False)


def test_postmaster_stands_alone() -> None:
    """RFC 5321 section 4.5.1: postmaster needs no domain; nobody else may do without."""
    assert ("Postmaster", "") == parse_path("<Postmaster>", utf8=False, bare_postmaster=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lead@dept.example", "LEAD@Dept.EXAMPLE"),
        ("lead@dept.example", '"lead"@dept.example'),
        ("lead@dept.example", '"le\\ad"@dept.example'),
        ("lead@bücher.example", "lead@xn--bcher-kva.example"),
    ],
)
def test_equal_addresses(one: str, other: str) -> None:
    """ASCII case, needless quoting and A-labels make no difference."""
    assert canonical(one) == canonical(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lead@dept.example", "lead+x@dept.example"),
        ("lead@dept.example", "l.ead@dept.example"),
        ("lead@dept.example", "leаd@dept.example"),
        ("straße@dept.example", "strasse@dept.example"),
        ("lead@straße.example", "lead@strasse.example"),
        ("lead@dept.example", "lead%dept.example@evil.example"),
        ("lead@dept.example", '"lead@dept.example"@evil.example'),
        ("e\u0301@dept.example", "\u00e9@dept.example"),
    ],
)
def test_different_addresses(one: str, other: str) -> None:
    """Nothing is guessed: aliases are registered, look-alikes are other people."""
    assert canonical(one) != canonical(other)


@given(st.text())
def test_canonical_is_total_and_idempotent(text: str) -> None:
    """Any text has one canonical form or none, and the form is its own."""
    form = canonical(text)
    assert form is None or form == canonical(form)


@given(st.emails(domains=st.just("dept.example")))
def test_both_doors_meet(address: str) -> None:
    """What a person typed and what arrives by SMTP compare equal whenever both doors let it in."""
    try:
        listed = typed(address)
    except AddressError:
        return
    assert listed == canonical(parse_path(f"<{address}>", utf8=True)[0])


@pytest.mark.parametrize("text", ["", "dept.example", "@dept.example", "*@dept.example", "a b@dept.example"])
def test_typed_refuses_what_is_no_person(text: str) -> None:
    """A domain, a wildcard or a blank is no address of a person."""
    with pytest.raises(AddressError):
        typed(text)
