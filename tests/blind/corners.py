"""Cases in which two readers part company on one small point: rows M06 to M22 in further forms.

All base64 here comes in lines of uneven length, so that nothing but the headers tells that it is base64.
"""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.blind import INNOCENT, Case
from tests.blind.carriers import (
    HEAD,
    HELLO,
    VERSION,
    Build,
    Load,
    base64_lines,
    entity,
    inner,
    multipart,
    spread,
    uneven,
)
from tests.blind.mime import framed, typed

_ENCODED = b"Content-Transfer-Encoding: base64\r\n"
_MIXED = b"multipart/mixed; boundary=abc"


def _part(load: Load) -> bytes:
    return entity(load, _ENCODED, uneven(load.data))


def _top(value: bytes) -> Build:
    """A mail whose Content-Type field has this value, with parts that `abc` sets apart."""
    return lambda load: multipart(HELLO, _part(load), field=b"Content-Type: " + value + b"\r\n")


def _field(raw: bytes) -> Build:
    return lambda load: multipart(HELLO, _part(load), field=raw)


HIDDEN_KEYS: dict[str, Build] = {
    "no-delimiter": _top(b"multipart/mixed  boundary=abc"),
    "behind-value": _top(b"multipart/mixed; x=y boundary=abc"),
    "behind-quote": _top(b'multipart/mixed; x=y"boundary=abc'),
    "behind-escaped-semicolon": _top(b"multipart/mixed; x=y\\;boundary=abc"),
    "in-quotes": _top(b'multipart/mixed; x="y;boundary=abc"'),
    "in-quotes-with-quote": framed(b'multipart/mixed; x="y;boundary=abc"', b'abc"'),
    "in-open-quotes": _top(b'multipart/mixed; x="y;boundary=abc'),
    "behind-escaped-quote": _top(b'multipart/mixed; x="y\\";boundary=abc'),
    "behind-bare-escaped-quote": _top(b'multipart/mixed; x=y\\";boundary=abc'),
    "key-as-value": framed(b"multipart/mixed; boundary=boundary=abc", b"boundary"),
    "key-twice": _top(b"multipart/mixed; boundary=boundary=abc"),
    "key-and-value": framed(b"multipart/mixed; boundary=boundary=abc", b"boundary=abc"),
    "whole-quoted": _top(b'multipart/mixed; "boundary=abc"'),
    "whole-quoted-spaces": _top(b'multipart/mixed; " boundary=abc "'),
    "key-cut": _top(b"multipart/mixed; oundary=abc"),
    "key-escaped": _top(b"multipart/mixed; bou\\ndary=abc"),
    "equals-escaped": _top(b"multipart/mixed; boundary\\=abc"),
    "value-escaped": _top(b"multipart/mixed; boundary=\\abc"),
    "fold-around-equals": _top(b"multipart/mixed; boundary\r\n =\r\n abc"),
    "tab-around-equals": _top(b"multipart/mixed; boundary\t=\tabc"),
    "double-fold": _top(b"multipart/mixed;\r\n \r\n boundary=abc"),
    "double-fold-first": _top(b"\r\n \r\n multipart/mixed; boundary=abc"),
    "no-type": _top(b"boundary=abc"),
    "delimiters-longer": lambda load: _joined(load, b"x", _MIXED),
    "delimiters-with-word": lambda load: _joined(load, b" x", b"boundary=abc"),
    "delimiters-with-dash": lambda load: _joined(load, b"-", _MIXED),
    "delimiters-no-field": lambda load: _joined(load, b" x", b""),
    "in-quotes-semicolon": framed(b'multipart/mixed; boundary="a\r"', b"a\r"),
    "end-differs": framed(b'multipart/mixed; boundary="abc one"', b"abc two"),
    "end-differs-folded": framed(b'multipart/mixed; boundary="abc\r\n one"', b"abc two"),
    "escape-kept": framed(b"multipart/mixed; boundary=a\\;bc", b"a\\;bc"),
    "escape-cut": framed(b"multipart/mixed; boundary=a\\;bc", b"a\\"),
    "escape-taken": framed(b"multipart/mixed; boundary=a\\;bc", b"a;bc"),
    "quote-second-half": framed(b'multipart/mixed; boundary=ab"cd"', b"cd"),
    "escaped-quote-second-half": framed(b'multipart/mixed; boundary=ab\\"cd\\"', b"cd"),
    "open-quote-kept": framed(b'multipart/mixed; boundary="abc', b'"abc'),
}  # fmt: skip


def _joined(load: Load, end: bytes, value: bytes) -> bytes:
    """Delimiter lines that go on behind the boundary, but for the last one."""
    field = b"Content-Type: " + value + b"\r\n" if value else b""
    lines = b"".join(b"--abc" + end + b"\r\n" + part + b"\r\n" for part in (HELLO, _part(load)))
    return HEAD + VERSION + field + b"\r\n" + lines + b"--abc--\r\n"


FIELDS: dict[str, Build] = {
    "folded-into-spaced-colon": _field(b"X-A :b\r\n Content-Type: " + _MIXED + b"\r\n"),
    "folded-into-spaced-name": _field(b"X-A B:b\r\n Content-Type: " + _MIXED + b"\r\n"),
    "folded-into-no-colon": _field(b"X-A-b\r\n Content-Type: " + _MIXED + b"\r\n"),
    "type-behind-return": _field(b"Content-Type:\r" + _MIXED + b"\r\n"),
}  # fmt: skip
CONTINUED: dict[str, Build] = {
    name: typed(b"multipart/mixed; " + value)
    for name, value in {
        "extended-first": b"boundary*=''abc; boundary=xyz",
        "extended-last": b"boundary=xyz; boundary*=''abc",
        "wrong-extended-first": b"boundary*=''xyz; boundary=abc",
        "wrong-extended-last": b"boundary=abc; boundary*=''xyz",
        "charset-on-second": b"boundary*1*=''a; boundary*0*=bc",
        "quotes-in-plain-piece": b"boundary*1=''a; boundary*0=bc",
        "wide-no-order": b"boundary*=utf-16''a%00b%00c%00",
        "wide-big-end": b"boundary*=utf-16''%00a%00b%00c",
        "percent-in-plain-piece": b"boundary*0=%61bc",
        "first-twice": b"boundary*0*=''a; boundary*0*=''xyz; boundary*1*=bc",
        "second-twice": b"boundary*0*=''xyz; boundary*0*=''a; boundary*1*=bc",
    }.items()
}
COMMENTS: dict[str, Build] = {
    "cut-at-comment": framed(b"multipart/mixed; boundary=ab(x)c", b"ab"),
    "comment-kept": framed(b"multipart/mixed; boundary=abc(x)", b"abc(x)"),
    "comment-kept-inside": framed(b"multipart/mixed; boundary=ab(x)c", b"ab(x)c"),
    "inside-comment": framed(b"multipart/mixed; boundary=(boundary=abc)xyz", b"abc"),
    "whole-with-comment": framed(b"multipart/mixed; boundary=(boundary=abc)xyz", b"(boundary=abc)xyz"),
    "no-space-behind": _top(b"multipart/mixed; (x)boundary=abc"),
    "two-open": _top(b"multipart/mixed; ((x) boundary=abc )"),
    "type-glued": _top(b"(x)multipart/mixed; boundary=abc"),
    "type-behind": _top(b"multipart/mixed(x); boundary=abc"),
}


def _inner(head: bytes, lines: bytes) -> Build:
    """A multipart with the load inside another one; `lines` stand above its parts."""
    return lambda load: multipart(
        head + lines + b"--in\r\n" + HELLO + b"\r\n--in\r\n" + _part(load) + b"\r\n--in--\r\n"
    )


_INNER = b"Content-Type: multipart/mixed; boundary=in\r\n"
NESTED: dict[str, Build] = {
    "delimiter-in-inner-header": _inner(_INNER + b"--abc\r\n", b"\r\n"),
    "end-in-inner-header": _inner(_INNER + b"--abc--\r\n", b"\r\n"),
    "almost-outer-in-preamble": _inner(_INNER + b"\r\n", b"--abcX\r\n\r\n"),
    "unnamed-boundary-in-preamble": _inner(_INNER + b"\r\n", b"--other\r\nContent-Type: text/plain\r\n\r\n"),
    "outer-again-behind-end": lambda load: multipart(HELLO + b"\r\n--abc--\r\n", inner(HELLO, _part(load), boundary=b"abc")),
    "outer-named-inside": lambda load: multipart(
        b"Content-Type: multipart/mixed; boundary=abc\r\n\r\n--abc\r\n" + HELLO + b"--abc--\r\n\r\n--abc\r\n" + HELLO, _part(load)
    ),
    "outer-above-encoded": lambda load: multipart(
        inner(HELLO, entity(load, _ENCODED, b"--###+\r\n" + uneven(load.data))),
        field=b'Content-Type: multipart/mixed; boundary="###+"\r\n', boundary=b"###+",
    ),
    "return-above-delimiter": lambda load: multipart(end=b"\r\n\r--abc\r\n" + _part(load) + b"\r\n--abc\r\n" + HELLO + b"--abc--\r\n"),
    "space-return-above-delimiter": lambda load: multipart(end=b" \r--abc\r\n" + _part(load) + b"\r\n--abc\r\n" + HELLO + b"--abc--\r\n"),
    "return-behind-delimiter": lambda load: multipart(end=b"--abc\r" + _part(load) + b"\r\n--abc\r\n" + HELLO + b"--abc--\r\n"),
}  # fmt: skip


def _begun(start: bytes, between: bytes = b"\r\n", behind: bytes = b"") -> Build:
    """A part whose header block begins or ends oddly."""
    return lambda load: multipart(
        HELLO,
        start
        + b"Content-Type: "
        + load.media_type
        + b"\r\n"
        + _ENCODED
        + between
        + uneven(load.data)
        + behind,
    )


_OTHER_FILE = b"\r\n" + base64_lines(INNOCENT.file)
BLOCKS: dict[str, Build] = {
    **{
        f"begins-{name}": _begun(start)
        for name, start in {
            "return": b"\r", "empty-line": b"\r\n", "tab": b"\x0b", "space-line": b" \r\n", "colon-line": b":\r\n",
        }.items()
    },
    **{
        f"ends-{name}": _begun(b"", between)
        for name, between in {
            "not": b"", "space": b" \r\n", "two-spaces": b" \r\n \r\n", "tab": b"\t\r\n", "vertical-tab": b"\x0b\r\n",
            "letters": b"ABCD\r\n\r\n", "padded-letters": b"ABC=\r\n\r\n", "letters-space": b"ABCD\r\n \r\n",
            "letters-only": b"ABCD\r\n", "padded-only": b"ABC=\r\n", "padded-twice": b"ABC=\r\nABC=\r\n\r\n",
        }.items()
    },
    "ends-with-another": _begun(b"", b"", _OTHER_FILE),
}  # fmt: skip
NO_PARTS: dict[str, Build] = {
    name: partial(
        lambda value, load: multipart(
            HELLO,
            b"Content-Type: "
            + value.replace(b"TYPE", load.media_type)
            + b"\r\n"
            + _ENCODED
            + b"\r\n"
            + uneven(load.data),
        ),
        value,
    )
    for name, value in {
        "named": b"multipart/mixed; boundary=foo",
        "plural": b"multiparts/mixed; boundary=foo",
        "foreign": b"x-multipart/mixed; boundary=foo",
        "subtype": b"multipart/invalid; boundary=foo",
        "no-subtype": b"multipart/; boundary=foo",
        "no-slash": b"multipart; boundary=foo",
        "no-boundary": b"multipart/mixed",
        "escape": b"multi\\part/mixed; boundary=foo",
        "extended": b"multipart/mixed; boundary*=''foo",
        "pieces": b"multipart/mixed; boundary*0=''foo",
        "folded": b"\r\n multipart/mixed; boundary=foo",
        "return": b"\rmultipart/mixed; boundary=foo",
        "boundary-of-single": b"TYPE; boundary=foo",
        "type-behind": b"multipart/mixed; boundary=foo\r\nContent-Type: TYPE",
        "type-before": b"TYPE\r\nContent-Type: multipart/mixed; boundary=foo",
    }.items()
}


def _forwarded(kind: bytes) -> Build:
    return lambda load: (
        HEAD
        + VERSION
        + b"Content-Type: "
        + kind
        + b"\r\n"
        + _ENCODED
        + b"\r\n"
        + uneven(multipart(HELLO, _part(load)))
    )


FORWARDED: dict[str, Build] = {
    kind.decode()[8:]: _forwarded(kind) for kind in (b"message/rfc822", b"message/global")
}
TABLES: dict[str, tuple[dict[str, Build], ...]] = {
    "M06": (FIELDS, BLOCKS), "M10": (CONTINUED,), "M12": (COMMENTS,), "M13": (HIDDEN_KEYS,), "M18": (NO_PARTS,), "M20": (NESTED,),
    "M22": (FORWARDED,),
}  # fmt: skip


def corners() -> Iterator[Case]:
    """M06, M10, M12, M13, M18, M20 and M22."""
    for row, tables in TABLES.items():
        for builds in tables:
            yield from spread(row, {f"corner-{name}": build for name, build in builds.items()}, doubtful=True)
