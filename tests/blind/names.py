"""Cases about what is said in headers, and about what is locked: rows M32 to M35, M41 to M43, M45 and M46."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case, Matter
from tests.blind.carriers import HEAD, HELLO, VERSION, Load, base64_lines, entity, multipart, spread, worded

_PIXEL = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def _disposed(
    make: Callable[[str], bytes], field: bytes = b"Content-Disposition: attachment; "
) -> Callable[[str], bytes]:
    """A mail with a picture whose name says it all."""
    picture = Load(_PIXEL, b"image/png")
    return lambda text: multipart(
        HELLO,
        entity(
            picture,
            field + make(text) + b"\r\n" + b"Content-Transfer-Encoding: base64\r\n",
            base64_lines(_PIXEL),
        ),
    )


def _percent(text: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in text.encode()).encode()


def _word(text: str, charset: str = "utf-8") -> bytes:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?=".encode()


def _quoted_word(text: str, charset: str = "utf-8") -> bytes:
    return f"=?{charset}?Q?{''.join(f'={byte:02X}' for byte in text.encode(charset))}?=".encode()


NAMES: dict[str, dict[str, Callable[[str], bytes]]] = {
    "M32": {
        "extended": lambda text: b"filename*=utf-8''" + _percent(text),
        "extended-language": lambda text: b"filename*=utf-8'en'" + _percent(text),
        "pieces": lambda text: b'filename*0="%s"; filename*1="%s"' % (text[:9].encode(), text[9:].encode()),
        "pieces-extended": lambda text: b"filename*0*=utf-8''%s; filename*1*=%s" % (_percent(text[:9]), _percent(text[9:])),
        "pieces-mixed": lambda text: b"filename*0*=utf-8''%s; filename*1=\"%s\"" % (_percent(text[:9]), text[9:].encode()),
        "pieces-reversed": lambda text: b'filename*1="%s"; filename*0="%s"' % (text[9:].encode(), text[:9].encode()),
        "pieces-each": lambda text: b"; ".join(b'filename*%d="%s"' % (i, c.encode()) for i, c in enumerate(text)),
        "pieces-and-plain": lambda text: b'filename=a.png; filename*0="%s"; filename*1="%s"' % (text[:9].encode(), text[9:].encode()),
        "plain-and-extended": lambda text: b'filename="%s"; filename*=utf-8\'\'a.png' % text.encode(),
        "pieces-twice": lambda text: b'filename*0=a; filename*0="%s"' % text.encode(),
        "utf-16": lambda text: b"filename*=utf-16be''" + "".join(f"%{b:02X}" for b in text.encode("utf-16-be")).encode(),
        "plain": lambda text: b'filename="%s"' % text.encode(),
        "plain-no-quotes": lambda text: b"filename=" + text.encode(),
        "plain-folded": lambda text: b'filename="%s"' % text.replace(" ", "\r\n ", 1).encode(),
        "plain-escaped": lambda text: b'filename="%s"' % "".join("\\" + c for c in text).encode(),
        "plain-eight-bit": lambda text: b'filename="\xe9 %s"' % text.encode(),
        "twice": lambda text: b'filename=a.png; filename="%s"' % text.encode(),
    },
    "M33": {
        "word": lambda text: b'filename="%s"' % _word(text),
        "word-no-quotes": lambda text: b"filename=" + _word(text),
        "word-quoted-printable": lambda text: b'filename="%s"' % _quoted_word(text),
        "words": lambda text: b'filename="%s %s"' % (_word(text[:9]), _word(text[9:])),
        "words-folded": lambda text: b'filename="%s\r\n %s"' % (_word(text[:9]), _word(text[9:])),
        "words-no-space": lambda text: b'filename="%s%s"' % (_word(text[:9]), _word(text[9:])),
        "word-within": lambda text: b'filename="x %s.png"' % _word(text),
        "word-utf-16": lambda text: b'filename="%s"' % _word(text, "utf-16-be"),
        "word-utf-16-mark": lambda text: b'filename="%s"' % _word(text, "utf-16"),
        "word-utf-7": lambda text: b'filename="%s"' % _word(text, "utf-7"),
        "word-in-pieces": lambda text: b'filename*0="%s"; filename*1="%s"' % (_word(text)[:20], _word(text)[20:]),
        "word-in-extended": lambda text: b"filename*=utf-8''" + _percent(_word(text).decode()),
    },
    "M34": {
        "double-ending": lambda text: b'filename="%s.xlsx.png"' % text.encode(),
        "right-to-left": lambda text: f'filename="{text}\u202egnp.xslx"'.encode(),
        "trailing-dots": lambda text: b'filename="%s.png. . ."' % text.encode(),
        "zero": lambda text: b'filename="a.png\0%s"' % text.encode(),
        "long": lambda text: b'filename="%s%s"' % (b"a " * 5_000, text.encode()),
        "path": lambda text: b'filename="../../etc/%s"' % text.encode(),
        "path-backslash": lambda text: b'filename="C:\\\\tmp\\\\%s"' % text.encode(),
        "folder-is-it": lambda text: b'filename="%s/a.png"' % text.encode(),
    },
}  # fmt: skip
IN_TYPE: dict[str, Callable[[str], bytes]] = {
    "name-differs": lambda text: b'Content-Disposition: attachment; filename=b.png\r\nContent-Type: image/png; name="%s"\r\n' % text.encode(),
    "name-word": lambda text: b'Content-Type: image/png; name="%s"\r\n' % _word(text),
    "name-pieces": lambda text: b'Content-Type: image/png; name*0="%s"; name*1="%s"\r\n' % (text[:9].encode(), text[9:].encode()),
    "second-disposition": lambda text: b'Content-Disposition: attachment; filename=b.png\r\nContent-Disposition: inline; filename="%s"\r\n' % text.encode(),
}  # fmt: skip
FIELDS: dict[str, Callable[[str], bytes]] = {
    **{
        f"top-{name.decode()}": (partial(lambda name, text: HEAD + name + b": " + text.encode() + b"\r\n\r\nhello\r\n", name))
        for name in (
            b"Subject", b"Keywords", b"Comments", b"Thread-Topic", b"X-Anything", b"Organization", b"X-MS-Note", b"Content-Description",
            b"Content-Language", b"Received", b"List-Id", b"User-Agent", b"Resent-Subject", b"Disposition-Notification-To",
        )
    },
    "display-name": lambda text: HEAD + b'Reply-To: "%s" <a@x.example>\r\n\r\nhello\r\n' % text.encode(),
    "comment": lambda text: HEAD + b"Reply-To: a@x.example (%s)\r\n\r\nhello\r\n" % text.encode(),
    "message-id": lambda text: HEAD + b"Message-ID: <%s@x.example>\r\n\r\nhello\r\n" % text.encode(),
    "boundary": lambda text: multipart(HELLO, field=b'Content-Type: multipart/mixed; boundary="%s"\r\n' % text.encode(), boundary=text.encode()),
    "parameter": lambda text: HEAD + VERSION + b'Content-Type: text/plain; note="%s"\r\n\r\nhello\r\n' % text.encode(),
    **{
        f"part-{name.decode()}": (partial(lambda name, text: multipart(name + b": " + text.encode() + b"\r\n" + HELLO), name))
        for name in (
            b"Subject", b"Content-Description", b"X-Anything", b"Content-ID", b"Content-Location", b"Content-Language", b"Comments",
            b"Content-Base", b"X-Attachment-Id",
        )
    },
    "part-description-word": lambda text: multipart(b"Content-Description: " + _word(text) + b"\r\n" + HELLO),
    "part-field-word": lambda text: multipart(b"X-Anything: " + _word(text) + b"\r\n" + HELLO),
    "part-field-folded": lambda text: multipart(b"X-Anything: " + text.replace(" ", "\r\n ", 1).encode() + b"\r\n" + HELLO),
    "part-boundary": lambda text: multipart(b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\n' % (text.encode(), text.encode()) + HELLO),
    "part-parameter": lambda text: multipart(b'Content-Type: text/plain; note="%s"\r\n\r\nhello\r\n' % text.encode()),
    "part-charset": lambda text: multipart(b'Content-Type: text/plain; charset="%s"\r\n\r\nhello\r\n' % text.encode()),
    "part-disposition": lambda text: multipart(b'Content-Disposition: inline; note="%s"\r\n' % text.encode() + HELLO),
    "inner-header": lambda text: multipart(b"Content-Type: message/rfc822\r\n\r\nSubject: " + text.encode() + b"\r\n\r\nhello\r\n"),
}  # fmt: skip


def _subject(*values: bytes) -> bytes:
    return (
        HEAD.replace(b"Subject: for you\r\n", b"".join(b"Subject: " + value + b"\r\n" for value in values))
        + b"\r\nhello\r\n"
    )


def _letters(text: str, encode: Callable[[str], bytes], joint: bytes = b"\r\n ") -> bytes:
    return joint.join(encode(letter) for letter in text)


SUBJECTS: dict[str, Callable[[str], bytes]] = {
    "base64": lambda text: _subject(_word(text)),
    "quoted": lambda text: _subject(_quoted_word(text)),
    "quoted-underscores": lambda text: _subject(f"=?utf-8?q?{text.replace(' ', '_')}?=".encode()),
    "quoted-spaces": lambda text: _subject(f"=?utf-8?q?{text}?=".encode()),
    "each-letter": lambda text: _subject(_letters(text, _word)),
    "each-letter-quoted": lambda text: _subject(_letters(text, _quoted_word)),
    "each-letter-one-line": lambda text: _subject(_letters(text, _word, b" ")),
    "each-letter-no-space": lambda text: _subject(_letters(text, _word, b"")),
    "mixed": lambda text: _subject(_word(text[:5]) + b" " + _quoted_word(text[5:])),
    "mixed-charsets": lambda text: _subject(_word(text[:5], "utf-16-be") + b" " + _word(text[5:], "iso-8859-1")),
    "split-in-letter": lambda text: _subject(_split("é " + text)),
    "split-in-group": lambda text: _subject(_cut(text)),
    "second-subject": lambda text: _subject(b"hello", text.encode()),
    "second-subject-word": lambda text: _subject(b"hello", _word(text)),
    "first-subject": lambda text: _subject(text.encode(), b"hello"),
    "no-padding": lambda text: _subject(_word(text).replace(b"=?=", b"?=").replace(b"=?=", b"?=")),
    "lower-marks": lambda text: _subject(_word(text).replace(b"?B?", b"?b?")),
    "language": lambda text: _subject(_word(text).replace(b"utf-8", b"utf-8*en")),
    "unknown-charset": lambda text: _subject(_word(text).replace(b"utf-8", b"x-nobody")),
    "utf-7": lambda text: _subject(_word(text, "utf-7")),
    "glued": lambda text: _subject(b"x" + _word(f" {text} ") + b"y"),
    "in-quotes": lambda text: _subject(b'"' + _word(text) + b'"'),
    "in-comment": lambda text: _subject(b"(" + _word(text) + b")"),
    "long-word": lambda text: _subject(_word("x" * 300 + " " + text)),
    "folded-inside": lambda text: _subject(_word(text)[:20] + b"\r\n " + _word(text)[20:]),
    "space-inside": lambda text: _subject(_word(text)[:20] + b" " + _word(text)[20:]),
    "raw-utf-8": lambda text: _subject("é ".encode() + text.encode()),
    "lower-case-name": lambda text: _subject(b"hello").replace(b"Subject:", b"subject:" + text.encode()),
    "encoded-twice": lambda text: _subject(_word(_word(text).decode())),
}  # fmt: skip


def _split(text: str) -> bytes:
    data = text.encode()
    return b"=?utf-8?B?%s?=\r\n =?utf-8?B?%s?=" % (base64.b64encode(data[:1]), base64.b64encode(data[1:]))


def _cut(text: str) -> bytes:
    """Base64 cut between words in the middle of its groups of four, as some programs do."""
    encoded = base64.b64encode(text.encode())
    return b"=?utf-8?B?%s?=\r\n =?utf-8?B?%s?=" % (encoded[:6], encoded[6:])


def names() -> Iterator[Case]:
    """M32 to M34: file names."""
    for row, makes in NAMES.items():
        yield from worded(row, {name: _disposed(make) for name, make in makes.items()})
    yield from worded("M34", {name: _disposed(make, b"") for name, make in IN_TYPE.items()})


def said() -> Iterator[Case]:
    """M45 and M46: header fields."""
    yield from worded("M45", FIELDS)
    yield from worded("M46", SUBJECTS)


LYING = [
    b"image/png", b"image/jpeg; name=a.jpg", b"text/plain", b"text/html", b"text/csv", b"audio/mpeg", b"video/mp4", b"font/woff",
    b"application/pdf", b"application/pgp-signature", b"application/pkcs7-signature", b"application/x-unknown", b"application/zip",
    b"application/vnd.ms-excel", b"model/x", b"x/y", b"message/delivery-status", b"text/calendar", b"application/json", b"",
]  # fmt: skip


def _lying(kind: bytes) -> Callable[[Matter], bytes]:
    return lambda matter: multipart(HELLO, entity(Load(matter.file, kind)))


LOCKED: dict[str, Load] = {
    "enveloped": Load(b"0\x82\1\0\6\x09*\x86H\x86\xf7\r\1\7\3", b"application/pkcs7-mime; smime-type=enveloped-data"),
    "enveloped-x": Load(b"0\x82\1\0\6\x09*\x86H\x86\xf7\r\1\7\3", b"application/x-pkcs7-mime; name=smime.p7m"),
    "enveloped-octets": Load(b"0\x82\1\0\6\x09*\x86H\x86\xf7\r\1\7\3", b'application/octet-stream; name="smime.p7m"'),
    "auth-enveloped": Load(b"0\x82\1\0\6\x0b*\x86H\x86\xf7\r\1\x09\x10\1\x17", b"application/pkcs7-mime; smime-type=authEnveloped-data"),
    "pgp-inline": Load(b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n", b"text/plain"),
    "pgp-quoted": Load(b"> -----BEGIN PGP MESSAGE-----\r\n> \r\n> hQEMA\r\n> -----END PGP MESSAGE-----\r\n", b"text/plain"),
    "pgp-page": Load(b"<html><pre>-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA</pre>", b"text/html"),
    "pgp-file": Load(b"\x85\x01\x0c\x03\x00\x01\x02\x03\x04\x05", b'application/octet-stream; name="t.xlsx.pgp"'),
    "pgp-binary-type": Load(b"\x85\x01\x0c\x03\x00\x01\x02\x03\x04\x05", b"application/pgp-encrypted"),
    "age": Load(b"age-encryption.org/v1\n-> X25519 abc\nabc\n--- abc\n\x80\x81\x82", b'application/octet-stream; name="t.age"'),
    "age-armour": Load(b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n", b"text/plain"),
    "rpmsg": Load(b"\x76\xe8\x04\x60\xc4\x11\xe3\x86rpmsg", b'application/x-microsoft-rpmsg-message; name="message.rpmsg"'),
    "winmail-broken": Load(b"\x78\x9f\x3e\x22\1\0\1", b"application/ms-tnef; name=winmail.dat"),
    "signed-broken": Load(b"0\x82\1\0\6\x09*\x86H\x86\xf7\r\1\7\2", b"application/pkcs7-mime; smime-type=signed-data"),
}  # fmt: skip


def _locked(load: Load) -> Callable[[Matter], bytes]:
    return lambda _: multipart(HELLO, entity(load))


def _pgp_mime(_: Matter) -> bytes:
    return multipart(
        b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n",
        b"Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQE\r\n-----END PGP MESSAGE-----\r\n",
        field=b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=abc\r\n',
    )


def _tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([tag]) + size + body


def _open(tag: int, *parts: bytes) -> bytes:
    """An element whose length is left open."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def _signed(inner: bytes, *, pieces: bool = False) -> bytes:
    """CMS signed data around a mail, with no signature in it: no reader asks for one to show it."""
    content = (
        _tlv(0x24, *(_tlv(4, inner[i : i + 40]) for i in range(0, len(inner), 40)))
        if pieces
        else _tlv(4, inner)
    )
    data = _tlv(0x30, bytes.fromhex("06092a864886f70d010701"), _tlv(0xA0, content))
    signed = _tlv(0x30, _tlv(2, b"\1"), _tlv(0x31), data, _tlv(0x31))
    return _tlv(0x30, bytes.fromhex("06092a864886f70d010702"), _tlv(0xA0, signed))


def _streamed(inner: bytes, *, pieces: bool = False) -> bytes:
    """The same as programs write it that do not know how long it will be: no length is told."""
    width = 50 if pieces else len(inner)
    content = _open(0x24, *(_tlv(4, inner[i : i + width]) for i in range(0, len(inner), width)))
    data = _open(0x30, bytes.fromhex("06092a864886f70d010701"), _open(0xA0, content))
    signed = _open(0x30, _tlv(2, b"\1"), _open(0x31, _open(0x30)), data, _tlv(0x31))
    return _open(0x30, bytes.fromhex("06092a864886f70d010702"), _open(0xA0, signed))


def kinds() -> Iterator[Case]:
    """M35, M42 and M43 (M41 in part): types that lie, and what is locked or wrapped."""
    for number, kind in enumerate(LYING, 1):
        yield Case("M35", f"{number}", _lying(kind))
    for name, load in LOCKED.items():
        row = "M41" if "winmail" in name else "M42" if "signed" in name else "M43"
        yield Case(row, name, _locked(load), doubtful=True)
    yield Case("M43", "pgp-mime", _pgp_mime, doubtful=True)
    for name, wrap in WRAPPED.items():
        for kind in (
            b"application/pkcs7-mime; smime-type=signed-data",
            b'application/x-pkcs7-mime; name="smime.p7m"',
        ):
            builds = {f"{name}-{kind[12:13].decode()}": partial(lambda w, k, load: multipart(
                HELLO, entity(Load(w(entity(load)), k))
            ), wrap, kind)}  # fmt: skip
            yield from spread("M42", builds)


WRAPPED: dict[str, Callable[[bytes], bytes]] = {
    "whole": _signed,
    "pieces": partial(_signed, pieces=True),
    "streamed": _streamed,
    "streamed-pieces": partial(_streamed, pieces=True),
    "twice": lambda inner: _signed(
        b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64_lines(_streamed(inner))
    ),
}
