"""Cases about the structure of a mail: rows M06 to M31 of the list, M48 and M50."""

from __future__ import annotations

from collections.abc import Iterator

from tests.blind import Case
from tests.blind.carriers import (
    HEAD,
    HELLO,
    VERSION,
    Build,
    base64_lines,
    entity,
    multipart,
    spread,
)

_MIXED = b'multipart/mixed; boundary="abc"'


def typed(*values: bytes, name: bytes = b"Content-Type:") -> Build:
    """A mail whose parts are apart by `abc`, under these Content-Type fields."""
    field = b"".join(name + b" " + value + b"\r\n" for value in values)
    return lambda load: multipart(HELLO, entity(load), field=field)


def framed(value: bytes, boundary: bytes) -> Build:
    """A mail under this Content-Type whose delimiter lines have this boundary."""
    return lambda load: multipart(
        HELLO, entity(load), field=b"Content-Type: " + value + b"\r\n", boundary=boundary
    )


def _named(raw: bytes) -> Build:
    """A multipart under a field that is written in an odd way."""
    return lambda load: multipart(HELLO, entity(load), field=raw)


def _encoded(raw: bytes) -> Build:
    """A part in base64, which a field says in an odd way."""
    return lambda load: multipart(HELLO, entity(load, raw, base64_lines(load.data)))


FIELD_NAMES: dict[str, bytes] = {
    "space-before-colon": b"Content-Type : ",
    "tab-before-colon": b"Content-Type\t: ",
    "many-spaces": b"Content-Type" + b" " * 60 + b": ",
    "double-colon": b"Content-Type:: ",
    "colon-space-colon": b"Content-Type: : ",
    "no-colon": b"Content-Type ",
    "no-space": b"Content-Type:",
    "upper": b"CONTENT-TYPE: ",
    "lower": b"content-type: ",
    "vertical-tab": b"Content-Type:\x0b",
    "form-feed": b"Content-Type:\x0c ",
    "zero-behind": b"Content-Type\0: ",
    "zero-value": b"Content-Type: \0",
    "quoted": b'"Content-Type": ',
    "no-break-space": b"Content-Type\xc2\xa0: ",
    "byte-order-mark": b"\xef\xbb\xbfContent-Type: ",
    "equals": b"Content-Type= ",
    "comment": b"Content-Type (x): ",
    "fold-behind-name": b"Content-Type\r\n : ",
}
_PLAIN_NAMES = ("space-before-colon", "tab-before-colon", "no-space", "upper", "lower")


def fields() -> Iterator[Case]:
    """M06: names of fields."""
    for name, raw in FIELD_NAMES.items():
        doubtful = name not in _PLAIN_NAMES
        yield from spread("M06", {f"{name}-type": _named(raw + _MIXED + b"\r\n")}, doubtful=doubtful)
        encoding = raw.replace(b"Type", b"Transfer-Encoding").replace(b"TYPE", b"TRANSFER-ENCODING")
        encoding = encoding.replace(b"content-type", b"content-transfer-encoding")
        yield from spread("M06", {f"{name}-encoding": _encoded(encoding + b"base64\r\n")}, doubtful=doubtful)
    yield from spread("M06", LINES, doubtful=True)


def _first_line(start: bytes) -> Build:
    return lambda load: start + multipart(HELLO, entity(load))


LINES: dict[str, Build] = {
    "leading-space-first": lambda load: b" " + multipart(HELLO, entity(load)).replace(HEAD, b""),
    "leading-tab-type-first": lambda load: b"\t" + multipart(HELLO, entity(load)).replace(HEAD + VERSION, b""),
    "leading-space-all": lambda load: _indented(multipart(HELLO, entity(load))),
    "junk-line-first": _first_line(b"this is no header\r\n"),
    "folded-line-first": _first_line(b" this is no header\r\n"),
    "colon-line-first": _first_line(b": x\r\n"),
    "junk-line-between": _named(b"this is no header\r\nContent-Type: " + _MIXED + b"\r\n"),
    "colon-line-between": _named(b": x\r\nContent-Type: " + _MIXED + b"\r\n"),
    "space-line-between": _named(b" \r\nContent-Type: " + _MIXED + b"\r\n"),
    "tab-line-between": _named(b"X-A: b\r\n\t\r\nContent-Type: " + _MIXED + b"\r\n"),
    "carriage-return-break": _named(b"X-A: b\rContent-Type: " + _MIXED + b"\r\n"),
    "carriage-return-inside": _named(b"Content-Type:\r" + _MIXED + b"\r\n"),
    "two-carriage-returns": _named(b"X-A: b\r\r\nContent-Type: " + _MIXED + b"\r\n"),
    "line-separator": _named(b"X-A: b\xe2\x80\xa8Content-Type: " + _MIXED + b"\r\n"),
    "next-line": _named(b"X-A: b\xc2\x85Content-Type: " + _MIXED + b"\r\n"),
    "vertical-tab-break": _named(b"X-A: b\x0bContent-Type: " + _MIXED + b"\r\n"),
    "mailbox-line": _first_line(b"From a@x.example Mon May 10 09:00:00 2027\r\n"),
    "quoted-mailbox-line": _first_line(b">From a@x.example Mon May 10 09:00:00 2027\r\n"),
    "part-leading-space": _encoded(b" Content-Transfer-Encoding: base64\r\n"),
    "part-carriage-return": _encoded(b"X-A: b\rContent-Transfer-Encoding: base64\r\n"),
    "part-junk-line": _encoded(b"no header\r\nContent-Transfer-Encoding: base64\r\n"),
    "part-no-empty-line": lambda load: multipart(
        HELLO, b"Content-Transfer-Encoding: base64\r\n--\r\n" + base64_lines(load.data)
    ),
}  # fmt: skip


def _indented(content: bytes) -> bytes:
    head, _, rest = content.partition(b"\r\n\r\n")
    return b" " + head.replace(b"\r\n", b"\r\n ") + b"\r\n\r\n" + rest


PLAIN = b"text/plain"
TYPES: dict[str, dict[str, Build]] = {
    "M07": {
        "multipart-first": typed(_MIXED, PLAIN),
        "multipart-last": typed(PLAIN, _MIXED),
        "multipart-middle": typed(PLAIN, _MIXED, b"text/html"),
        "html-first": typed(b"text/html", _MIXED),
        "empty-first": typed(b"", _MIXED),
        "empty-last": typed(_MIXED, b""),
        "binary-first": typed(b"application/octet-stream", _MIXED),
        "image-last": typed(_MIXED, b"image/png"),
        "nonsense-first": typed(b"foo", _MIXED),
        "forward-first": typed(b"message/rfc822", _MIXED),
        "forward-last": typed(_MIXED, b"message/rfc822"),
    },
    "M08": {
        "right-first": typed(_MIXED, b"multipart/mixed; boundary=foo"),
        "right-last": typed(b"multipart/mixed; boundary=foo", _MIXED),
        "right-third": typed(b"multipart/mixed; boundary=foo", b"multipart/mixed; boundary=bar", _MIXED),
        "right-ninth": typed(*(b"multipart/mixed; boundary=b%d" % number for number in range(8)), _MIXED),
        "related-first": typed(b"multipart/related; boundary=foo", _MIXED),
        "no-boundary-first": typed(b"multipart/mixed", _MIXED),
        "no-boundary-last": typed(_MIXED, b"multipart/mixed"),
    },
    "M09": {
        "right-first": typed(_MIXED + b"; boundary=foo"),
        "right-last": typed(b"multipart/mixed; boundary=foo; boundary=abc"),
        "right-third": typed(b"multipart/mixed; boundary=foo; boundary=bar; boundary=abc"),
        "right-tenth": typed(b"multipart/mixed" + b"; boundary=foo%d" * 9 % (*range(9),) + b"; boundary=abc"),
        "upper-last": typed(b"multipart/mixed; boundary=foo; BOUNDARY=abc"),
        "quoted-last": typed(b'multipart/mixed; boundary=foo; boundary="abc"'),
        "empty-first": typed(b'multipart/mixed; boundary=""; boundary=abc'),
        "no-semicolon": typed(b"multipart/mixed; boundary=foo boundary=abc"),
        "comma": typed(b"multipart/mixed; boundary=foo, boundary=abc"),
    },
    "M10": {
        "extended": typed(b"multipart/mixed; boundary*=us-ascii''abc"),
        "extended-percent": typed(b"multipart/mixed; boundary*=us-ascii''%61%62%63"),
        "extended-language": typed(b"multipart/mixed; boundary*=utf-8'en'abc"),
        "extended-no-quotes": typed(b"multipart/mixed; boundary*=abc"),
        "extended-quoted": typed(b"multipart/mixed; boundary*=\"us-ascii''abc\""),
        "extended-wrong-charset": typed(b"multipart/mixed; boundary*=x-none''abc"),
        "extended-utf-16": typed(b"multipart/mixed; boundary*=utf-16be''%00a%00b%00c"),
        "extended-utf-7": typed(b"multipart/mixed; boundary*=utf-7''+AGEAYgBj-"),
        "pieces": typed(b"multipart/mixed; boundary*0=a; boundary*1=bc"),
        "pieces-quoted": typed(b'multipart/mixed; boundary*0="a"; boundary*1="bc"'),
        "pieces-extended": typed(b"multipart/mixed; boundary*0*=us-ascii''%61; boundary*1*=%62; boundary*2=c"),
        "pieces-out-of-order": typed(b"multipart/mixed; boundary*1=bc; boundary*0=a"),
        "pieces-from-one": typed(b"multipart/mixed; boundary*1=a; boundary*2=bc"),
        "pieces-gap": typed(b"multipart/mixed; boundary*0=a; boundary*2=bc"),
        "pieces-cut-at-gap": typed(b"multipart/mixed; boundary*0=abc; boundary*2=d"),
        "pieces-twice-first": typed(b"multipart/mixed; boundary*0=a; boundary*0=x; boundary*1=bc"),
        "pieces-twice-last": typed(b"multipart/mixed; boundary*0=x; boundary*0=a; boundary*1=bc"),
        "pieces-zeros": typed(b"multipart/mixed; boundary*00=a; boundary*01=bc"),
        "pieces-and-plain": typed(b"multipart/mixed; boundary=foo; boundary*0=a; boundary*1=bc"),
        "plain-and-pieces": typed(b"multipart/mixed; boundary*0=f; boundary*1=oo; boundary=abc"),
        "extended-and-plain": typed(b"multipart/mixed; boundary*=us-ascii''foo; boundary=abc"),
        "plain-and-extended": typed(b"multipart/mixed; boundary=foo; boundary*=us-ascii''abc"),
        "extended-literal": framed(b"multipart/mixed; boundary*=us-ascii''%61bc", b"us-ascii''%61bc"),
        "percent-plain-literal": framed(b"multipart/mixed; boundary=%61bc", b"%61bc"),
        "space-before-star": typed(b"multipart/mixed; boundary *=us-ascii''abc"),
        "upper-pieces": typed(b"multipart/mixed; BOUNDARY*0=a; Boundary*1=bc"),
        "huge-number": typed(b"multipart/mixed; boundary*0=abc; boundary*99999999999=d"),
    },
    "M11": {
        "word-literal": framed(b'multipart/mixed; boundary="=?us-ascii?Q?abc?="', b"=?us-ascii?Q?abc?="),
        "word-decoded": typed(b'multipart/mixed; boundary="=?us-ascii?Q?abc?="'),
        "word-bare-decoded": typed(b"multipart/mixed; boundary==?us-ascii?Q?abc?="),
        "part-word-literal": framed(b'multipart/mixed; boundary="a=?us-ascii?Q?b?=c"', b"a=?us-ascii?Q?b?=c"),
        "part-word-decoded": typed(b'multipart/mixed; boundary="a=?us-ascii?Q?b?=c"'),
        "base64-decoded": typed(b'multipart/mixed; boundary="=?utf-8?B?YWJj?="'),
        "base64-literal": framed(b'multipart/mixed; boundary="=?utf-8?B?YWJj?="', b"=?utf-8?B?YWJj?="),
        "whole-value-decoded": typed(b"=?us-ascii?Q?multipart/mixed;_boundary=3Dabc?="),
    },
    "M12": {
        "comment-before": typed(b"multipart/mixed; boundary=(boundary=foo)abc"),
        "comment-behind": typed(b"multipart/mixed; boundary=abc(foo)"),
        "comment-inside": typed(b"multipart/mixed; boundary=a(foo)bc"),
        "comment-before-name": typed(b"multipart/mixed; (boundary=foo;) boundary=abc"),
        "comment-holds-it": typed(b"multipart/mixed; (; boundary=abc)"),
        "comment-in-name": typed(b"multipart/mixed; bound(x)ary=abc"),
        "comment-around-equals": typed(b"multipart/mixed; boundary(x)=(y)abc"),
        "comment-literal": framed(b"multipart/mixed; boundary=(foo)abc", b"(foo)abc"),
        "comment-open": typed(b"multipart/mixed; boundary=abc (foo"),
        "comment-nested": typed(b"multipart/mixed; (a (b (c))) boundary=abc"),
        "comment-escape": typed(b"multipart/mixed; (\\) boundary=foo;) boundary=abc"),
        "comment-in-type": typed(b"multipart(x)/mixed; boundary=abc"),
        "comment-first": typed(b"(x) multipart/mixed; boundary=abc"),
        "comment-semicolon": typed(b"multipart/mixed (;) ; boundary=abc"),
        "comment-in-quotes": framed(b'multipart/mixed; boundary="(x)abc"', b"(x)abc"),
    },
    "M13": {
        "space-behind": typed(b'multipart/mixed; boundary="abc "'),
        "space-behind-literal": framed(b'multipart/mixed; boundary="abc "', b"abc "),
        "space-before": typed(b'multipart/mixed; boundary=" abc"'),
        "space-before-literal": framed(b'multipart/mixed; boundary=" abc"', b" abc"),
        "space-inside": framed(b'multipart/mixed; boundary="a bc"', b"a bc"),
        "space-inside-bare": framed(b"multipart/mixed; boundary=a bc", b"a"),
        "space-inside-bare-whole": framed(b"multipart/mixed; boundary=a bc", b"a bc"),
        "only-spaces": framed(b'multipart/mixed; boundary="  "', b"  "),
        "empty": framed(b'multipart/mixed; boundary=""', b""),
        "no-value": framed(b"multipart/mixed; boundary=", b""),
        "long": framed(b"multipart/mixed; boundary=" + b"a" * 200, b"a" * 200),
        "long-cut": framed(b"multipart/mixed; boundary=" + b"a" * 200, b"a" * 70),
        "semicolon-quoted": framed(b'multipart/mixed; boundary="a;bc"', b"a;bc"),
        "semicolon-bare": framed(b"multipart/mixed; boundary=a;bc", b"a;bc"),
        "semicolon-bare-cut": framed(b"multipart/mixed; boundary=a;bc", b"a"),
        "quote-open": typed(b'multipart/mixed; boundary="abc'),
        "quote-end-only": typed(b'multipart/mixed; boundary=abc"'),
        "quote-end-literal": framed(b'multipart/mixed; boundary=abc"', b'abc"'),
        "quote-inside": framed(b'multipart/mixed; boundary=a"b"c', b'a"b"c'),
        "quote-inside-taken": framed(b'multipart/mixed; boundary=a"b"c', b"abc"),
        "quote-then-text": framed(b'multipart/mixed; boundary="ab"c', b"ab"),
        "quote-then-text-whole": framed(b'multipart/mixed; boundary="ab"c', b"abc"),
        "quote-single": framed(b"multipart/mixed; boundary='abc'", b"'abc'"),
        "quote-single-taken": typed(b"multipart/mixed; boundary='abc'"),
        "escaped": framed(b'multipart/mixed; boundary="a\\bc"', b"abc"),
        "escaped-literal": framed(b'multipart/mixed; boundary="a\\bc"', b"a\\bc"),
        "escaped-quote": framed(b'multipart/mixed; boundary="a\\"bc"', b'a"bc'),
        "upper-key": typed(b"multipart/mixed; BOUNDARY=abc"),
        "space-equals": typed(b"multipart/mixed; boundary =abc"),
        "spaces-equals": typed(b"multipart/mixed; boundary = abc"),
        "folded-equals": typed(b"multipart/mixed; boundary=\r\n abc"),
        "folded-before-equals": typed(b"multipart/mixed; boundary\r\n =abc"),
        "folded-quoted": framed(b'multipart/mixed; boundary="a\r\n bc"', b"a bc"),
        "folded-quoted-joined": framed(b'multipart/mixed; boundary="a\r\n bc"', b"abc"),
        "no-semicolon": typed(b"multipart/mixed boundary=abc"),
        "comma": typed(b"multipart/mixed, boundary=abc"),
        "two-semicolons": typed(b"multipart/mixed;; boundary=abc"),
        "tab": typed(b"multipart/mixed;\tboundary=abc"),
        "no-space": typed(b"multipart/mixed;boundary=abc"),
        "colon": typed(b"multipart/mixed; boundary:abc"),
        "case": framed(b"multipart/mixed; boundary=ABC", b"abc"),
        "dashes-in-value": framed(b"multipart/mixed; boundary=--abc", b"--abc"),
        "dashes-in-value-double": framed(b"multipart/mixed; boundary=--abc", b"abc"),
        "semicolon-behind": typed(b"multipart/mixed; boundary=abc;"),
        "other-quoted-first": typed(b'multipart/mixed; x="; boundary=foo"; boundary=abc'),
        "other-open-quote": typed(b'multipart/mixed; x="; boundary=abc'),
        "eight-bit": framed(b"multipart/mixed; boundary=\xe9abc", b"\xe9abc"),
        "utf-8": framed("multipart/mixed; boundary=éabc".encode(), "éabc".encode()),
        "zero": typed(b"multipart/mixed; boundary=abc\0def"),
        "zero-literal": framed(b"multipart/mixed; boundary=abc\0def", b"abc\0def"),
    },
    "M18": {
        "no-slash": typed(b"multipart; boundary=abc"),
        "no-subtype": typed(b"multipart/; boundary=abc"),
        "x-multipart": typed(b"x-multipart/mixed; boundary=abc"),
        "space-inside": typed(b"multi part/mixed; boundary=abc"),
        "space-before-slash": typed(b"multipart /mixed; boundary=abc"),
        "space-behind-slash": typed(b"multipart/ mixed; boundary=abc"),
        "cut": typed(b"ulti; boundary=abc"),
        "cut-end": typed(b"multipar/mixed; boundary=abc"),
        "encoded-word": typed(b"=?us-ascii?Q?multipart?=/mixed; boundary=abc"),
        "encoded-word-whole": typed(b"=?us-ascii?Q?multipart/mixed?=; boundary=abc"),
        "quoted": typed(b'"multipart/mixed"; boundary=abc'),
        "quoted-half": typed(b'"multipart"/mixed; boundary=abc'),
        "single-quoted": typed(b"'multipart/mixed'; boundary=abc"),
        "upper": typed(b"MULTIPART/MIXED; boundary=abc"),
        "odd-case": typed(b"mULTIpart/Mixed; boundary=abc"),
        "unknown-subtype": typed(b"multipart/x-nobody-knows; boundary=abc"),
        "backslash": typed(b"multipart\\mixed; boundary=abc"),
        "two-slashes": typed(b"multipart//mixed; boundary=abc"),
        "three-words": typed(b"multipart/mixed/x; boundary=abc"),
        "zero": typed(b"multi\0part/mixed; boundary=abc"),
        "leading-semicolon": typed(b"; multipart/mixed; boundary=abc"),
        "leading-comma": typed(b", multipart/mixed; boundary=abc"),
        "text-with-boundary": typed(b"text/plain; boundary=abc"),
        "html-with-boundary": typed(b"text/html; boundary=abc"),
        "only-boundary": typed(b"boundary=abc"),
        "only-parameter": typed(b"; boundary=abc"),
        "value-twice": typed(b"text/plain, multipart/mixed; boundary=abc"),
        "escape": typed(b"multi\\part/mixed; boundary=abc"),
        "full-width": typed("ｍultipart/mixed; boundary=abc".encode()),
    },
    "M19": {
        "no-boundary": typed(b"multipart/mixed"),
        "no-type": lambda load: multipart(HELLO, entity(load), field=b""),
        "empty-type": typed(b""),
        "other-boundary": typed(b"multipart/mixed; boundary=foo"),
        "plain-type": typed(b"text/plain"),
        "no-version": lambda load: multipart(HELLO, entity(load), field=b"").replace(VERSION, b""),
    },
}  # fmt: skip


def types() -> Iterator[Case]:
    """M07 to M13, M18 and M19: what Content-Type says about the parts."""
    for row, builds in TYPES.items():
        yield from spread(row, builds, doubtful=True)
