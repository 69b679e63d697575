"""Measures how fast mails are read, beside Python's `email`: `python -m tests.reader_speed [KIND...] [--seconds S]`.

Each kind of mail is made here, always the same.  For each it prints megabytes of mail a second, and microseconds of
processor time a mail (best and median of the rounds that fit into S seconds), for

    read        gateway.message.read, which decodes every leaf, hashes it and takes out its text
    compat32    email.message_from_bytes with the policy compat32, which decodes nothing
    default     email.message_from_bytes with policy.default, and get_content of every part
    opened      read, and every document opened as a scanner process would
"""

from __future__ import annotations

import argparse
import base64
import io
import statistics
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.policy import SMTP
from random import Random
from typing import Final

import docx

from gateway.message import extract, read
from tests.papers import DOCX

Call = Callable[[bytes], object]

_MEBIBYTE: Final = 1_048_576
_FEWEST_ROUNDS: Final = 3
_ROUND: Final = 0.02
"""Seconds that a round should last at least, so that the clock's steps do not show."""
_SYLLABLES: Final = [first + second for first in "bdfghklmnprst" for second in "aeiou"]


@dataclass(frozen=True)
class Measured:
    """Processor seconds of one call: the best round, and the median one."""

    best: float
    median: float


def mails() -> dict[str, Callable[[], bytes]]:
    """What makes a mail of each kind, always the same bytes but for the times inside the docx."""
    return {
        "4 KiB plain": lambda: _plain(4_096, "7bit"),
        "4 KiB alternative": lambda: _alternative(4_096),
        "60 KiB HTML": lambda: _page(61_440),
        "300 KiB docx": lambda: _attached(_document(307_200), DOCX, "release.docx"),
        "25 MiB base64": lambda: _attached(_noise(18 * _MEBIBYTE), "application/octet-stream", "data.bin"),
        "25 MiB picture": lambda: _attached(_picture(18 * _MEBIBYTE), "image/png", "photo.png"),
        "1 MB quoted-printable": lambda: _plain(1_000_000, "quoted-printable"),
        "5 MB text": lambda: _plain(5_000_000, "7bit"),
        "10 MB deep multipart": lambda: _deep(10_000_000, 25),
    }


def ways() -> dict[str, Call]:
    """What is measured: name to what is done with the bytes of a mail."""
    return {"read": read, "compat32": _compat32, "default": _default, "opened": _opened}


def measured(call: Call, mail: bytes, seconds: float) -> Measured:
    """Processor time of `call(mail)` in rounds of some calls each, for about `seconds` in all."""
    first = _lasts(call, mail, 1)
    calls = max(1, int(_ROUND / max(first, 1e-7)))
    rounds = max(_FEWEST_ROUNDS, int(seconds / max(calls * first, 1e-7)))
    found = [_lasts(call, mail, calls) / calls for _ in range(rounds)]
    return Measured(min(found), statistics.median(found))


def lines(kinds: Sequence[str], seconds: float) -> Iterator[str]:
    """The table, line by line."""
    yield f"{'mail':24}{'bytes':>10}  {'way':10}{'MB/s':>9}{'best us':>13}{'median us':>13}"
    made = mails()
    for kind in kinds:
        mail = made[kind]()
        for way, call in ways().items():
            if way == "opened" and not read(mail).documents:
                continue
            found = measured(call, mail, seconds)
            speed = len(mail) / found.best / 1e6
            yield f"{kind:24}{len(mail):>10}  {way:10}{speed:>9.1f}{found.best * 1e6:>13.1f}{found.median * 1e6:>13.1f}"


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="reader_speed", description=__doc__.split(":")[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(mails())}; all unless said")
    parser.add_argument("--seconds", type=float, default=2.0, help="processor time for each figure")
    options = parser.parse_args(arguments)
    unknown = set(options.kinds) - set(mails())
    if unknown:
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    for line in lines(options.kinds or [*mails()], options.seconds):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _lasts(call: Call, mail: bytes, calls: int) -> float:
    start = time.process_time()
    for _ in range(calls):
        call(mail)
    return time.process_time() - start


def _compat32(mail: bytes) -> object:
    return message_from_bytes(mail, policy=policy.compat32)


def _default(mail: bytes) -> object:
    parsed = message_from_bytes(mail, policy=policy.default)
    return [part.get_content() for part in parsed.walk() if not part.is_multipart()]


def _opened(mail: bytes) -> object:
    return [extract(document) for document in read(mail).documents]


def _words(random: Random) -> list[str]:
    """Some thousand words, none of which means anything."""
    return ["".join(random.choices(_SYLLABLES, k=random.randint(1, 4))) for _ in range(4_000)]


def _prose(characters: int, ends: str = "\r\n") -> str:
    """Paragraphs of lines of some 70 characters, with a figure now and then."""
    random = Random(characters)
    words, found, size = _words(random), [""], 0
    while size < characters:
        word = random.choice(words) if random.random() < 0.95 else f"{random.randint(10, 99_999):,}"
        if len(found[-1]) + len(word) > 70:
            size += len(found[-1]) + len(ends)
            found.append("")
        end = "." if random.random() < 0.08 else ""
        found[-1] = f"{found[-1]} {word}{end}".strip() if random.random() < 0.995 else f"{word}.{ends}{ends}"
    return ends.join(found)[:characters]


def _headed(subject: str) -> EmailMessage:
    """A mail with the headers that one has when it comes through two servers."""
    mail = EmailMessage(policy=SMTP)
    for hop in (2, 1):
        mail["Received"] = (
            f"from out{hop}.sender.example (out{hop}.sender.example [192.0.2.{hop}]) by in{hop}.office.example"
            f" (Postfix) with ESMTPS id 4XyZ{hop}00000; Thu, 6 Mar 2031 09:1{hop}:07 +0000 (GMT)"
        )
    mail["From"] = "Anna Example <anna@sender.example>"
    mail["To"] = "Ben Example <ben@office.example>, Press Desk <press@office.example>"
    mail["Subject"] = subject
    mail["Date"] = "Thu, 06 Mar 2031 09:11:02 +0000"
    mail["Message-ID"] = "<a1b2c3d4e5f6@sender.example>"
    return mail


def _plain(size: int, encoding: str) -> bytes:
    mail = _headed("Notes of Thursday")
    if encoding == "7bit":
        mail.set_content(_prose(size - 700, "\n"), cte="7bit")
    else:
        mail.set_content(_prose(size * 4 // 5, "\n").replace("e", "é").replace("o é", "o = e"), cte=encoding)
    return mail.as_bytes()


def _alternative(size: int) -> bytes:
    """A short answer as a mail program writes it: as text, and as a page of paragraphs."""
    mail = _headed("Re: Notes of Thursday")
    said = _prose((size - 1_500) * 2 // 5, "\n")
    mail.set_content(said)
    paragraphs = "\n".join(f'<div class="elementToProof">{line}</div>' for line in said.split("\n") if line)
    style = '<style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style>'
    page = f'<html><head>\n<meta charset="utf-8">\n{style}\n</head>\n<body dir="ltr">\n{paragraphs}\n</body></html>\n'
    mail.add_alternative(page, subtype="html", cte="7bit")
    mail.set_boundary("alternative")
    return mail.as_bytes()


def _page(size: int) -> bytes:
    """A newsletter: tables in tables, a style at every tag, pictures and addresses from elsewhere, no text beside."""
    sheet = "".join(
        f".c{number} {{ width: {number * 10}px !important; font-family: Arial, sans-serif; }}\n"
        for number in range(40)
    )
    head = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Letter of the week</title>\n'
        f"<style>@media only screen and (max-width:600px) {{ {sheet} }}</style></head>\n"
        '<body style="margin:0;padding:0"><table role="presentation" width="100%" cellpadding="0"><tr><td>\n'
    )
    rows, sentences, number = [head], _prose(size, " ").split(". "), 0
    while sum(map(len, rows)) < size - 900:
        number += 1
        rows.append(
            f'<table border="0" cellpadding="0" cellspacing="0" class="c{number % 40}" style="max-width:600px"><tr>\n'
            f'<td align="left" valign="top" style="padding:18px 24px;font-family:Arial,Helvetica,sans-serif;'
            f'font-size:14px;line-height:150%;color:#202020"><a href="https://news.example/t/c/{number:032x}?u={number}'
            f'&amp;id=9" target="_blank" style="color:#00ADD8"><img src="https://img.news.example/{number}.png" '
            f'alt="Picture {number}" width="264"></a><h2 style="margin:0">{sentences[2 * number]}</h2>\n'
            f"<p>{sentences[2 * number + 1]}&nbsp;<b>{number * 97:,}</b> &ndash; read on.</p></td></tr></table>\n"
        )
    rows.append("</td></tr></table></body></html>\n")
    mail = _headed("Letter of the week")
    mail.set_content("".join(rows), subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def _document(size: int) -> bytes:
    """A report of 100 paragraphs and six tables, with a picture that fills it up to about `size` bytes."""
    report = docx.Document()
    for paragraph in _prose(40_000, " ").split(". "):
        report.add_paragraph(paragraph)
    for _ in range(6):
        table = report.add_table(rows=12, cols=5)
        for number, cell in enumerate(table._cells):
            cell.text = f"{number * 1_234.5:,}"
    report.add_picture(io.BytesIO(_picture(size - 70_000)))
    saved = io.BytesIO()
    report.save(saved)
    return saved.getvalue()


def _picture(size: int) -> bytes:
    """A PNG of so many bytes, whose pixels no program could show."""
    chunks = (
        (b"IHDR", struct.pack(">LLBBBBB", 264, 264, 8, 2, 0, 0, 0)),
        (b"IDAT", _noise(size)),
        (b"IEND", b""),
    )
    made = (
        struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def _noise(size: int) -> bytes:
    return Random(size).randbytes(size)


def _attached(data: bytes, media_type: str, name: str) -> bytes:
    """A note with a file, which is put in afterwards: the library takes seconds to encode a large one."""
    mail = _headed("The file")
    mail.set_content(_prose(1_000, "\n"))
    main, _, sub = media_type.partition("/")
    mail.add_attachment(b"@", maintype=main, subtype=sub, filename=name)
    mail.set_boundary("mixed")
    before, after = mail.as_bytes().split(base64.encodebytes(b"@").strip())
    return before + base64.encodebytes(data).strip().replace(b"\n", b"\r\n") + after


def _deep(size: int, depth: int) -> bytes:
    """Multiparts in multiparts, with ten texts on every level."""
    text = _prose(size // (depth * 10)).encode()
    inner = b"Content-Type: text/plain\r\n\r\nthe end\r\n"
    for level in reversed(range(depth)):
        parts = b"".join(b"--level%d\r\n\r\n%b\r\n" % (level, text) for _ in range(10))
        head = b'Content-Type: multipart/mixed; boundary="level%d"\r\n\r\n' % level
        inner = b"%b%b--level%d\r\n%b--level%d--\r\n" % (head, parts, level, inner, level)
    return b"From: a@sender.example\r\nSubject: deep\r\nMIME-Version: 1.0\r\n" + inner


if __name__ == "__main__":
    main(sys.argv[1:])
