"""Parse, canonicalise and compare mail addresses (RFC 5321 section 4.1.2, RFC 6531, RFC 5891).

Two doors lead in: `parse_path` for what arrives by SMTP, by the strict grammar, with no repair: the string that is
compared is the string that is relayed; and `typed` for what people type (lists, leads, settings), by email-validator.
Both meet in `canonical`, the one form in which addresses are compared.
"""

from __future__ import annotations

import ipaddress
import re

import idna
from email_validator import EmailNotValidError, validate_email

_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~\-"
_UTF8 = r"\x80-\U0010ffff"
_DOT_STRING = re.compile(rf"[{_ATEXT}{_UTF8}]+(?:\.[{_ATEXT}{_UTF8}]+)*")
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~\x80-\U0010ffff]|\\[ -~])*)"')
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ASCII_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\Z")
_DOMAIN_CHARS = re.compile(rf"[A-Za-z0-9.\-{_UTF8}]+")
_LITERAL = re.compile(r"\[([!-Z^-~]+)\]")
_ROUTE = re.compile(rf"@{_LABEL}(?:\.{_LABEL})*(?:,@{_LABEL}(?:\.{_LABEL})*)*:")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MAX_LOCAL, _MAX_DOMAIN, _MAX_PATH = 64, 255, 254
"""Octets, RFC 5321 section 4.5.3.1; 254 is the path of 256 less its brackets."""


class AddressError(ValueError):
    """The text is not an address; the message says what is wrong without repeating it."""


class NeedsUtf8(AddressError):
    """The address is not ASCII and the client did not ask for SMTPUTF8 (RFC 6531 section 3.5)."""


def parse_path(text: str, *, utf8: bool, bare_postmaster: bool = False) -> tuple[str, str]:
    """Split `<address> rest` into the address as written and what follows the bracket.

    The null path gives "".  A source route is read past, as RFC 5321 appendix F.2 asks.  `bare_postmaster` allows
    `<postmaster>` without a domain (section 4.1.1.3).  Raises AddressError; NeedsUtf8 where only `utf8` is missing.
    """
    if not text.startswith("<"):
        raise AddressError("no opening bracket")
    if text.startswith("<>"):
        return "", text[2:]
    position = 1
    route = _ROUTE.match(text, position)
    if route is not None:
        position = route.end()
    end = _end_of_local(text, position)
    if bare_postmaster and text[position:end].lower() == "postmaster" and text[end : end + 1] == ">":
        return text[position:end], text[end + 1 :]
    if text[end : end + 1] != "@":
        raise AddressError("no domain")
    stop = _end_of_domain(text, end + 1)
    if text[stop : stop + 1] != ">":
        raise AddressError("no closing bracket")
    address = text[position:stop]
    check(address, utf8=utf8)
    return address, text[stop + 1 :]


def _end_of_local(text: str, position: int) -> int:
    match = _QUOTED.match(text, position) or _DOT_STRING.match(text, position)
    if match is None:
        raise AddressError("no local part")
    return match.end()


def _end_of_domain(text: str, position: int) -> int:
    match = _LITERAL.match(text, position) or _DOMAIN_CHARS.match(text, position)
    if match is None:
        raise AddressError("no domain")
    return match.end()


def check(address: str, *, utf8: bool) -> None:
    """Raise AddressError unless `address` is a mailbox by the grammar and sizes of RFC 5321 and RFC 6531."""
    if _FORBIDDEN.search(address):
        raise AddressError("a control character")
    local, domain = split(address)
    if len(local.encode()) > _MAX_LOCAL or len(domain.encode()) > _MAX_DOMAIN:
        raise AddressError("too long")
    if len(address.encode()) > _MAX_PATH:
        raise AddressError("too long")
    if domain.startswith("["):
        _check_literal(domain)
    else:
        domain_ascii(domain)
    if not address.isascii() and not utf8:
        raise NeedsUtf8("not ASCII")


def split(address: str) -> tuple[str, str]:
    """Local part and domain as written; raises AddressError where either is missing or malformed."""
    match = _QUOTED.match(address) or _DOT_STRING.match(address)
    if match is None or address[match.end() : match.end() + 1] != "@":
        raise AddressError("no local part or no domain")
    domain = address[match.end() + 1 :]
    if _LITERAL.fullmatch(domain) is None and _DOMAIN_CHARS.fullmatch(domain) is None:
        raise AddressError("a character that no domain has")
    return match.group(), domain


def _check_literal(domain: str) -> None:
    inner = domain[1:-1]
    try:
        ipaddress.IPv6Address(inner[5:]) if inner[:5].lower() == "ipv6:" else ipaddress.IPv4Address(inner)
    except ValueError:
        raise AddressError("not an address literal") from None


def domain_ascii(domain: str) -> str:
    """The lower-case A-label form of a domain (IDNA 2008); raises AddressError where there is none.

    No mapping is done: a full-width letter or an ideographic full stop is no spelling of an ASCII one, because the
    next hop might disagree.
    """
    if domain.isascii():
        lowered = domain.lower()
        if _ASCII_DOMAIN.match(lowered) is None or any(len(label) > 63 for label in lowered.split(".")):
            raise AddressError("not a domain name")
        return lowered
    if any(mark in domain for mark in "。．｡"):
        raise AddressError("not a domain name")
    try:
        return idna.encode(_ascii_lower(domain)).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise AddressError("not a domain name") from None


def _ascii_lower(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)


def canonical(address: str) -> str | None:
    """The form in which addresses are compared, or None where there is none: such an address is on no list.

    ASCII case is folded, quoting that is not needed is taken off, the domain becomes its A-labels.  Nothing else is
    equal: no plus tags, no dots, no Unicode normalisation (aliases are registered, never guessed).
    """
    try:
        check(address, utf8=True)
        local, domain = split(address)
        spelled = domain.lower() if domain.startswith("[") else domain_ascii(domain)
    except AddressError:
        return None
    return f"{_canonical_local(local)}@{spelled}"


def _canonical_local(local: str) -> str:
    if local.startswith('"'):
        plain = re.sub(r"\\(.)", r"\1", local[1:-1])
        if _DOT_STRING.fullmatch(plain) is None:
            escaped = re.sub(r'(["\\])', r"\\\1", plain)
            return f'"{_ascii_lower(escaped)}"'
        local = plain
    return _ascii_lower(local)


def typed(text: str) -> str:
    """The canonical form of an address that a person typed; raises AddressError with a reason that can be shown."""
    if text.strip().startswith("*"):
        raise AddressError("A grant is to a person, never to a domain.")
    try:
        valid = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise AddressError(str(error)) from None
    form = canonical(valid.normalized)
    if form is None:
        raise AddressError("The address has no canonical form.")
    return form
