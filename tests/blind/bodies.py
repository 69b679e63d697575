"""Cases about the body of a mail: how parts begin, end and nest: rows M14 to M17, M20 to M31, M44, M48 and M50."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import base64
from collections.abc import Iterator

from tests.blind import Case
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
    quoted,
    single,
    spread,
    uuencoded,
)


def _versioned(field: bytes) -> Build:
    return lambda load: multipart(HELLO, entity(load)).replace(VERSION, field)


def _forwarded(depth: int) -> Build:
    return lambda load: _deep(load, depth)


def _of_kind(kind: str) -> Build:
    field = b"Content-Type: multipart/" + kind.encode() + b"; boundary=abc\r\n"
    return lambda load: multipart(HELLO, entity(load), field=field)


def _delimited(end: bytes) -> Build:
    """The delimiter line before the part ends oddly."""
    return lambda load: multipart(HELLO, end=b"--abc" + end + entity(load) + b"\r\n--abc--\r\n")


def _preceded(start: bytes) -> Build:
    """The delimiter line before the part begins oddly."""
    return lambda load: multipart(HELLO, end=start + entity(load) + b"\r\n--abc--\r\n")


def _in_encoding(encoding: bytes, kind: bytes) -> Build:
    return lambda load: _encoded_parts(load, encoding, kind)


PROPER: dict[str, dict[str, Build]] = {
    "M14": {
        "inner-extends": lambda load: multipart(HELLO, inner(HELLO, entity(load), boundary=b"abcd")),
        "outer-extends": lambda load: multipart(HELLO, inner(HELLO, entity(load), boundary=b"ab")),
        "inner-dashes": lambda load: multipart(HELLO, inner(entity(load), boundary=b"--abc")),
    },
    "M15": {
        "outer-open": lambda load: multipart(HELLO, entity(load), end=b""),
        "inner-open": lambda load: multipart(inner(HELLO, entity(load), end=b""), HELLO),
        "both-open": lambda load: multipart(inner(HELLO, entity(load), end=b""), end=b""),
        "behind-open-inner": lambda load: multipart(inner(HELLO, end=b""), entity(load)),
        "no-line-end": lambda load: multipart(HELLO, entity(load), end=b"--abc--"),
        "cut-in-delimiter": lambda load: multipart(HELLO, entity(load), end=b"--ab"),
        "behind-closing": lambda load: multipart(HELLO, end=b"--abc--\r\n--abc\r\n" + entity(load) + b"\r\n--abc--\r\n"),
        "behind-two-closing": lambda load: multipart(HELLO, end=b"--abc--\r\n--abc--\r\n--abc\r\n" + entity(load)),
        "behind-inner-closing": lambda load: multipart(
            inner(HELLO, end=b"--inner--\r\n--inner\r\n" + entity(load) + b"\r\n--inner--\r\n")
        ),
    },
    "M17": {
        "no-version": lambda load: multipart(HELLO, entity(load)).replace(VERSION, b""),
        "no-version-single": lambda load: _alone(load).replace(VERSION, b""),
        **{
            f"version-{name}": _versioned(b"MIME-Version:" + value + b"\r\n")
            for name, value in {
                "2.0": b" 2.0",
                "9.9": b" 9.9",
                "empty": b"",
                "word": b" one",
                "comment": b" 1.0 (produced by x)",
                "comment-inside": b" 1.(x)0",
                "quoted": b' "1.0"',
                "spaces": b" 1 . 0",
            }.items()
        },
    },
    "M22": {
        "forward": lambda load: multipart(HELLO, _forward(b"message/rfc822", _alone(load))),
        "forward-of-parts": lambda load: multipart(HELLO, _forward(b"message/rfc822", multipart(HELLO, entity(load)))),
        "forward-global": lambda load: multipart(HELLO, _forward(b"message/global", _alone(load))),
        "forward-news": lambda load: multipart(HELLO, _forward(b"message/news", _alone(load))),
        "forward-alone": lambda load: HEAD + VERSION + _forward(b"message/rfc822", _alone(load)),
        "forward-upper": lambda load: multipart(HELLO, _forward(b"MESSAGE/RFC822", _alone(load))),
        "forward-by-name": lambda load: multipart(
            HELLO, entity(Load(_alone(load), b'application/octet-stream; name="m.eml"'))
        ),
        "forward-by-name-text": lambda load: multipart(HELLO, entity(Load(_alone(load), b'text/plain; name="m.eml"'))),
        "forward-in-base64": lambda load: multipart(HELLO, entity(Load(_alone(load), b"message/rfc822"))),
        "forward-in-quoted": lambda load: multipart(
            HELLO, entity(Load(b"", b"message/rfc822"), b"Content-Transfer-Encoding: quoted-printable\r\n", quoted(_alone(load)))
        ),
        "forward-open": lambda load: multipart(HELLO, _forward(b"message/rfc822", multipart(entity(load), end=b""))),
        **{
            f"forward-{depth}-deep": _forwarded(depth)
            for depth in (2, 3, 5, 8, 12, 18)
        },
    },
    "M27": {
        "page-behind-text": lambda load: _either(HELLO, entity(load)),
        "page-behind-nested-text": lambda load: _either(inner(HELLO, kind=b"related"), entity(load)),
        "page-in-related": lambda load: _either(HELLO, inner(entity(load), kind=b"related")),
    },
    "M28": {
        "text-before-page": lambda load: _either(entity(load), HELLO.replace(b"plain", b"html")),
        "text-between": lambda load: _either(HELLO, entity(load), HELLO.replace(b"plain", b"html")),
        "two-of-a-kind": lambda load: _either(entity(load), HELLO),
    },
    "M31": {
        kind: _of_kind(kind)
        for kind in (
            "mixed", "related", "alternative", "parallel", "report", "appledouble", "form-data", "x-mixed-replace",
            "signed", "byteranges", "header-set", "voice-message", "x-unknown", "related; type=text/html",
            "report; report-type=delivery-status",
        )
    },
    "M44": {
        "openpgp": lambda load: _signed(load, b"application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n"),
        "smime": lambda load: _signed(load, b"application/pkcs7-signature", b"MIIBAA=="),
        "x-smime": lambda load: _signed(load, b"application/x-pkcs7-signature", b"MIIBAA=="),
    },
    "M48": {
        "referred": lambda load: _related(load, b'<img src="cid:one">', b"Content-ID: <one>\r\n"),
        "not-referred": lambda load: _related(load, b"<p>hello", b"Content-ID: <one>\r\n"),
        "inline": lambda load: _related(load, b"<p>hello", b"Content-Disposition: inline\r\n"),
        "located": lambda load: _related(load, b'<a href="x.xlsx">x', b"Content-Location: x.xlsx\r\n"),
        "odd-disposition": lambda load: _related(load, b"<p>hello", b"Content-Disposition: hidden\r\n"),
        "picture-type-inline": lambda load: _related(load, b'<img src="cid:one">', b"Content-Disposition: inline; filename=a.png\r\n"),
    },
}  # fmt: skip


def _alone(load: Load) -> bytes:
    return single(load, b"Content-Transfer-Encoding: base64\r\n", base64_lines(load.data))


def _forward(kind: bytes, content: bytes) -> bytes:
    return b"Content-Type: " + kind + b"\r\n\r\n" + content


def _deep(load: Load, depth: int) -> bytes:
    content = _alone(load)
    for number in range(depth - 1):
        frame = b"b%d" % number
        content = (
            multipart(
                _forward(b"message/rfc822", content),
                field=b"Content-Type: multipart/mixed; boundary=" + frame + b"\r\n",
                boundary=frame,
            )
            if number % 2
            else HEAD + VERSION + _forward(b"message/rfc822", content)
        )
    return content  # fmt: skip


def _either(*parts: bytes) -> bytes:
    return multipart(*parts, field=b"Content-Type: multipart/alternative; boundary=abc\r\n")


def _signed(load: Load, kind: bytes, signature: bytes) -> bytes:
    field = b'Content-Type: multipart/signed; protocol="' + kind + b'"; micalg=sha-256; boundary=abc\r\n'
    fields = b"Content-Transfer-Encoding: base64\r\n"
    seal = signature if b"pgp" in kind else base64.b64encode(b"0\x82\1\0\0") + b"\r\n"
    return multipart(
        entity(load),
        b"Content-Type: " + kind + b"\r\n" + (b"" if b"pgp" in kind else fields) + b"\r\n" + seal,
        field=field,
    )


def _related(load: Load, reference: bytes, fields: bytes) -> bytes:
    first = b"Content-Type: text/html\r\n\r\n<html><body>" + reference
    return multipart(first, entity(load, fields), field=b"Content-Type: multipart/related; boundary=abc\r\n")


ODD: dict[str, dict[str, Build]] = {
    "M14": {
        "same": lambda load: multipart(HELLO, inner(HELLO, entity(load), boundary=b"abc")),
        "end-is-start": lambda load: multipart(HELLO, inner(HELLO, entity(load), boundary=b"abc--")),
        "inner-space": lambda load: multipart(HELLO, inner(HELLO, entity(load), boundary=b'"abc "')),
        "inner-tab": lambda load: multipart(HELLO, inner(HELLO, entity(load), boundary=b'"abc\tx"')),
        "forward-same": lambda load: multipart(
            HELLO, _forward(b"message/rfc822", multipart(HELLO, entity(load)))
        ),
    },
    "M20": {
        "in-part-header": lambda load: multipart(b"X-A: b\r\n--abc\r\n" + entity(load)),
        "end-in-part-header": lambda load: multipart(b"X-A: b\r\n--abc--\r\n" + entity(load)),
        "end-in-header": lambda load: multipart(
            HELLO, entity(load), field=b"Content-Type: multipart/mixed; boundary=abc\r\n--abc--\r\n"
        ),
        "delimiter-in-header": lambda load: multipart(
            HELLO, entity(load), field=b"--abc\r\nContent-Type: multipart/mixed; boundary=abc\r\n"
        ),
        "boundary-in-part": lambda load: multipart(
            b"Content-Type: text/plain; boundary=xyz\r\n\r\n--xyz\r\n" + entity(load) + b"\r\n--xyz--\r\n"
        ),
        **{
            f"line-{name}": _delimited(end)
            for name, end in {
                "carriage-return": b"\r",
                "line-feed": b"\n",
                "tab": b"\t\r\n",
                "spaces": b"     \r\n",
                "junk": b" junk\r\n",
                "junk-close": b"junk\r\n",
                "dash": b"-\r\n",
                "dashes": b"---\r\n",
                "end-junk": b"--junk\r\n",
                "end-space": b"-- \r\n--abc\r\n",
                "zero": b"\0\r\n",
                "vertical-tab": b"\x0b\r\n",
                "form-feed": b"\x0c\r\n",
                "two-carriage-returns": b"\r\r\n",
                "no-break-space": b"\xa0\r\n",
                "comment": b" (x)\r\n",
                "semicolon": b";\r\n",
            }.items()
        },
        **{
            f"before-{name}": _preceded(start)
            for name, start in {
                "space": b" --abc\r\n",
                "tab": b"\t--abc\r\n",
                "three-dashes": b"---abc\r\n",
                "one-dash": b"-abc\r\n",
                "no-dash": b"abc\r\n",
                "quote": b"> --abc\r\n",
                "zero": b"\0--abc\r\n",
                "en-dash": "–abc\r\n".encode(),
                "upper": b"--ABC\r\n",
                "carriage-return": b"x\r--abc\r\n",
                "vertical-tab": b"x\x0b--abc\r\n",
                "line-separator": "x\u2028--abc\r\n".encode(),
            }.items()
        },
    },
    "M21": {
        name: _in_encoding(encoding, kind)
        for name, (encoding, kind) in {
            "base64": (b"base64", b"mixed"),
            "quoted-printable": (b"quoted-printable", b"mixed"),
            "uuencode": (b"x-uuencode", b"mixed"),
            "base64-alternative": (b"base64", b"alternative"),
            "base64-upper": (b"BASE64", b"mixed"),
        }.items()
    },
}


def _encoded_parts(load: Load, encoding: bytes, kind: bytes) -> bytes:
    body = b"--abc\r\n" + HELLO + b"\r\n--abc\r\n" + entity(load) + b"\r\n--abc--\r\n"
    encode = {b"quoted-printable": quoted, b"x-uuencode": uuencoded}.get(encoding, base64_lines)
    head = b"Content-Type: multipart/" + kind + b"; boundary=abc\r\nContent-Transfer-Encoding: " + encoding
    return HEAD + VERSION + head + b"\r\n\r\n" + encode(body)


def parts() -> Iterator[Case]:
    """M14, M15, M17, M20 to M22, M27, M28, M31, M44 and M48."""
    for row, builds in PROPER.items():
        yield from spread(row, builds)
    for row, builds in ODD.items():
        yield from spread(row, builds, doubtful=True)
