"""The arguments of EHLO, MAIL and RCPT: read strictly, kept as they were written (RFC 5321 section 4.1, 3461, 6531).

The grammar repairs nothing.  What it accepts is the very text that goes to the next hop.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from gateway import replies
from gateway.address import AddressError, NeedsUtf8, parse_path
from gateway.model import Recipient
from gateway.replies import GatewayError, Reply

_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
_VALUE = re.compile(r"[!-<>-~]+\Z")
_SIZE = re.compile(r"[0-9]{1,20}\Z")
_NOTIFY = re.compile(r"(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*)\Z", re.I)
_HOSTNAME = re.compile(r"[!-~]{1,255}\Z")

MAIL_FEATURES = {"SIZE": "SIZE", "BODY": "8BITMIME", "SMTPUTF8": "SMTPUTF8", "RET": "DSN", "ENVID": "DSN"}
RCPT_FEATURES = {"NOTIFY": "DSN", "ORCPT": "DSN"}
"""Parameter keyword -> the EHLO keyword that must have been offered for it."""

_VALUES = {
    "SIZE": _SIZE,
    "BODY": re.compile(r"(?:7BIT|8BITMIME)\Z", re.I),
    "RET": re.compile(r"(?:FULL|HDRS)\Z", re.I),
    "ENVID": re.compile(r"[!-<>-~]{1,100}\Z"),
    "NOTIFY": _NOTIFY,
    "ORCPT": re.compile(r"[A-Za-z0-9-]+;[!-<>-~]{1,500}\Z"),
}


class CommandError(GatewayError):
    """A command that the grammar refuses; `reply` says which way."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text, reply)


def hostname(argument: str) -> str:
    """The argument of HELO or EHLO; raises CommandError.  Anything printable is tolerated, as RFC 5321 4.1.4 asks."""
    if _HOSTNAME.match(argument) is None:
        raise CommandError(replies.BAD_ARGUMENT)
    return argument


def mail(argument: str, offered: Collection[str]) -> tuple[str | None, tuple[str, ...]]:
    """The sender (None: null reverse-path) and the parameters of MAIL, as written; raises CommandError."""
    path, rest = _path(argument, "FROM:")
    parameters = _parameters(rest, MAIL_FEATURES, offered)
    utf8 = any(parameter.upper() == "SMTPUTF8" for parameter in parameters)
    return _address(path, utf8, replies.BAD_SENDER, postmaster=False) or None, parameters


def rcpt(argument: str, offered: Collection[str], *, utf8: bool) -> Recipient:
    """The recipient of RCPT with its parameters; raises CommandError."""
    path, rest = _path(argument, "TO:")
    parameters = _parameters(rest, RCPT_FEATURES, offered)
    address = _address(path, utf8, replies.BAD_RECIPIENT, postmaster=True)
    if not address:
        raise CommandError(replies.BAD_RECIPIENT)
    return Recipient(address, parameters)


def declared_size(parameters: Collection[str]) -> int | None:
    """The octets that SIZE= declares (RFC 1870), or None."""
    for parameter in parameters:
        keyword, _, value = parameter.partition("=")
        if keyword.upper() == "SIZE":
            return int(value)
    return None


def features_needed(parameters: Collection[str]) -> frozenset[str]:
    """The EHLO keywords that a next hop must offer to take these parameters; SIZE can always be left out."""
    known = MAIL_FEATURES | RCPT_FEATURES
    return frozenset(known[parameter.partition("=")[0].upper()] for parameter in parameters) - {"SIZE"}


def _path(argument: str, prefix: str) -> tuple[str, str]:
    """Split `FROM:<path> parameters` at the bracket that ends the path; a space after the colon is tolerated."""
    if argument[: len(prefix)].upper() != prefix:
        raise CommandError(replies.BAD_ARGUMENT)
    text = argument[len(prefix) :].lstrip(" ")
    end = _closing_bracket(text)
    rest = text[end + 1 :]
    if rest and not rest.startswith(" "):
        raise CommandError(replies.BAD_ARGUMENT)
    return text[: end + 1], rest


def _closing_bracket(text: str) -> int:
    """Where the path ends: the first `>` outside a quoted string."""
    if not text.startswith("<"):
        raise CommandError(replies.BAD_ARGUMENT)
    quoted = escaped = False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == ">" and not quoted:
            return index
    raise CommandError(replies.BAD_ARGUMENT)


def _address(path: str, utf8: bool, refusal: Reply, *, postmaster: bool) -> str:
    try:
        address, rest = parse_path(path, utf8=utf8, bare_postmaster=postmaster)
    except NeedsUtf8:
        raise CommandError(replies.NEEDS_SMTPUTF8) from None
    except AddressError:
        raise CommandError(refusal) from None
    if rest:
        raise CommandError(refusal)
    return address


def _parameters(rest: str, known: dict[str, str], offered: Collection[str]) -> tuple[str, ...]:
    parameters = tuple(rest.split(" ")) if rest.strip(" ") else ()
    parameters = tuple(filter(None, parameters))
    seen: set[str] = set()
    for parameter in parameters:
        keyword, equals, value = parameter.partition("=")
        keyword = keyword.upper()
        if _KEYWORD.match(keyword) is None:
            raise CommandError(replies.BAD_ARGUMENT)
        if known.get(keyword) not in offered:
            raise CommandError(replies.BAD_PARAMETER)
        if keyword in seen or not _value_fits(keyword, equals, value):
            raise CommandError(replies.BAD_ARGUMENT)
        seen.add(keyword)
    return parameters


def _value_fits(keyword: str, equals: str, value: str) -> bool:
    pattern = _VALUES.get(keyword)
    if pattern is None:
        return not equals
    return _VALUE.match(value) is not None and pattern.match(value) is not None
