"""Bytes to text by a charset label: the labels that mail programs know, never a Python-only codec, never an error."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

Buffer = bytes | bytearray | memoryview

_NAMES: Final[dict[str, str]] = {
    "utf-8": "utf8 unicode-1-1-utf-8 utf-8-sig unicode11utf8 x-unicode20utf8 cp65001",
    "cp1252": (
        "ascii us-ascii ansi_x3.4-1968 iso-8859-1 iso8859-1 iso_8859-1 iso88591 latin1 latin-1 l1 cp819 ibm819"
        " windows-1252 x-cp1252 ansi 646 us iso646-us iso-ir-100 csisolatin1"
    ),
    "cp1250": "windows-1250 x-cp1250",
    "cp1251": "windows-1251 x-cp1251",
    "cp1253": "windows-1253 x-cp1253",
    "cp1254": "windows-1254 x-cp1254 iso-8859-9 iso8859-9 latin5 l5 csisolatin5",
    "cp1255": "windows-1255 x-cp1255",
    "cp1256": "windows-1256 x-cp1256",
    "cp1257": "windows-1257 x-cp1257",
    "cp1258": "windows-1258 x-cp1258",
    "cp874": "windows-874 dos-874 tis-620 iso-8859-11 iso8859-11",
    "cp866": "ibm866 csibm866 866",
    "cp437": "ibm437 437",
    "cp850": "ibm850 850",
    "cp852": "ibm852 852",
    "cp858": "ibm00858",
    # Of the EBCDIC of other countries letters and figures are the same bytes; some signs are others.
    "cp037": (
        "ibm037 ebcdic-cp-us ebcdic-cp-ca ebcdic-cp-nl ebcdic-cp-wt csibm037 ebcdic-us cp1047 ibm1047 ibm-1047 cp285"
        " ibm285 ebcdic-cp-gb ebcdic-gb csibm285 cp20285 cp1146 ibm1146 ibm01146 x-ebcdic-unitedkingdom"
        " x-ebcdic-unitedkingdom-euro cp278 ibm278 cp280 ibm280 cp284 ibm284 cp297 ibm297 cp277 ibm277"
        " x-ebcdic-international x-ebcdic-international-euro cp1148 ibm1148 ibm01148 cp930 cp290 ibm290"
    ),
    "cp273": "ibm273 csibm273 cp1141 ibm1141 ibm01141 x-ebcdic-germany x-ebcdic-germany-euro",
    "cp424": "ibm424 ebcdic-cp-he csibm424",
    "cp500": "ibm500 ebcdic-cp-be ebcdic-cp-ch ebcdic-int csibm500",
    "cp875": "ibm875",
    "cp1026": "ibm1026 csibm1026",
    "cp1140": "ibm01140",
    "iso8859-2": "iso-8859-2 latin2 l2 csisolatin2",
    "iso8859-3": "iso-8859-3 latin3 l3 csisolatin3",
    "iso8859-4": "iso-8859-4 latin4 l4 csisolatin4",
    "iso8859-5": "iso-8859-5 cyrillic csisolatincyrillic",
    "iso8859-6": "iso-8859-6 arabic ecma-114 asmo-708 iso-8859-6-e iso-8859-6-i",
    "iso8859-7": "iso-8859-7 greek greek8 ecma-118 elot_928 sun_eu_greek",
    "iso8859-8": "iso-8859-8 hebrew visual iso-8859-8-i iso-8859-8-e logical",
    "iso8859-10": "iso-8859-10 latin6 l6",
    "iso8859-13": "iso-8859-13",
    "iso8859-14": "iso-8859-14",
    "iso8859-15": "iso-8859-15 latin9 latin-9 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "koi koi8 koi8_r cskoi8r",
    "koi8-u": "koi8-ru",
    "mac-roman": "macintosh mac x-mac-roman csmacintosh",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "gbk gb2312 x-gbk gb_2312-80 chinese cp936 ms936 windows-936 csgb2312 gb_2312 iso-ir-58",
    "hz": "hz-gb-2312",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 csbig5 cp950",
    "euc_jp": "euc-jp x-euc-jp eucjp cseucpkdfmtjapanese",
    "iso2022_jp_2": "iso-2022-jp iso-2022-jp-2 csiso2022jp",
    "iso2022_jp_3": "iso-2022-jp-3",
    "iso2022_kr": "iso-2022-kr csiso2022kr",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 cseuckr uhc",
    "johab": "cp1361",
    "utf-16": "unicode ucs-2 csunicode iso-10646-ucs-2",
    "utf-16-le": "utf-16le unicodefeff",
    "utf-16-be": "utf-16be unicodefffe",
    "utf-32": "ucs-4",
    "utf-32-le": "utf-32le",
    "utf-32-be": "utf-32be",
    "utf-7": "unicode-1-1-utf-7 csunicode11utf7 utf7",
}
_CODECS: Final = {label: codec for codec, labels in _NAMES.items() for label in (codec, *labels.split())}
_WIDE: Final = frozenset(name for name in _CODECS.values() if name.startswith(("utf-16", "utf-32")))
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKS: Final = tuple(mark for mark, _ in _BYTE_ORDER_MARKS)
_MARKS_IN_SEVEN: Final = (b"+/v8", b"+/v9", b"+/v+", b"+/v/")
"""The byte order mark in UTF-7, RFC 2152."""
_SINGLE_BYTE: Final = re.compile(r"(?:cp1?[0-9]{3}|iso8859-[0-9]+|koi8-.|mac-[a-z]+)\Z")
_EAST_ASIAN: Final = frozenset(
    (
        "gb18030",
        "hz",
        "big5hkscs",
        "euc_jp",
        "iso2022_jp_2",
        "iso2022_jp_3",
        "iso2022_kr",
        "cp932",
        "cp949",
        "johab",
    )
)
_PATIENCE: Final = 1_048_576
"""Bytes of broken UTF-16, UTF-32 or UTF-7 that are read with each error replaced: a fifth of a second."""

_EBCDIC: Final = frozenset({"cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"})
_APART: Final = frozenset({"utf-7", *_WIDE, *_EBCDIC})
"""Codecs in which ASCII letters are other bytes: under any other label a banner in English reads alike."""
_NOISE: Final = _APART | _EAST_ASIAN
_UNORDERED: Final = frozenset({"utf-16", "utf-32"})
_ESCAPES: Final = (b"\x1b(", b"\x1b$")
_OVERLONG: Final = re.compile(rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]")
_SURROGATE_PAIR: Final = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_CONTROLS: Final = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ODD: Final = re.compile(rb"[\0\x1b]")
"""What ASCII letters have beside them where they are wide, or not letters of ASCII."""
_GOING_ON: Final = bytes(range(0x80, 0xC0))
"""Bytes of a letter in UTF-8 behind its first."""
_FEWEST: Final = 4
"""Letters that a guess needs."""
_GUESSED: Final = 256
"""Bytes in which zeros are counted where no label says how wide the letters are."""


def codec_of(label: str) -> str | None:
    """The Python codec that a charset label of mail means, or None for a label that no mail program knows."""
    return _CODECS.get(label.strip(" \t\r\n\"'").lower())


def is_wide(label: str) -> bool:
    """Whether text under this label holds zero bytes as a matter of course."""
    return codec_of(label) in _WIDE


def is_apart(label: str) -> bool:
    """Whether ASCII letters are other bytes under this label than under most."""
    return codec_of(label) in _APART


def decode(data: Buffer, label: str = "") -> str:
    """Text of `data` as a reader would see it; whatever the label says, every byte comes out as something.

    Well-formed UTF-8 wins over a single-byte label, because no text in such a charset is UTF-8 by chance.
    """
    if len(data) == 0:
        return ""
    start = bytes(data[:4])
    codec = _marked(start) or ("utf-7" if start in _MARKS_IN_SEVEN else codec_of(label))
    if codec is None or codec == "utf-8" or (_SINGLE_BYTE.match(codec) and codec not in _EBCDIC):
        text = _strictly(data, "utf-8")
        if text is not None and "\0" not in text[:_GUESSED]:
            return _escaped(data, text).removeprefix("\ufeff")
    start = bytes(data[:_GUESSED])
    if b"\0" in start and (codec not in _WIDE or codec in _UNORDERED) and not start.startswith(_MARKS):
        codec = guessed(start) or codec
    if codec is not None:
        text = _strictly(data, codec)
        if text is not None:
            return (whole(text) if codec == "utf-7" else text).removeprefix("\ufeff")
    return whole(_somehow(data, codec))


def beginning(data: bytes | memoryview, label: str, characters: int) -> bytes | memoryview:
    """Of a long text as many bytes as make so many characters, or twice as many where that is not known.

    No letter of UTF-8 is cut, and where nearly all are ASCII little is decoded that is not taken.
    """
    start = bytes(data[:characters])
    missing = len(start) - len(start.translate(None, _GOING_ON))
    known = not is_another(label) and not is_apart(label) and not _ODD.search(start)
    end = min(len(data), 2 * characters, characters + 4 * missing if known else len(data))
    for _ in range(3):
        end -= 0 < end < len(data) and data[end] & 0xC0 == 0x80
    return memoryview(data)[:end]


_WIDE_LETTERS: Final = (
    (re.compile(rb"\xa3[\xb0-\xfa](?:\xa3[\xb0-\xfa]){3}"), "gb18030"),
    (re.compile(rb"\x82[\x4f-\x9a](?:\x82[\x4f-\x9a]){3}"), "cp932"),
    (re.compile(rb"\xa2[\xaf-\xfe](?:\xa2[\xaf-\xfe]|\xa3[\x40-\x43]){3}"), "big5"),
)
"""Full-width Latin letters and digits in the charsets of China, Japan and Korea, some in a row."""
_ASCII_PAGE: Final = re.compile(rb"(?:\xff\xfe|\xfe\xff)?<[!?a-zA-Z]{2}")


def readings(data: Buffer, labels: Sequence[str]) -> list[str]:
    """Each text that `data` may be to readers who go by different labels, the first label's first."""
    others = list(_as_guessed(data, labels[0]))
    if len(labels) == 1 and codec_of(labels[0]) not in _APART and not others:
        return [decode(data, labels[0])]
    return [*dict.fromkeys([*_labelled(data, labels), *others])]


def _as_guessed(data: Buffer, label: str) -> Iterator[str]:
    """What browsers make of bytes by looking at them, where the label is none of theirs or does not fit."""
    for letters, codec in () if _is_ascii(data) else _WIDE_LETTERS:
        if letters.search(data) is not None:
            yield str(data, codec, "replace")
    if bytes(data[:4]) in _MARKS_IN_SEVEN:
        # Browsers know no UTF-7 (WHATWG Encoding 4.2): to them the mark is text.
        yield decode(b"\n" + bytes(data), label)
    elif _ASCII_PAGE.match(data) is not None and is_wide(label):
        yield decode(bytes(data).replace(b"\0", b""))


def _is_ascii(data: Buffer) -> bool:
    """Whether nothing but ASCII is in it, which costs less than a search for any other byte."""
    return all(bytes(data[at : at + 65_536]).isascii() for at in range(0, len(data), 65_536))


def _labelled(data: Buffer, labels: Sequence[str]) -> list[str]:
    found = {decode(data, labels[0]): None}
    others = [label for label in labels[1:] if is_apart(label) or is_another(label, labels[0])]
    if is_apart(labels[0]) and b"\0" not in bytes(data[:_GUESSED]):
        others.append("")
    found.update((decode(data, label), None) for label in others)
    return [*found]


def is_another(label: str, first: str = "") -> bool:
    """Whether a label means a charset in which letters, or wide letters, read as noise in others; and not the first."""
    codec = codec_of(label)
    return codec in _NOISE and codec != codec_of(first)


def guessed(start: bytes) -> str | None:
    """The wide codec that the zeros among some first bytes speak for, or None: every second byte, or three of four."""
    half = len(start) // 2
    if half < _FEWEST:
        return None
    even, odd = start[: 2 * half : 2], start[1 : 2 * half : 2]
    for codec, zeros, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if 4 * zeros.count(0) >= 3 * half and not _CONTROLS.search(letters):
            return codec
    four = start[: len(start) // 4 * 4]
    for codec, letters in (("utf-32-le", four[::4]), ("utf-32-be", four[3::4])):
        if four.count(0) >= 3 * len(letters) and not _CONTROLS.search(letters):
            return codec
    return None


def _escaped(data: Buffer, text: str) -> str:
    """ASCII with escapes of ISO 2022 in it is what they make of it, whatever the label says."""
    if "\x1b" not in text or not any(escape in bytes(data) for escape in _ESCAPES):
        return text
    return _strictly(data, "iso2022_jp_2") or text


def whole(text: str) -> str:
    """Text with its surrogate pairs joined and its lone surrogates replaced: some encodings let them through."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _marked(start: bytes) -> str | None:
    if not start.startswith(_MARKS):
        return None
    return next(codec for mark, codec in _BYTE_ORDER_MARKS if start.startswith(mark))


def _strictly(data: Buffer, codec: str) -> str | None:
    try:
        return str(data, codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _somehow(data: Buffer, codec: str | None) -> str:
    """Text of data that is not well-formed in its charset; without errors handled one by one, which takes seconds."""
    if codec == "utf-8":
        return str(_OVERLONG.sub(_short, _SURROGATE_PAIR.sub(_joined, data)), codec, "replace")
    if codec in _EAST_ASIAN:
        return str(data, codec, "replace")
    if codec is None or _SINGLE_BYTE.match(codec):
        return codecs.charmap_decode(data, "strict", _table(codec or "cp1252"))[0]
    return str(data[:_PATIENCE], codec, "replace") + _somehow(data[_PATIENCE:], None)


def _short(match: re.Match[bytes]) -> bytes:
    """The ASCII or Latin character that too many bytes were used for."""
    code = 0
    for byte in match[0][1:]:
        code = code << 6 | (byte & 63)
    first = match[0][0]
    return chr(code | (first & 31) << 6 if first < 0xE0 else code).encode()


def _joined(match: re.Match[bytes]) -> bytes:
    """The character beyond the first plane of which both surrogates were encoded (CESU-8)."""
    pair = match[0].decode("utf-8", "surrogatepass")
    return pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()


@cache
def _table(codec: str) -> str:
    """The 256 characters of a single-byte charset, with a replacement in its empty places."""
    return "".join(str(bytes([code]), codec, "replace") for code in range(256))
