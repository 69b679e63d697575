"""Delivery status notifications (RFC 3464): a released mail could not be delivered.

The report carries envelope facts only.  It quotes neither the original's headers, whose subject is content,
nor the words of the next hop, which may quote it: the status code is explained in words of our own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from gateway.incident import Incident, parameter
from gateway.letters.form import Heading, head, listed, paragraph, shown, text_part

_CODE = re.compile(r"([245][0-9]{2})(?: ([245]\.[0-9]{1,3}\.[0-9]{1,3}))?\Z")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_PRINTABLE = re.compile(r"[!-~]+\Z")
_MEANINGS = {
    "1.1": "there is no such mailbox",
    "1.2": "there is no such mail system",
    "1.6": "the mailbox has moved",
    "2.1": "the mailbox is closed",
    "2.2": "the mailbox is full",
    "2.3": "the mail is too long for the mailbox",
    "3.4": "the mail is too large",
    "4.7": "the mail system did not answer in time",
    "6.7": "the mail system does not take addresses like these",
    "7.1": "the mail system does not permit it",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient not reached: the last reply's `code` (`550 5.1.1`), and whether the time was over.

    `original` is the ORCPT parameter's value as the client gave it (`rfc822;xtext`), or None.
    """

    address: str
    code: str
    expired: bool = False
    original: str | None = None


def report(
    incident: Incident, failures: Sequence[Failure], sender: str, hostname: str, now: datetime
) -> bytes:
    """A whole multipart/report to the incident's sender; ValueError for a mail without one."""
    if incident.sender is None:
        raise ValueError("no report goes to the null sender")
    boundary = sha256(f"{incident.ref}\0{now.isoformat()}".encode()).hexdigest()[:32]
    about = ("dsn", incident.ref, *(failure.address for failure in failures))
    subject = f"[embargo-gateway] Not delivered: {incident.ref}"
    status = "\r\n".join(_status(incident, failures, hostname))
    dash = f"\r\n--{boundary}\r\n".encode()
    return b"".join(
        (
            *head(Heading(sender, incident.sender, subject, about, now)),
            b"Content-Type: multipart/report; report-type=delivery-status;\r\n",
            f'\tboundary="{boundary}"\r\n'.encode(),
            dash,
            *text_part("\n".join(_lines(incident, failures)) + "\n"),
            dash,
            b"Content-Type: message/delivery-status\r\n\r\n",
            status.encode("ascii"),
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )


def _lines(incident: Incident, failures: Sequence[Failure]) -> list[str]:
    return [
        *paragraph(f"Your mail with the reference {incident.ref} could not be delivered to:"),
        *listed([f"{shown(failure.address)}: {_meaning(failure)}" for failure in failures]),
        "",
        *paragraph("The mail itself is not returned."),
    ]


def _meaning(failure: Failure) -> str:
    _, status = _codes(failure)
    words = _MEANINGS.get(status[2:], "the mail system refused it")
    return (
        f"{words}{', and the time for trying is over' if failure.expired else ''} ({failure.code or status})"
    )


def _codes(failure: Failure) -> tuple[str, str]:
    match = _CODE.match(failure.code)
    code, status = (match[1], match[2] or "") if match else ("", "")
    # A 4xx that went on for too long has become permanent for this mail, but its status says what it was.
    return code, status or ("4.4.7" if failure.expired else "5.0.0")


def _status(incident: Incident, failures: Sequence[Failure], hostname: str) -> list[str]:
    envelope = parameter(incident.parameters, "ENVID")
    lines = [f"Original-Envelope-Id: {decoded(envelope)}"] if envelope else []
    lines += [f"Reporting-MTA: dns; {hostname}", f"Arrival-Date: {format_datetime(incident.received_at)}"]
    for failure in failures:
        code, status = _codes(failure)
        lines.append("")
        if failure.original:
            kind, _, address = failure.original.partition(";")
            lines.append(f"Original-Recipient: {shown(kind)};{decoded(address)}")
        kind = "rfc822" if failure.address.isascii() else "utf-8"
        lines += [
            f"Final-Recipient: {kind};{_mailbox(failure.address)}",
            "Action: failed",
            f"Status: {status}",
        ]
        if code:
            lines.append(f"Diagnostic-Code: smtp; {failure.code}")
    return [*lines, ""]


def _mailbox(address: str) -> str:
    """The address for a field: RFC 6533 writes what is not ASCII as \\x{HEX} in a 7-bit report."""
    return "".join(char if " " <= char <= "~" else f"\\x{{{ord(char):X}}}" for char in address)


def decoded(xtext: str) -> str:
    """What xtext (RFC 3461 section 4) stands for; as given where that is not printable ASCII."""
    plain = _XTEXT.sub(lambda match: chr(int(match[1], 16)), xtext)
    return plain if _PRINTABLE.match(plain) else shown(xtext)
