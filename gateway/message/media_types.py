"""Media types, by what a mail program makes of a body that is declared as one of them."""

from __future__ import annotations

from typing import Final

from gateway.message.sniff import Kind

UNNAMED: Final = "application/octet-stream"
ENRICHED: Final = frozenset({"text/enriched", "text/richtext"})
"""Texts with tags of their own (RFC 1896, RFC 1341)."""
PAGES: Final = frozenset({"text/html", "application/xhtml+xml", "text/x-amp-html"}) | ENRICHED
PAGE_SUFFIXES: Final = frozenset({"html", "htm", "xhtml"})
FOLDED: Final = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory"})
"""Texts whose long lines go on in the next one (RFC 5545, RFC 6350)."""
INCOMPLETE: Final = frozenset(
    {
        "message/partial",
        "message/external-body",
        "application/mac-binhex40",
        "application/mac-binhex",
        "application/binhex",
        "application/x-yencode",
        "application/x-yenc",
    }
)
"""Types of which this mail has only a part or a pointer, or a text that nothing here decodes."""
SMIME_SIGNATURES: Final = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
SMIME: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_MEDIA_FAMILIES: Final = ("image/", "audio/", "video/", "font/", "model/")
_SIGNATURES: Final = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
        "application/pkix-cert",
        "application/pkix-crl",
        "application/x-x509-ca-cert",
        "application/x-x509-user-cert",
    }
)


def is_media(media_type: str) -> bool:
    """Whether it names a picture, sound, a film or a font."""
    return media_type.startswith(_MEDIA_FAMILIES)


def is_harmless(media_type: str) -> bool:
    """Whether bytes of this declared type carry no text: pictures, sound, signatures, keys."""
    return media_type.startswith(_MEDIA_FAMILIES) or media_type in _SIGNATURES


def is_shown(found: Kind, media_type: str) -> bool:
    """Whether mail programs show as it is what would else be opened: reports, pictures and pages made of XML."""
    if found is Kind.MAIL:
        return media_type.startswith("message/")
    return found is Kind.XML and (media_type == "image/svg+xml" or media_type in PAGES)
