"""Documents to text: Office packages, old Office files, PDF, RTF, archives and mails in them; for a scanner process.

A queue, no recursion: what is found in a document joins the queue with its own path, one level deeper, under one
budget for the whole document.  Every fault is named at the path where it stands, and the rest is read all the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from gateway.message import (
    archives,
    charsets,
    compound,
    containers,
    default_password,
    iwork,
    limits,
    native,
    old_office,
    outlook,
    packages,
    pdf,
    pdf_pictures,
    reader,
    rtf,
    sniff,
    structure,
)
from gateway.message.entries import Budget, Unreadable
from gateway.message.job import Job
from gateway.message.leaves import Collector
from gateway.message.native import prepare
from gateway.message.sniff import Kind
from gateway.model import Document, Message, PartKind, Reason

__all__ = ["extract", "prepare"]

Bytes = bytes | memoryview


def extract(document: Document, collector: Collector | None = None) -> Message:
    """Text, leaves and unreadable places of one document and of everything in it; pure and total.

    A `collector` keeps what was what: here every part is one of a document.
    """
    extraction = _Extraction(collector or Collector())
    extraction.run(document)
    reading = extraction.collector.reading().message
    parts = tuple(replace(part, kind=PartKind.DOCUMENT) for part in reading.parts)
    return replace(reading, parts=parts)


@dataclass(slots=True)
class _Extraction:
    """The queue and what came out of it."""

    collector: Collector = field(default_factory=Collector)
    budget: Budget = field(default_factory=Budget)
    jobs: deque[Job] = field(default_factory=deque)
    seen: set[tuple[bytes, bool]] = field(default_factory=set)
    path: str = ""
    files: int = 0
    opened: int = 0

    def run(self, document: Document) -> None:
        """Open the document and whatever is found in it."""
        self.path = document.path
        self.jobs.append(Job(document))
        while self.jobs:
            job = self.jobs.popleft()
            try:
                self._open(job)
            except MemoryError:
                self.collector.mark(job.path, Reason.TOO_LARGE)
            except Unreadable as fault:
                self.collector.mark(job.path, fault.reason)
            except Exception:
                # Whatever a document does to its reader is the document's fault, and the lead must hear of it.
                self.collector.mark(job.path, Reason.BROKEN)

    def _open(self, job: Job) -> None:
        if job.depth > limits.NESTED_DOCUMENTS:
            self.collector.mark(job.path, Reason.TOO_DEEP)
            return
        opener = _OPENERS.get(sniff.kind(job.data))
        if opener is None:
            self._member(job, job.path, structure.named(""), job.data)
        elif job.is_in_itself:
            self.collector.mark(job.path, Reason.TOO_DEEP)
        elif not job.archives or self._is_new(job):
            opener(self, job)

    def _is_new(self, job: Job) -> bool:
        """Whether no file in an archive was the same: what it holds is known then, however often it is there."""
        known = len(self.seen)
        self.seen.add((job.digest, job.quiet))
        return len(self.seen) > known

    def open_zip(self, job: Job) -> None:
        """An Office document or an archive."""
        if self._enough_archives():
            return
        archive = archives.open_zip(job.data)
        if packages.is_package(archive):
            self._package(job, archive)
        elif (inside := self._deeper(job)) is not None:
            self._archive(inside, archive)

    def open_container(self, job: Job) -> None:
        """An archive of another kind, or a compressed file: each file in it has the path of its number."""
        inside = None if self._enough_archives() else self._deeper(job)
        if inside is None:
            return
        for number, entry in enumerate(
            containers.OPENERS[sniff.kind(job.data)](memoryview(job.data), self.budget), 1
        ):
            path = f"{job.path}/{number}"
            if entry.fault is not None:
                self.collector.mark(path, entry.fault)
            self.collector.about(path, entry.name)
            if not self._counted():
                return
            self._inner(inside, path, entry.name, entry.data)

    def _enough_archives(self) -> bool:
        if self.opened >= limits.ARCHIVES_IN_ALL:
            self.collector.mark(self.path, Reason.TOO_LARGE)
        return self.opened >= limits.ARCHIVES_IN_ALL

    def _deeper(self, job: Job) -> Job | None:
        """The job one archive deeper; None, and the place marked, where that is too deep."""
        if job.archives >= limits.ARCHIVES:
            self.collector.mark(job.path, Reason.TOO_DEEP)
            return None
        self.opened += 1
        return job.deeper()

    def _counted(self) -> bool:
        """Count one more file; False when there are more than the limit, which is named for the document as a whole."""
        self.files += 1
        if self.files > limits.FILES:
            self.collector.mark(self.path, Reason.TOO_LARGE)
        return self.files <= limits.FILES

    def _package(self, job: Job, archive: archives.Zip) -> None:
        package = packages.read_package(archive, self.budget)
        for number, text in enumerate(package.texts):
            add = self.collector.about if number in package.about else self.collector.said
            add(job.path, text)
            self.collector.look_inside(job.path, text.encode("utf-8", "replace"), thorough=True)
        self.collector.lead(job.path, package.links)
        for reason in package.faults:
            self.collector.mark(job.path, reason)
        self._members(replace(job, quiet=True), archive, package.inner)

    def _archive(self, job: Job, archive: archives.Zip) -> None:
        for reason in archive.faults:
            self.collector.mark(job.path, reason)
        files = tuple(member for member in archive.members if member.size or not member.name.endswith("/"))
        names = [archive.said, *(text for member in files for text in (member.name, *member.said))]
        self.collector.about(job.path, "\n".join(names))
        self._members(job, archive, files)

    def _members(self, job: Job, archive: archives.Zip, members: tuple[archives.Member, ...]) -> None:
        """Read members one by one, so that only one is unpacked at a time; each has the path of its number."""
        for number, member in enumerate(members, 1):
            path = f"{job.path}/{number}"
            if not self._counted():
                return
            try:
                data: Bytes = archive.read(member, self.budget)
            except Unreadable as fault:
                self.collector.mark(path, fault.reason)
                data = fault.read
            inside = replace(job, quiet=packages.is_harmless(member.name)) if job.quiet else job
            self._inner(inside, path, member.name, data)
        for start, end in archive.gaps:
            self._inner(job, f"{job.path}/0", "", job.data[start:end])

    def _inner(self, job: Job, path: str, name: str, data: Bytes) -> None:
        """One file found in a document: a leaf, and whatever can be read of it."""
        plan = structure.named(name)
        if iwork.is_part(name, data):
            inside = replace(job, document=Document(path, "", data), quiet=True)
            self._add(inside, iwork.read(name, data))
            self._member(inside, path, plan, data)
        elif plan.shape is structure.Shape.MESSAGE:
            self.collector.mail(path, plan, bytes(data))
            self.mail(job, path, bytes(data))
        else:
            self._member(job, path, plan, data)

    def _member(self, job: Job, path: str, plan: structure.Plan, data: Bytes) -> None:
        self.collector.content(path, plan, data, quiet=job.quiet)
        self._queue(job)

    def mail(self, job: Job, path: str, data: bytes) -> None:
        """A mail kept as a file is read as any mail; its parts have the file's path before theirs."""
        reading = reader.read(data, f"{path}/", self.collector.another())
        self.collector.add(reading)
        self._queue(job)

    def _queue(self, job: Job) -> None:
        """Take up the documents just found, one level deeper, those in parts that stand inside of texts with them."""
        reader.follow(self.collector)
        for document in self.collector.documents:
            self.jobs.append(job.inner(document))
        self.collector.documents.clear()

    def open_compound(self, job: Job) -> None:
        """An old Office file, an Outlook message, or an object embedded in one."""
        opened = compound.open_compound(job.data)
        program = compound.program(opened)
        self._add(job, found := old_office.read(opened, program))
        if program is compound.Program.OUTLOOK:
            self._outlook(job, opened)
        elif program is compound.Program.LOCKED and not found.says:
            self._locked(job, default_password.package(opened))
        for text in old_office.texts(opened, program):
            self.collector.about(job.path, text)
        for number, file in enumerate(old_office.files(opened, program, self.budget), 1):
            small = program is not compound.Program.OUTLOOK and len(file) < limits.SETTINGS
            self._inner(replace(job, quiet=small), f"{job.path}/{number}", "", file)
        if old_office.is_closed(opened, program) and not job.quiet:
            self.collector.mark(job.path, Reason.UNSUPPORTED)

    def _locked(self, job: Job, inside: bytes | None) -> None:
        """What is locked by the password that Excel has by itself is open to anybody."""
        if inside is None:
            self.collector.mark(job.path, Reason.ENCRYPTED)
        else:
            self._member(job, job.path, structure.named(""), inside)

    def _outlook(self, job: Job, opened: compound.CompoundFile) -> None:
        """Header, texts and pages of a message; its attachments are embedded files like any other."""
        self.collector.text(f"{job.path}/header", PartKind.HEADER, outlook.header(opened))
        self.collector.text(job.path, PartKind.BODY, compound.mail_text(opened))
        for page in compound.mail_pages(opened):
            plan = replace(structure.named("", "text/html"), attachment=False)
            self.collector.written(job.path, plan, page)
        for body in compound.mail_bodies(opened):
            self.collector.about(job.path, rtf.read(body).text)

    def open_pdf(self, job: Job) -> None:
        """A PDF file: its pages by the library, everything beside them here."""
        self._add(job, read := native.read(job.data, native.PDF))
        found = pdf.beside(job.data, read.text, self.budget)
        self.collector.about(job.path, "\n".join(found.texts))
        pdf_pictures.take_up(self.collector, job.path, job.data, len(read.inner) + len(found.files) + 1)
        for reason in found.faults:
            self.collector.mark(job.path, reason)
        for number, file in enumerate(found.files, len(read.inner) + 1):
            self._inner(replace(job, quiet=True), f"{job.path}/{number}", "", file)

    def open_xml(self, job: Job) -> None:
        """Office and other programs keep whole documents in one file of XML, too."""
        data = bytes(job.data)
        try:
            text = packages.flat_text(data)
        except Unreadable as fault:
            # Bad XML hides nothing: whoever opens it sees its source; what entities make is not in that.
            if fault.reason is not Reason.BROKEN or b"<!ENTITY" in data:
                self.collector.mark(job.path, fault.reason)
            text = charsets.decode(data)
        self.collector.said(job.path, text)
        self.collector.look_inside(job.path, job.data)
        self._queue(job)

    def open_rtf(self, job: Job) -> None:
        """An RTF file."""
        found = rtf.read(job.data)
        self.collector.text(job.path, PartKind.DOCUMENT, found.text)
        for number, data in enumerate(found.objects, 1):
            self._inner(replace(job, quiet=True), f"{job.path}/{number}", "", data)

    def _add(self, job: Job, found: native.Native) -> None:
        """Add what was read of a document."""
        self.collector.said(job.path, found.text)
        self.collector.about(job.path, found.about)
        self.collector.lead(job.path, found.links)
        for number, text in enumerate(found.inner, 1):
            self.collector.text(f"{job.path}/{number}", PartKind.DOCUMENT, text)
        if found.reason is not None:
            self.collector.mark(job.path, found.reason)


_OPENERS: Final[dict[Kind, Callable[[_Extraction, Job], None]]] = {
    Kind.ZIP: _Extraction.open_zip,
    Kind.COMPOUND: _Extraction.open_compound,
    Kind.PDF: _Extraction.open_pdf,
    Kind.RTF: _Extraction.open_rtf,
    Kind.XML: _Extraction.open_xml,
    Kind.MAIL: lambda extraction, job: extraction.mail(job, job.path, bytes(job.data)),
    **dict.fromkeys(containers.OPENERS, _Extraction.open_container),
}
