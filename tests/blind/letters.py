"""Cases about charsets and letters: rows C09 to C20."""

# ruff: noqa: E501 (tables of one case a line)

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import partial

from tests.blind import Case, Matter
from tests.blind.carriers import HELLO, Load, entity, multipart, worded

CHARSETS = [
    ("utf-16", "utf-16"), ("utf-16", "utf-16-le"), ("utf-16le", "utf-16-le"), ("utf-16be", "utf-16-be"), ("utf-16", "utf-16-be"),
    ("unicode", "utf-16"), ("ucs-2", "utf-16-le"), ("utf-32", "utf-32"), ("utf-32le", "utf-32-le"), ("utf-32be", "utf-32-be"),
    ("hz-gb-2312", "hz"), ("iso-2022-jp", "iso2022_jp"), ("iso-2022-kr", "iso2022_kr"), ("iso-2022-jp-2", "iso2022_jp_2"),
    ("shift_jis", "cp932"), ("gb18030", "gb18030"), ("big5", "big5"), ("euc-kr", "euc_kr"), ("koi8-r", "koi8-r"),
    ("windows-1251", "cp1251"), ("iso-8859-8", "iso8859-8"), ("macintosh", "mac-roman"), ("ibm437", "cp437"), ("johab", "johab"),
]  # fmt: skip
EBCDIC = [("cp037", "cp037"), ("ibm037", "cp037"), ("cp500", "cp500"), ("ibm500", "cp500"), ("ibm01140", "cp1140"),
          ("ebcdic-cp-us", "cp037"), ("cp1140", "cp1140"), ("ibm273", "cp273"), ("ibm1026", "cp1026"), ("cp424", "cp424")]  # fmt: skip
UNKNOWN = [
    "x-nobody", "utf-8\0", "", " ", "utf8;", "'utf-8'", '"utf-8"', "utf-8 (x)", "=?utf-8?q?utf-8?=", "utf_8", "utf-88", "unknown-8bit",
    "default", "8bit", "iso-8859-99", "utf-8; charset=utf-16", "utf-8, utf-16", "charset=utf-8", "windows-65001", "x-user-defined",
]  # fmt: skip
PYTHON = [
    "unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined", "rot13", "rot_13", "hex", "hex_codec", "zlib", "bz2",
    "base64_codec", "quopri", "uu", "mbcs", "oem", "charmap", "unicode_internal", "string_escape", "utf-8-sig",
]  # fmt: skip


def _in(label: str, codec: str) -> Callable[[str], bytes]:
    kind = f"text/plain; charset={label}".encode()
    return lambda text: multipart(HELLO, entity(Load(f"hello, {text}".encode(codec), kind)))


def _seven() -> dict[str, Callable[[str], bytes]]:
    """UTF-7: some letters, or all, in its own base64."""
    kind = b"text/plain; charset=utf-7"

    def made(write: Callable[[str], bytes]) -> Callable[[str], bytes]:
        return lambda text: multipart(HELLO, entity(Load(write(text), kind)))

    def whole(text: str) -> bytes:
        return b"+" + _shifted(text) + b"-"

    return {
        "utf-7-plain": made(lambda text: text.encode("utf-7")),
        "utf-7-whole": made(whole),
        "utf-7-some": made(lambda text: b"+" + _shifted(text[:6]) + b"-" + text[6:].encode()),
        "utf-7-each": made(lambda text: b"".join(b"+" + _shifted(letter) + b"-" for letter in text)),
        "utf-7-digits": made(
            lambda text: b"".join(b"+" + _shifted(c) + b"-" if c.isdigit() else c.encode() for c in text)
        ),
    }


def _shifted(text: str) -> bytes:
    import base64

    return base64.b64encode(text.encode("utf-16-be")).rstrip(b"=")


def _body(data: bytes, kind: bytes = b"text/plain; charset=utf-8") -> bytes:
    return multipart(HELLO, entity(Load(data, kind)))


ESCAPES: dict[str, Callable[[str], bytes]] = {
    "iso-2022-jp-ascii-again": lambda text: _body(b"\x1b(B".join(c.encode() for c in text), b"text/plain; charset=iso-2022-jp"),
    "iso-2022-jp-roman": lambda text: _body(b"\x1b(J" + text.encode() + b"\x1b(B", b"text/plain; charset=iso-2022-jp"),
    "iso-2022-jp-wide": lambda text: _body(_wide(text).encode("iso2022_jp"), b"text/plain; charset=iso-2022-jp"),
    "iso-2022-jp-unlabelled": lambda text: _body(b"\x1b(B".join(c.encode() for c in text), b"text/plain; charset=us-ascii"),
    "hz-wide": lambda text: _body(_wide(text).encode("hz"), b"text/plain; charset=hz-gb-2312"),
    "hz-breaks": lambda text: _body(text.encode()[:5] + b"~\n" + text.encode()[5:], b"text/plain; charset=hz-gb-2312"),
    "shift-out": lambda text: _body(b"\x0f".join(c.encode() for c in text), b"text/plain; charset=iso-2022-kr"),
}  # fmt: skip
BROKEN: dict[str, Callable[[str], bytes]] = {
    "ascii-with-utf-8": lambda text: _body(b"\xc3\xa9 " + text.encode(), b"text/plain; charset=us-ascii"),
    "ascii-with-latin": lambda text: _body(b"\xe9 " + text.encode(), b"text/plain; charset=us-ascii"),
    "utf-8-with-latin": lambda text: _body(b"\xe9 " + text.encode() + b"\xff"),
    "overlong": lambda text: _body(b"".join(bytes([0xC0 | c >> 6, 0x80 | c & 63]) for c in text.encode())),
    "overlong-some": lambda text: _body(text.encode().replace(b"E", b"\xc1\x85").replace(b"L", b"\xc1\x8c")),
    "overlong-three": lambda text: _body(b"".join(bytes([0xE0, 0x80 | c >> 6, 0x80 | c & 63]) for c in text.encode())),
    "lone-surrogates": lambda text: _body(b"\xed\xa0\x80".join(c.encode() for c in text)),
    "surrogate-pairs": lambda text: _body("".join(chr(0x1D400 + ord(c) - 65) if "A" <= c <= "Z" else c for c in text).encode("utf-16-be").decode("utf-16-be").encode()),
    "cesu": lambda text: _body(_cesu("".join(chr(0x1D400 + ord(c) - 65) if "A" <= c <= "Z" else c for c in text))),
    "truncated-letter": lambda text: _body(text.encode() + b"\xe2\x82"),
    "utf-16-odd": lambda text: _body(text.encode("utf-16-le") + b"x", b"text/plain; charset=utf-16le"),
    "utf-16-lone": lambda text: _body(b"\x00\xd8".join(c.encode("utf-16-le") for c in text), b"text/plain; charset=utf-16le"),
}  # fmt: skip
PAGES: dict[str, Callable[[str], bytes]] = {
    "meta-utf-16": lambda text: _body(b"<html><meta charset=utf-16>" + text.encode(), b"text/html"),
    "meta-utf-7": lambda text: _body(b"<html><meta charset=utf-7>+" + _shifted(text) + b"-", b"text/html"),
    "meta-utf-7-and-field": lambda text: _body(b"<html><meta charset=utf-7>+" + _shifted(text) + b"-", b"text/html; charset=utf-8"),
    "field-utf-7-and-meta": lambda text: _body(b"<html><meta charset=utf-8>+" + _shifted(text) + b"-", b"text/html; charset=utf-7"),
    "meta-ebcdic": lambda text: _body(b"<html><meta charset=ibm037>" + text.encode("cp037"), b"text/html"),
    "meta-ebcdic-and-field": lambda text: _body(b"<html><meta charset=ibm037>" + text.encode("cp037"), b"text/html; charset=utf-8"),
    "mark-and-field": lambda text: _body(f"\ufeff<html>{text}".encode("utf-16-le"), b"text/html; charset=utf-8"),
    "mark-and-meta": lambda text: _body(f"\ufeff<html><meta charset=utf-7>{text}".encode(), b"text/html"),
    "mark-and-field-wide": lambda text: _body(b"\xef\xbb\xbf<html>" + text.encode(), b"text/html; charset=utf-16"),
    "field-wide-bytes-not": lambda text: _body(b"<html>" + text.encode(), b"text/html; charset=utf-16le"),
    "field-wide-text": lambda text: _body(text.encode(), b"text/plain; charset=utf-16be"),
    "second-meta": lambda text: _body(b"<html><meta charset=utf-8><meta charset=utf-7>+" + _shifted(text) + b"-", b"text/html"),
    "charset-twice": lambda text: _body(text.encode("utf-16-le"), b"text/plain; charset=utf-8; charset=utf-16le"),
    "charset-twice-reversed": lambda text: _body(text.encode(), b"text/plain; charset=utf-16le; charset=utf-8"),
    "charset-pieces": lambda text: _body(text.encode("utf-16-le"), b"text/plain; charset*0=utf; charset*1=-16le"),
    "charset-extended": lambda text: _body(text.encode("utf-16-le"), b"text/plain; charset*=us-ascii'en'utf-16le"),
    "xml-encoding": lambda text: _body(f"<?xml version='1.0' encoding='utf-16'?><html>{text}".encode("utf-16"), b"application/xml"),
}  # fmt: skip


def _cesu(text: str) -> bytes:
    units = text.encode("utf-16-be")
    return b"".join(
        chr(units[i] << 8 | units[i + 1]).encode("utf-8", "surrogatepass") for i in range(0, len(units), 2)
    )


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def charsets() -> Iterator[Case]:
    """C09 to C14."""
    yield from worded("C09", {f"{label}-{codec}": _in(label, codec) for label, codec in CHARSETS})
    yield from worded("C09", {**_seven(), **ESCAPES})
    yield from worded("C10", {f"{label}-{codec}": _in(label, codec) for label, codec in EBCDIC})
    yield from worded("C11", {f"{number}": _in(label, "utf-8") for number, label in enumerate(UNKNOWN, 1)})
    yield from worded("C12", {label: _in(label, "utf-8") for label in PYTHON})
    yield from worded("C13", BROKEN)
    yield from worded("C14", PAGES)


DIGITS = {
    "full-width": "０１２３４５６７８９", "arabic": "٠١٢٣٤٥٦٧٨٩", "persian": "۰۱۲۳۴۵۶۷۸۹", "devanagari": "०१२३४५६७८९", "thai": "๐๑๒๓๔๕๖๗๘๙",
    "bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "double-struck": "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡", "monospace": "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿", "superscript": "⁰¹²³⁴⁵⁶⁷⁸⁹", "subscript": "₀₁₂₃₄₅₆₇₈₉",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨", "negative-circled": "⓿❶❷❸❹❺❻❼❽❾", "dingbat": "⓪➀➁➂➃➄➅➆➇➈", "dingbat-negative": "⓿➊➋➌➍➎➏➐➑➒",
    "segmented": "🯰🯱🯲🯳🯴🯵🯶🯷🯸🯹", "double-circled": "⓪⓵⓶⓷⓸⓹⓺⓻⓼⓽", "khmer": "០១២៣៤៥៦៧៨៩", "tamil": "௦௧௨௩௪௫௬௭௮௯", "sans": "𝟢𝟣𝟤𝟥𝟦𝟧𝟨𝟩𝟪𝟫",
    "keycap": None,
}  # fmt: skip
SPACES = [
    "\u00a0", "\u2009", "\u202f", "\u2007", "\u3000", "\u2002", "\u2003", "\u200a", "\u205f", "\u1680", "\t", "\u2028", "\u2029", "\x85", "\x0b",
    "\x0c", "\x1c", "\x1f", "\u2800", "\u3164", "  \u00a0 ", "\ufffc ",
]  # fmt: skip
UNSEEN = [
    *(chr(code) for code in range(0x200B, 0x2010)), *(chr(code) for code in range(0x2060, 0x2065)), *(chr(code) for code in range(0x202A, 0x202F)),
    *(chr(code) for code in range(0x2066, 0x2070)), "\ufeff", "\u00ad", "\u034f", "\u061c", "\u180e", "\u17b4", "\u17b5", "\u180b", "\ufe00",
    "\ufe0f", "\U000e0001", "\U000e0020", "\U000e0061", "\U000e007f", "\U000e0100", "\ufff9", "\ufffb", "\U0001d173", "\U0001bca0", "\x01", "\x08",
    "\x7f", "\x1b", "\x80", "\x9f", "\ufff0", "\u2065", "\u180f", "\ufffe", "\U0001fffe",
]  # fmt: skip
LOOK_ALIKES = {
    "cyrillic": ("ABEKMHOPCTYXabeopcyxisjdl", "АВЕКМНОРСТУХаЬеорсухіѕјԁӏ"), "greek": ("ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"),
    "cherokee": ("DRTAEWMHGSPKBLZ", "ᎠᎡᎢᎪᎬᎳᎷᎻᏀᏚᏢᏦᏴᏞᏃ"), "small-capitals": ("ABCDEGHIJKLMNOPRTUVWYZ", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ"),
    "armenian": ("UOSL", "ՍՕՏԼ"), "coptic": ("BEHKMNOPCTYXAGI", "ⲂⲈⲎⲔⲘⲚⲞⲢⲤⲦⲨⲬⲀⲄⲒ"), "lisu": ("BPDTGKJCZFMNLSRVHWXYAEIOU", "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ"),
    "leet": ("OEAIS", "0341$"), "leet-at": ("AEO", "@30"), "leet-few": ("E", "3"), "roman-numerals": ("ILCDM", "ⅠⅬⅭⅮⅯ"),
    "letterlike": ("BEMRLNPQCZH", "ℬℰℳℛℒℕℙℚℂℤℍ"), "strokes": ("DOLHBTU", "ĐØŁĦɃŦɄ"), "old-italic": ("ABEIMOTX", "𐌀𐌁𐌄𐌉𐌌𐌏𐌕𐌗"),
}  # fmt: skip
STYLES = {
    "bold": 0x1D400, "italic": 0x1D434, "bold-italic": 0x1D468, "bold-script": 0x1D4D0, "bold-fraktur": 0x1D56C, "double-struck": 0x1D538, "sans": 0x1D5A0,
    "sans-bold": 0x1D5D4, "monospace": 0x1D670, "circled": 0x24B6, "negative-circled": 0x1F150, "squared": 0x1F130, "negative-squared": 0x1F170,
    "parenthesised": 0x1F110, "regional": 0x1F1E6, "full-width": 0xFF21,
}  # fmt: skip
MARKS = [
    "\u0301",
    "\u0336",
    "\u0308",
    "\u20dd",
    "\u20e0",
    "\u0489",
    "\u0332",
    "\u035c",
    "\u1dc4",
    "\u3099",
    "\u0f39",
    "\ufe20",
    "\u0300\u0301\u0302\u0336",
]


def _texted(change: Callable[[str], str]) -> Callable[[Matter], bytes]:
    return lambda matter: _body(change(matter.text).encode("utf-8", "surrogatepass"))


def _timed(change: Callable[[str], str]) -> Callable[[Matter], bytes]:
    return lambda matter: _body(change(matter.time).encode())


def _styled(first: int) -> Callable[[str], str]:
    return lambda text: "".join(
        chr(first + ord(c) - 65)
        if "A" <= c <= "Z" and unicodedata.category(chr(first + ord(c) - 65)) != "Cn"
        else c
        for c in text
    )


def _swapped(plain: str, alike: str) -> Callable[[str], str]:
    table = str.maketrans(plain, alike)
    return lambda text: text.upper().translate(table)


def _digits(digits: str | None) -> Callable[[str], str]:
    if digits is None:
        return lambda text: "".join(f"{c}\ufe0f\u20e3" if c.isdigit() else c for c in text)
    return lambda text: text.translate(str.maketrans("0123456789", digits))


def letters() -> Iterator[Case]:
    """C15 to C19: digits, spaces, what is not seen, what looks alike, marks upon letters."""
    for name, digits in DIGITS.items():
        yield Case("C15", name, _timed(_digits(digits)))
    for space in SPACES:
        yield Case(
            "C16",
            f"space-{ord(space[0]):04x}-{len(space)}",
            _texted(partial(lambda s, text: text.replace(" ", s), space)),
        )
    for name, colon in {
        "ratio": "∶",
        "full-width": "：",
        "modifier": "꞉",
        "full-stop": ".",
        "middle-dot": "·",
        "arabic": "٫",
        "one-dot": "․",
        "ideographic": "。",
    }.items():
        yield Case(
            "C16", f"time-{name}", _timed(partial(lambda c, text: text.replace("09:30", f"09{c}30"), colon))
        )
    for unseen in UNSEEN:
        yield Case("C17", f"{ord(unseen):05x}", _texted(partial(lambda u, text: u.join(text), unseen)))
        yield Case(
            "C17",
            f"{ord(unseen):05x}-once",
            _texted(partial(lambda u, text: text.replace("B", f"B{u}").replace("N", f"N{u}"), unseen)),
        )
    for name, (plain, alike) in LOOK_ALIKES.items():
        yield Case("C18", name, _texted(_swapped(plain, alike)))
    for name, first in STYLES.items():
        yield Case("C18", f"style-{name}", _texted(_styled(first)))
    for mark in MARKS:
        yield Case(
            "C19",
            f"{ord(mark[0]):04x}-{len(mark)}",
            _texted(partial(lambda m, text: "".join(c + m if c.isalnum() else c for c in text), mark)),
        )
        yield Case(
            "C19",
            f"digits-{ord(mark[0]):04x}-{len(mark)}",
            _timed(partial(lambda m, text: "".join(c + m if c.isdigit() else c for c in text), mark)),
        )
