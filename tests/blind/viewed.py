"""What viewers of PDF files show of strings, streams and letters that are written in a rare way (D14 to D16)."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping

from reportlab.pdfgen.canvas import Canvas

from tests.blind import Case
from tests.blind.office import Write, spread
from tests.blind.pages import PAGE, canvas, objects, shown, stream

NO_BREAK, SOFT, JOINER = "\xa0", "\xad", "\u200d"


def _literal(text: str) -> bytes:
    return b"(" + text.encode("utf-8") + b")"


def _wide(text: str) -> bytes:
    return b"<" + (b"\xfe\xff" + text.encode("utf-16-be")).hex().encode() + b">"


def _remark(string: bytes) -> bytes:
    """A file with a string that no page leads to."""
    return objects(PAGE, b"<</X" + string + b">>")


def _packed(data: bytes, told: bytes) -> bytes:
    """A stream packed in the way that is told."""
    return b"<<" + told + b"/Length %d>>stream\n" % len(data) + data + b"\nendstream"


def _form(text: str) -> bytes:
    return f"<xdp:xdp xmlns:xdp='x'><field><value>{text}</value></field></xdp:xdp>".encode()


def runs(data: bytes) -> bytes:
    """Bytes as they are, as RunLengthDecode has them."""
    pieces = (data[at : at + 128] for at in range(0, len(data), 128))
    return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces) + b"\x80"


def codes(data: bytes) -> bytes:
    """Bytes as LZW has them that has learned nothing: it is told to forget before it would need longer codes."""
    bits = (
        "".join(f"{256:09b}" * (at % 200 == 0) + f"{byte:09b}" for at, byte in enumerate(data)) + f"{257:09b}"
    )
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _apart(text: str, step: float) -> bytes:
    """A page that draws each letter of a long text for itself."""
    said = f"{text}. " * 3

    def draw(page: Canvas) -> None:
        for place, letter in enumerate(said):
            if letter != " ":
                page.drawString(40 + step * (place % 25), 700 - 20 * (place // 25), letter)

    return canvas(draw)


def _checked_wrongly(text: str) -> bytes:
    """A form in a stream whose checksum is wrong: viewers ask for none."""
    return _packed(zlib.compress(_form(text))[:-4] + b"\0\0\0\0", b"/Filter/FlateDecode")


def _revised_often(text: str, times: int) -> bytes:
    """A file whose first state said it, and that was added to so often."""
    old = objects(stream(shown(text)))
    for _ in range(times):
        place = len(old)
        new = b"4 0 obj\n" + PAGE + b"\nendobj\n"
        table = b"xref\n4 1\n%010d 00000 n \ntrailer<</Size 5/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        old += new + table % (place, old.rindex(b"xref\n", 0, -30), place + len(new))
    return old


def _locked_files(text: str) -> bytes:
    """A file whose pages are open, and whose attachments have a password."""
    whole = objects(
        PAGE,
        _packed(zlib.compress(text.encode())[::-1], b"/Type/EmbeddedFile"),
        b"<</Filter/Standard/V 4/R 4/Length 128/P -44/CF<</StdCF<</AuthEvent/EFOpen/CFM/AESV2/Length 16>>>>"
        b"/StmF/Identity/StrF/Identity/EFF/StdCF/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">>>",
    )
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 6 0 R/ID[<00><00>]")


PDF: Mapping[str, tuple[str, Write]] = {
    "no-break-blanks": ("D14", lambda text: _remark(_wide(text.replace(" ", NO_BREAK)))),
    "soft-hyphen": ("D14", lambda text: _remark(_wide(f"{text} by{SOFT}the way"))),
    "joiner": ("D14", lambda text: _remark(_wide(f"{text} by the way {JOINER}!"))),
    "tab": ("D14", lambda text: _remark(_literal(f"{text}\tby the way"))),
    "language": ("D14", lambda text: _remark(_wide(f"\x1ben\x1b{text}"))),
    "utf-8": ("D14", lambda text: _remark(_literal(f"\ufeff{text} f\u00fcr alle"))),
    "brackets": ("D14", lambda text: _remark(_literal(f"{text} (a (b (c (d))))"))),
    "little-endian": (
        "D14",
        lambda text: _remark(b"<" + (b"\xff\xfe" + text.encode("utf-16-le")).hex().encode() + b">"),
    ),
    "script-stream": (
        "D14",
        lambda text: objects(
            PAGE, stream(f"app.alert('{text}');".encode()), root="/OpenAction<</S/JavaScript/JS 5 0 R>>"
        ),
    ),
    "value-stream": (
        "D14",
        lambda text: objects(PAGE, stream(b"\xfe\xff" + text.encode("utf-16-be")), b"<</FT/Tx/V 5 0 R>>"),
    ),
    "form-digits": (
        "D14",
        lambda text: objects(PAGE, _packed(_form(text).hex().encode() + b">", b"/Filter/ASCIIHexDecode")),
    ),
    "form-letters": (
        "D14",
        lambda text: objects(PAGE, _packed(base64.a85encode(_form(text)) + b"~>", b"/Filter[/A85]")),
    ),
    "form-runs": ("D14", lambda text: objects(PAGE, _packed(runs(_form(text)), b"/Filter/RunLengthDecode"))),
    "form-codes": ("D14", lambda text: objects(PAGE, _packed(codes(_form(text)), b"/Filter/LZWDecode"))),
    "form-twice": (
        "D14",
        lambda text: objects(
            PAGE,
            _packed(
                zlib.compress(_form(text)).hex().encode() + b">", b"/Filter[/ASCIIHexDecode/FlateDecode]"
            ),
        ),
    ),
    "form-elsewhere": (
        "D14",
        lambda text: objects(PAGE, _packed(zlib.compress(_form(text)), b"/Filter 6 0 R"), b"/FlateDecode"),
    ),
    "form-escaped": (
        "D14",
        lambda text: objects(PAGE, _packed(zlib.compress(_form(text)), b"/Filter/#46late#44ecode")),
    ),
    "form-checksum": ("D14", lambda text: objects(PAGE, _checked_wrongly(text))),
    "form-far": (
        "D14",
        lambda text: objects(
            PAGE, _packed(zlib.compress(_form(text)), b"/Filter/FlateDecode" + b" " * 5_000)
        ),
    ),
    "form-return": (
        "D14",
        lambda text: objects(PAGE, stream(_form(text)).replace(b">>stream\n", b">>stream\r")),
    ),
    "form-blank": (
        "D14",
        lambda text: objects(PAGE, stream(_form(text)).replace(b">>stream\n", b">> stream \n")),
    ),
    "named-object": (
        "D14",
        lambda text: objects(
            PAGE, _packed(zlib.compress(_form(text)), b"/Filter/FlateDecode/Title(of an obj (ect))")
        ),
    ),
    "digits-off-page": (
        "D15",
        lambda text: objects(
            PAGE, stream(b"BT /F1 12 Tf 72 200 Td <" + text.encode().hex().encode() + b"> Tj ET")
        ),
    ),
    "gaps-off-page": (
        "D15",
        lambda text: objects(
            PAGE, stream(b"BT /F1 12 Tf [(" + text.replace(" ", ")-300(").encode() + b")]TJ ET")
        ),
    ),
    "mirrored": (
        "D15",
        lambda text: canvas(
            lambda page: (page.translate(500, 100), page.scale(-1, 1), page.drawString(0, 0, text[::-1]))
        ),
    ),
    "letters-14": ("D15", lambda text: _apart(text, 14)),
    "letters-20": ("D15", lambda text: _apart(text, 20)),
    "spaced": (
        "D15",
        lambda text: objects(
            stream(b"BT /F1 4 Tf 3 Tc 9 TL 9 200 Td" + f" ({text}.) Tj T*".encode() * 3 + b" ET"),
        ),
    ),
    "many-revisions": ("D15", lambda text: _revised_often(text, 4)),
}
CLOSED_PDF: Mapping[str, tuple[str, Write]] = {
    "unknown-filter": ("D14", lambda text: objects(PAGE, _packed(_form(text), b"/Filter/Brotli"))),
    "predicted": (
        "D14",
        lambda text: objects(
            PAGE,
            _packed(
                zlib.compress(_form(text)), b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 8>>"
            ),
        ),
    ),
    "files-locked": ("D16", _locked_files),
    "too-many-revisions": ("D15", lambda text: _revised_often(text, 20)),
}


def all_cases() -> Iterator[Case]:
    """Every case of this module."""
    for name, (row, write) in PDF.items():
        yield from spread(row, {f"viewed-pdf-{name}": write})
    for name, (row, write) in CLOSED_PDF.items():
        yield from spread(row, {f"viewed-pdf-{name}": write}, doubtful=True)
