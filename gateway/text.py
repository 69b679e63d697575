"""Fold text so that what a reader sees as equal compares equal.

`fold` maps single characters, then line starts, then white space; so it is linear, and folding twice changes
nothing.  Nearly all mail is ASCII with some typographic quotes: only runs of other characters are looked up.
"""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_QUOTE_PREFIX = re.compile(r"\n *+>[ >]*+")
_SPACES = re.compile("  +")
_WORD = re.compile(r"[a-z0-9]+")
_LINES = {
    **{chr(code): "" for code in (*range(9), *range(14, 28), 127)},
    **dict.fromkeys("\t\x1f", " "),
    **dict.fromkeys("\r\v\f\x1c\x1d\x1e", "\n"),
    **dict.fromkeys('`"', "'"),
    **{chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)},
}
_WITH_LINES = str.maketrans(_LINES)
_ON_ONE_LINE = str.maketrans({key: value.replace("\n", " ") for key, value in {**_LINES, "\n": "\n"}.items()})

_LINE_BREAKS = "\x85\u2028\u2029"
_UNSEEN = "\u115f\u1160\u2065\ufffd" + "".join(map(chr, range(0xFFF0, 0xFFF9)))
"""Letters and symbols by category, but drawn as nothing (UAX 44 default ignorable), or where nothing could be read."""
_BLANKS = frozenset("\u2800\u3164\uffa0")
"""Drawn as a blank: the empty Braille, the fillers of Hangul."""
_NAMED_LETTER = re.compile(
    r"(?:PARENTHESIZED |NEGATIVE (?:CIRCLED|SQUARED) )?LATIN (?:(?:CAPITAL|SMALL) LETTER|LETTER SMALL CAPITAL) ([A-Z])"
    r"(?: WITH .*| BAR)?\Z|REGIONAL INDICATOR SYMBOL LETTER ([A-Z])\Z"
)
_QUOTES = (
    '`"\u00ab\u00b4\u00bb\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f'
    "\u2032\u2033\u2034\u2035\u2036\u2039\u203a\u300c\u300d\u301d\u301e\u301f"
)
_POINTS = "\u00b7\u066b\u2219\u22c5\u2027\u30fb\uff65\ua4f8"
_DECIMAL = re.compile(rf"(?<=\d)[{_POINTS}](?=\d)")
"""A decimal point in the middle of the line, as older British print has it, or of another script."""
_DASHES = "\u02d7\u2043\u2212\u2796\u30fc"
"""Dashes that Unicode does not count among them (category Pd)."""
_LOOK_ALIKES = str.maketrans(
    # Cyrillic, Greek capitals, Greek small letters, Cherokee, Latin small capitals, Armenian, Coptic, Lisu, Old
    # Italic, punctuation.
    "авекмнорстухіјѕԁһӏԛԝьԍАВЕКМНОРСТУХІЈЅԀҺӀԚԜЬԌ"
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
    "αβεικνορτυχωγϲϳ"
    "ᎠᎡᎢᎪᎬᎳᎷᎻᏀᏟᏚᏢᏦᏴᏞᏃᏙᎫ"
    "ıɑɡɩʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ"
    "հոսցօզՍՕՏԼ"
    "ⲂⲈⲎⲔⲘⲚⲞⲢⲤⲦⲨⲬⲀⲄⲒⲃⲉⲏⲕⲙⲛⲟⲣⲥⲧⲩⲭⲁⲓ"
    "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ"
    "𐌀𐌁𐌄𐌉𐌌𐌏𐌕𐌗"
    "єзɛəℯ℮θσδ∂λΛΣηπτμияшɐꭓ"
    "∕⁄∶꞉․٬",
    "abekmhopctyxijsdhlqwbgabekmhopctyxijsdhlqwbg"
    "abezhikmnoptyx"
    "abeikvoptuxwycj"
    "drtaewmhgcspkblzvj"
    "iagiyacdejkmoptuvwz"
    "hnugoquosl"
    "behkmnopctyxagibehkmnopctyxai"
    "bpdtgkjczfmnlsrvhwxyaeiou"
    "abeimotx"
    "eeeeeeooddaaenntunrwax"
    "//::.,",
)
"""Letters of other scripts drawn like ASCII ones, as far as banner words need (UTS 39)."""


def fold(text: str) -> str:
    """The folded form of any text: one line, one space between words, small letters, one dash, one quote mark.

    Compatibility forms are resolved, accents and what cannot be seen are removed, look-alike letters become ASCII,
    quote prefixes at line starts (`>`) go.  Never raises; idempotent; linear.
    """
    if ">" in text or not text.isascii():
        if any(point in text for point in _POINTS):
            text = _DECIMAL.sub(".", text)
        text = text.translate(_WHOLE) if _mixed(text) else "".join(map(_fold_run, _RUN.findall(text)))
        text = _QUOTE_PREFIX.sub("\n", "\n" + text).replace("\n", " ")
    else:
        text = text.translate(_ON_ONE_LINE)
    return _SPACES.sub(" ", text).strip(" ")


def translate(text: str, table: dict[int, int]) -> str:
    """`str.translate` for a table of ASCII characters; some characters beyond ASCII do not slow down the rest."""
    if text.isascii() or _mixed(text):
        return text.translate(table)
    return "".join(run.translate(table) if run.isascii() else run for run in _RUN.findall(text))


def words(folded: str) -> list[str]:
    """The ASCII words and numbers of a folded text, in order."""
    return _WORD.findall(folded)


def _mixed(text: str) -> bool:
    """Whether a long text has so much beyond ASCII that its runs are short: bytes that were taken for text."""
    return len(text) > _LONG and len(text.encode("utf-8", "surrogatepass")) > len(text) * 9 // 8


def _fold_run(run: str) -> str:
    return run.translate(_WITH_LINES if run.isascii() else _FOLDING)


def _fold_character(character: str) -> str:
    """One character as ASCII where a reader would take it for that, else its simplest form, which is stable."""
    if character in _BLANKS:
        return " "
    plain = unicodedata.normalize("NFKD", _letter(character)).translate(_LOOK_ALIKES).casefold()
    simpler = "".join(map(_simplest, plain))
    return character if simpler == character else _fold_character(simpler)


def _letter(character: str) -> str:
    """The ASCII letter that a character is by its name: small capitals, letters with strokes, in boxes or brackets."""
    if len(character) != 1 or character.isascii():
        return character
    named = _NAMED_LETTER.match(unicodedata.name(character, ""))
    return (named[1] or named[2]).lower() if named else character


def _simplest(character: str) -> str:
    if character in _LINE_BREAKS:
        return "\n"
    if character.isspace():
        return " " if not character.isascii() else character
    if not character.isascii() and _is_unseen(character):
        return ""
    if unicodedata.category(character) == "Pd" or character in _DASHES:
        return "-"
    if character in _QUOTES:
        return "'"
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def _is_unseen(character: str) -> bool:
    """Whether a character is drawn as nothing, or upon another, or is none (UAX 44: noncharacters)."""
    if unicodedata.category(character) in ("Cf", "Mn", "Me", "Mc", "Cs", "Cc") or unicodedata.combining(
        character
    ):
        return True
    return character in _UNSEEN or ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF


class _Folding(dict[int, str]):
    """Code point -> folded string, worked out when first met.

    Beyond the first two planes stand ideographs, private use, and characters that cannot be seen (plane 14).
    """

    def __missing__(self, code: int) -> str:
        if code >= 0x20000 and code not in _COMPATIBLE_IDEOGRAPHS:
            return "" if code >> 16 == 14 or code & 0xFFFE == 0xFFFE else chr(code)
        return self.setdefault(code, _fold_character(chr(code)))


_COMPATIBLE_IDEOGRAPHS = range(0x2F800, 0x2FA20)
_FOLDING = _Folding()
_WHOLE = _Folding({**{code: chr(code) for code in range(128)}, **_WITH_LINES})
"""The same for any character, so that a text need not be taken apart."""
_LONG = 100_000
