"""RTF to text: groups are runs of one text, as in a reader; what stands aside (notes, fields) comes behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from gateway.message import charsets, metafiles

Bytes = bytes | memoryview

_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\", re.S
)
_BREAKS: Final = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"cell": "\t", b"nestcell": "\t",
    b"tab": "\t", b"emspace": " ", b"enspace": " ", b"qmspace": " ", b"emdash": "\u2014", b"endash": "\u2013",
    b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c", b"rdblquote": "\u201d", b"bullet": "\u2022",
}  # fmt: skip
_SYMBOLS: Final = {b"~": "\u00a0", b"_": "\u2011", b"\n": "\n", b"\r": "\n", b"\t": "\t", b"-": ""}
_NO_TEXT: Final = frozenset(
    b"fonttbl colortbl stylesheet listtable listoverridetable rsidtbl generator themedata colorschememapping"
    b" latentstyles datastore xmlnstbl mmathPr filetbl revtbl pgptbl blipuid bkmkstart bkmkend".split()
)
_ASIDE: Final = frozenset(
    b"fldinst annotation atnid atnauthor footnote header headerl headerr headerf footer footerl footerr footerf"
    b" info shpinst shptxt docvar userprops".split()
)
_CHARSETS: Final = {
    77: "macintosh", 128: "shift_jis", 129: "euc-kr", 134: "gbk", 136: "big5", 161: "windows-1253",
    162: "windows-1254", 163: "windows-1258", 177: "windows-1255", 178: "windows-1256", 186: "windows-1257",
    204: "windows-1251", 222: "windows-874", 238: "windows-1250",
}  # fmt: skip
"""Charsets of fonts; their text is in them, whatever the file says of itself."""
_OBJECTS: Final = frozenset({b"objdata", b"pict"})
"""Destinations whose text is a file in hexadecimal: embedded objects, and pictures."""
_BITMAP_HEADER: Final = b"\x28\0\0\0"
_ESCAPED: Final = b"\\{}"


@dataclass(frozen=True, slots=True)
class Rich:
    """Text of an RTF document, and the data of the objects embedded in it."""

    text: str
    objects: tuple[bytes, ...] = ()


@dataclass(slots=True)
class _Group:
    """Where text of the present group goes (None: nowhere), and how many characters stand in for a Unicode one."""

    target: list[str] | None
    stand_ins: int = 1
    optional: bool = False
    codec: str = ""


@dataclass(slots=True)
class _Reader:
    """The state while tokens go by."""

    main: list[str] = field(default_factory=list)
    aside: list[list[str]] = field(default_factory=list)
    objects: list[list[str]] = field(default_factory=list)
    stack: list[_Group] = field(default_factory=list)
    group: _Group = field(default_factory=lambda: _Group(None))
    codec: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    pending: bytearray = field(default_factory=bytearray)
    skip: int = 0
    closed: bool = False

    def write(self, text: str) -> None:
        self.flush()
        if self.group.target is not None:
            self.group.target.append(text)

    def flush(self) -> None:
        """Hexadecimal characters wait for their neighbours: in some charsets two of them are one letter."""
        if self.pending and self.group.target is not None:
            self.group.target.append(charsets.decode(bytes(self.pending), self.group.codec or self.codec))
        self.pending.clear()

    def brace(self, brace: bytes) -> None:
        self.flush()
        self.skip = 0
        if brace == b"{":
            self.stack.append(self.group)
            self.group = _Group(self.group.target, self.group.stand_ins, codec=self.group.codec)
        elif self.stack:
            self.group = self.stack.pop()
            self.closed = not self.stack

    def word(self, word: bytes, number: int) -> None:
        if word == b"u":
            self.write(chr(number & 0xFFFF))
            self.skip = self.group.stand_ins
        elif word == b"uc":
            self.group.stand_ins = min(max(number, 0), 100)
        elif word == b"ansicpg":
            self.codec = f"windows-{number}"
        elif word == b"f":
            self.flush()
            self.font, self.group.codec = number, self.fonts.get(number, "")
        elif word == b"fcharset":
            self.fonts[self.font] = _CHARSETS.get(number, "")
        elif word in _BREAKS:
            self.write(_BREAKS[word])
        else:
            self._destination(word)

    def _destination(self, word: bytes) -> None:
        if word in _NO_TEXT:
            self.group.target = None
        elif word in _OBJECTS:
            self.objects.append([])
            self.group.target = self.objects[-1]
        elif (word in _ASIDE or self.group.optional) and self.group.target is not None:
            self.aside.append([])
            self.group.target = self.aside[-1]
        self.group.optional = False

    def symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self.group.optional = True
        elif symbol in _ESCAPED:
            self.plain(symbol)
        else:
            self.write(_SYMBOLS.get(symbol, ""))

    def plain(self, data: bytes) -> None:
        if self.skip:
            taken = min(self.skip, len(data))
            self.skip -= taken
            data = data[taken:]
        if data:
            self.write(charsets.decode(data, self.group.codec or self.codec))

    def raw(self, data: bytes) -> None:
        """Bytes of an object that stand there as they are."""
        if self.objects and self.group.target is self.objects[-1]:
            self.objects[-1].append(data.hex())

    def code(self, value: int) -> None:
        if self.skip:
            self.skip -= 1
        else:
            self.pending.append(value)


def read(data: Bytes) -> Rich:
    """Text and embedded objects of an RTF document; total, one pass."""
    source = bytes(data)
    reader = _Reader()
    reader.group.target = reader.main
    position = 0
    while (token := _TOKEN.match(source, position)) is not None:
        position = token.end()
        word, number, code, symbol, brace, text = token.groups()
        if text is not None:
            reader.plain(text)
        elif word is not None:
            if word == b"bin":
                # So many raw bytes follow; they may look like anything.
                raw = source[position : position + max(0, int(number or 0))]
                position += len(raw)
                reader.raw(raw)
            reader.word(word, int(number or 0))
        elif code is not None:
            reader.code(int(code, 16))
        elif brace is not None:
            reader.brace(brace)
            if reader.closed:
                # Readers end here; what stands behind is something else.
                break
        elif symbol is not None:
            reader.symbol(symbol)
    reader.flush()
    texts = ["".join(pieces) for pieces in (reader.main, *reader.aside)]
    objects = [*map(_object, reader.objects), source[position:].strip(b"\0\r\n\t ")]
    return Rich(charsets.whole("\n".join(filter(str.strip, texts))), tuple(filter(None, objects)))


def _object(pieces: list[str]) -> bytes:
    """Embedded data from its hexadecimal digits: the compound file in it, a bitmap as a file, or as they are."""
    digits = re.sub(r"[^0-9a-fA-F]", "", "".join(pieces))
    data = bytes.fromhex(digits[: len(digits) // 2 * 2])
    if data.startswith(_BITMAP_HEADER):
        return metafiles.bitmap_file(data)
    start = data.find(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    return data[max(0, start) :]
