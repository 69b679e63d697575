"""Drafts travel: what comes back is what was sent, or is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.circulation import ORIGIN, Draft
from gateway.model import Grant, GrantKind
from gateway.registration import Traced
from tests.circulated import PLANNED, SENT

DRAFT = Draft(
    "Children “looked after”",
    PLANNED,
    "helen@stats.example",
    SENT,
    (
        Grant("helen@stats.example", GrantKind.PRODUCTION, "sent it", origin=ORIGIN, name="Helen"),
        Grant("tom@press.example", GrantKind.PRE_RELEASE, "named", origin=ORIGIN),
    ),
    (Traced("a \u202e.docx", 12, frozenset({bytes(32), bytes(31) + b"\1"}), ("1/2: encrypted",)),),
    ("title: the subject names none",),
)


@pytest.mark.parametrize("draft", [DRAFT, Draft()], ids=["full", "empty"])
def test_there_and_back(draft: Draft) -> None:
    """A draft comes back as it was, trace digests included."""
    assert draft == Draft.from_json(draft.to_json())
    assert "\n" not in draft.to_json()


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"title": 5},
        {"publishes_at": "2018-03-28T09:30"},
        {"publishes_at": "soon"},
        {"sender": "no address"},
        {"grants": [{"address": "@x.example", "kind": "production", "reason": "", "name": ""}]},
        {"grants": [{"address": "A@x.example", "kind": "production", "reason": "", "name": ""}]},
        {"grants": [{"address": "a@x.example", "kind": "minister", "reason": "", "name": ""}]},
        {"grants": [{"address": "a@x.example"}]},
        {"documents": [{"name": "x", "size": 1, "digests": ["00"], "unreadable": []}]},
        {"documents": [{"name": "x", "size": -1, "digests": ["00" * 32], "unreadable": []}]},
        {"documents": [{"name": "x", "size": 1, "digests": [], "unreadable": []}]},
        {"documents": [{"name": "x", "size": 1, "digests": ["00" * 32], "unreadable": ["x"]}]},
        {"documents": [{"name": "\ud800", "size": 1, "digests": ["00" * 32], "unreadable": []}]},
        {"documents": 7},
    ],
    ids=str,
)
def test_tampered(change: dict[str, Any]) -> None:
    """A draft that was changed into something it cannot be is refused in plain words."""
    record = json.loads(DRAFT.to_json()) | change
    with pytest.raises(ValueError, match="this is no draft of a circulation mail"):
        Draft.from_json(json.dumps(record))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000])
def test_nonsense(text: str) -> None:
    """Anything else is refused the same way."""
    with pytest.raises(ValueError, match="this is no draft"):
        Draft.from_json(text)
