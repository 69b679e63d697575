"""Leaves to text: what one decoded body is, what can be read of it here, and what a scanner has to open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gateway.message import (
    charsets,
    cms,
    data_files,
    embedded,
    endings,
    holding,
    html,
    limits,
    media,
    media_types,
    metafiles,
    pictures,
    quoted,
    remarks,
    reused,
    sniff,
    tables,
    transfer,
    written,
)
from gateway.message.gathered import Gathered
from gateway.message.sniff import Kind
from gateway.message.structure import Plan, named
from gateway.model import Document, PartKind, Reason

Bytes = bytes | memoryview

_FOUND: Final = named("")
"""The plan of what stands inside a text: what it is shows in its bytes."""


@dataclass(slots=True)
class Collector(Gathered):
    """Reads leaves, and gathers what is in them."""

    def another(self) -> Collector:
        """One for a mail that stands inside, which counts for itself; pictures wait in one place."""
        return Collector(pictures=self.pictures)

    def raw_text(self, path: str, buffer: bytes, start: int, end: int) -> None:
        """Add bytes that are no proper part as the text they seem to be."""
        if start < end:
            data = memoryview(buffer)[start:end]
            self.text(path, PartKind.BODY, charsets.decode(data))
            self.look_inside(path, data)

    def look_inside(self, path: str, data: Bytes, *, thorough: bool = False) -> None:
        """Take up what stands inside a text: files are read at once, parts with headers wait for the reader."""
        found = embedded.look(data, thorough=thorough)
        if found is None:
            return
        if found.foreign:
            self.mark(path, Reason.UNSUPPORTED)
        if found.more:
            self.mark(path, Reason.TOO_LARGE)
        if path.count("/") >= limits.DEPTH:
            self.mark(path, Reason.TOO_DEEP)
            return
        self.inside += ((f"{path}/{number}/", part, True) for number, part in enumerate(found.parts, 1))
        for file in found.files:
            self.content(f"{path}/0", _FOUND, file, quiet=False)
        for guess, shortened in found.guesses:
            self._guessed(f"{path}/0", _FOUND, guess, rare=shortened)

    def leaf(
        self, path: str, plan: Plan, buffer: bytes, start: int, end: int, *, quiet: bool = False
    ) -> None:
        """Decode and read one leaf; `quiet`: it is known to be part of something unreadable, and not marked again."""
        if plan.unknown_encoding:
            self.mark(path, Reason.UNSUPPORTED)
        for encoding in plan.encodings:
            decoded = transfer.decode(encoding, buffer, start, max(start, end))
            if decoded.doubtful:
                self.mark(path, Reason.AMBIGUOUS)
            if decoded.rest:
                self.raw_text(path, decoded.rest, 0, len(decoded.rest))
            self.content(path, plan, decoded.data, quiet=quiet)
            if decoded.irregular and encoding == "base64":
                if transfer.has_junk(buffer, start, end):
                    self.raw_text(path, buffer, start, end)
                self._other_readings(
                    path, plan, bytes(decoded.data), transfer.other_readings(buffer, start, end)
                )
            elif decoded.irregular and not quoted.is_strict(buffer, start, end):
                self._mended(path, plan, buffer[start:end])

    def _other_readings(self, path: str, plan: Plan, taken: bytes, others: Iterable[bytes]) -> None:
        """Readings of base64 with junk before it: one that says something is not passed over for one that does not."""
        for other in others:
            if other != taken and sniff.says_something(other):
                self.mark(path, Reason.AMBIGUOUS)
                self.content(path, plan, other, quiet=True)

    def _mended(self, path: str, plan: Plan, region: bytes) -> None:
        """Other readings of quoted-printable."""
        if quoted.is_riddled(region):
            self.mark(path, Reason.TOO_LARGE)
        for other, rare in quoted.readings(region, lines=plan.kind is PartKind.BODY):
            self._guessed(path, plan, other, rare=rare)

    def _guessed(self, path: str, plan: Plan, data: bytes, *, rare: bool) -> None:
        """What may be a reading; of a file that few would read so, or that a likelier one shows, only the digest."""
        if rare and sniff.kind(data) in sniff.DOCUMENTS:
            self.file(path, data)
        else:
            self.content(path, plan, data, quiet=True)

    def written(self, path: str, plan: Plan, data: Bytes) -> None:
        """Add text or a page that is part of a file, and no leaf of its own."""
        if plan.media_type in media_types.PAGES:
            self._page(path, plan, data)
        else:
            self._plain(path, plan, data)

    def content(self, path: str, plan: Plan, data: Bytes, *, quiet: bool) -> None:
        """Read one decoded leaf by what it is, whatever it is called."""
        if plan is not _FOUND:
            self._content(path, plan, data, quiet=quiet)
        elif self.news(path, data, quiet=quiet):
            self.within += 1
            self._content(path, plan, data, quiet=quiet)
            self.within -= 1

    def _content(self, path: str, plan: Plan, data: Bytes, *, quiet: bool) -> None:
        if len(data) == 0:
            return
        found = sniff.kind(data)
        shown = found in (Kind.MEDIA, Kind.UNKNOWN)
        picture = shown and media.is_picture(data)
        recording = shown and not picture and media.is_recording(data)
        self.file(path, data, picture=picture, recording=recording)
        for end in endings.others(data, found):
            # What was not encoded as a whole may have a line end too many, or more of the mail around it.
            self.file(path, memoryview(data)[:end])
        if holding.may_hold_parts(found, plan.media_type, data):
            self.look_inside(path, data, thorough=plan.attachment)
        if behind := sniff.zip_behind(data):
            self.content(f"{path}/0", _FOUND, memoryview(data)[behind:], quiet=quiet)
        if found is not Kind.ISO and sniff.has_disk_image(data):
            # What stands before a disk image is nothing to whoever opens the image.
            self.content(f"{path}/0", _FOUND, bytes(sniff.ISO_START) + data[sniff.ISO_START :], quiet=quiet)
        self._drawn(path, plan, data, found, quiet=quiet)
        if found is Kind.PGP and not quiet:
            self.mark(path, Reason.ENCRYPTED)
        if plan.media_type.startswith("text/"):
            self._declared_text(path, plan, data, found)
        elif found in sniff.DOCUMENTS and not media_types.is_shown(found, plan.media_type):
            self.documents.append(Document(path, plan.hint, data))
        elif plan.media_type in media_types.SMIME or cms.encloses(plan.media_type, data):
            self._smime(path, plan, data)
        elif found in (Kind.TEXT, Kind.HTML, Kind.PGP, Kind.MAIL, Kind.XML):
            self._found_text(path, plan, data, found, quiet=quiet)
        elif found is Kind.UNKNOWN and not quiet and not media.is_harmless(plan.media_type, data):
            self.mark(path, Reason.UNSUPPORTED)
            self.said(path, data_files.said(data))

    def _drawn(self, path: str, plan: Plan, data: Bytes, found: Kind, *, quiet: bool) -> None:
        """What a picture shows, and what a drawing in a page does."""
        if found is Kind.MEDIA:
            self._behind_media(path, plan, data, quiet=quiet)
            self.shown(path, data, quiet=quiet)
            self.about(path, remarks.text(data))
        elif found in (Kind.XML, Kind.HTML):
            again, more = reused.text(data)
            self.text(path, PartKind.DOCUMENT, again)
            if more:
                self.mark(path, Reason.TOO_LARGE)

    def shown(self, path: str, data: Bytes, *, quiet: bool) -> None:
        """Take up what a picture shows: a drawing's text, and the pixels for whoever can read them."""
        if metafiles.is_metafile(data):
            drawn = metafiles.read(data)
            self.text(path, PartKind.DOCUMENT, drawn.text)
            if drawn.fault is not None and not (quiet and drawn.fault is Reason.BROKEN):
                self.mark(path, drawn.fault)
            for picture in drawn.pictures:
                self.content(f"{path}/0", _FOUND, picture, quiet=True)
        elif (fault := pictures.fault(data)) is not None:
            self.mark(path, fault)
        elif self.pictures is not None and media.is_picture(data) and pictures.may_speak(data):
            self.pictures.append(Document(path, "", data))

    def _behind_media(self, path: str, plan: Plan, data: Bytes, *, quiet: bool) -> None:
        """What somebody put behind the end of a picture: programs show the picture, and unpack the rest."""
        end = media.end(data)
        rest = memoryview(data)[end:]
        found = sniff.kind(rest[: sniff.START])
        scraps = found is Kind.UNKNOWN or (found is Kind.TEXT and b"\0" in bytes(rest[: sniff.START]))
        if scraps and (quiet or media.is_trailer(rest)):
            return
        if found not in (Kind.MEDIA, Kind.EMPTY):
            self.content(f"{path}/0", _FOUND, rest, quiet=quiet)

    def _declared_text(self, path: str, plan: Plan, data: Bytes, found: Kind) -> None:
        """A text part: as text, and as the document or the page that it may be instead."""
        if sniff.is_binary(found, data):
            self.documents.append(Document(path, plan.hint, data))
            if found is not Kind.RTF and sniff.by_magic(bytes(data[:8])) is not None:
                return
        elif found is Kind.XML or (found in (Kind.MAIL, Kind.MAILBOX) and plan.attachment):
            self.documents.append(Document(path, plan.hint, data))
        page = plan.media_type in media_types.PAGES
        if page or found is Kind.HTML or plan.hint in media_types.PAGE_SUFFIXES:
            self._page(path, plan, data)
        if not page:
            self._plain(path, plan, data)
        if (
            found is Kind.UNKNOWN
            and b"\0" in bytes(data[: sniff.START])
            and not charsets.is_wide(plan.charset)
        ):
            self.mark(path, Reason.UNSUPPORTED)

    def _found_text(self, path: str, plan: Plan, data: Bytes, found: Kind, *, quiet: bool) -> None:
        """Text in a part of another type: a table, a script, a page, a picture made of text."""
        if plan.media_type in media_types.INCOMPLETE:
            self.mark(path, Reason.UNSUPPORTED)
        if not quiet and sniff.turns_binary(data) and not charsets.is_wide(plan.charset):
            self.mark(path, Reason.AMBIGUOUS)
        page = plan.media_type in media_types.PAGES or plan.media_type == "image/svg+xml"
        if page or found is Kind.HTML or plan.hint in media_types.PAGE_SUFFIXES:
            self._page(path, plan, data)
            return
        self._plain(path, plan, data, quiet=quiet)

    def _page(self, path: str, plan: Plan, data: Bytes) -> None:
        data = self.not_too_long(path, plan, data)
        if plan.media_type in media_types.ENRICHED:
            data, aside = written.from_enriched(bytes(data))
            self.text(path, plan.kind, charsets.decode(aside))
        said = html.declared_charsets(bytes(data[: limits.NAMED_CHARSET]))
        labels = (plan.charset or "".join(said[:1]), *plan.other_charsets, *said)
        for text in charsets.readings(data, labels):
            rendered = html.render(text)
            if rendered.rough:
                self.mark(path, Reason.TOO_DEEP)
            if rendered.more:
                self.mark(path, Reason.TOO_LARGE)
            if rendered.script and plan.kind is PartKind.DOCUMENT:
                # A browser shows an attached page, and what its program makes of it; no mail program does.
                self.mark(path, Reason.UNSUPPORTED)
            self._locked(path, rendered.text)
            self.text(path, plan.kind, rendered.text)
            self.lead(path, rendered.links)
            for inner in rendered.inside:
                self.content(f"{path}/0", _FOUND, inner, quiet=True)

    def _plain(self, path: str, plan: Plan, data: Bytes, *, quiet: bool = False) -> None:
        data = self.not_too_long(path, plan, data)
        wide = b"\0" in bytes(data[: sniff.START]) or charsets.is_wide(plan.charset)
        for text in charsets.readings(data, (plan.charset, *plan.other_charsets)):
            if not quiet:
                self._locked(path, text)
            if wide and not text.isspace():
                # Signs of files in a text are looked for in its letters, which are not its bytes here.
                self.look_inside(path, text.encode("utf-8", "replace"))
            if plan.media_type in media_types.FOLDED or written.is_card(text):
                self._card(path, plan, written.unfolded(text))
                continue
            self.text(path, plan.kind, text)
            for form in written.other_forms(text, delsp=plan.delsp):
                self.text(path, plan.kind, form)
            if plan.attachment or plan.media_type != "text/plain":
                self.text(path, plan.kind, "\n".join(tables.other_forms(text)))

    def _card(self, path: str, plan: Plan, card: str) -> None:
        for said in (*written.card_texts(card), *written.other_forms(card)):
            self.text(path, plan.kind, said)
        self.look_inside(path, card.encode(), thorough=True)

    def _locked(self, path: str, text: str) -> None:
        if written.is_locked(text):
            self.mark(path, Reason.ENCRYPTED)
        elif text.startswith("%!PS"):
            self.mark(path, Reason.UNSUPPORTED)

    def _smime(self, path: str, plan: Plan, data: Bytes) -> None:
        """Enveloped mail is closed; of signed mail what it encloses is read, and nothing is asked of a signature."""
        mail = cms.signed_content(bytes(data))
        if mail is None:
            signed = (
                cms.is_signed(bytes(data[:64])) or "signed" in plan.smime_type or "certs" in plan.smime_type
            )
            self.mark(path, Reason.UNSUPPORTED if signed else Reason.ENCRYPTED)
            if signed:
                self.raw_text(path, bytes(data), 0, len(data))
        elif mail and path.count("/") >= limits.DEPTH:
            self.mark(path, Reason.TOO_DEEP)
        elif mail:
            self.inside.append((f"{path}/1/", mail, False))
