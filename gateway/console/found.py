"""What was found in a mail, in plain words: each rule's sentence, and where in the mail it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gateway.console.words import UNREADABLE
from gateway.incident import Incident
from gateway.model import Finding


def found(
    incident: Incident, whys: Mapping[str, str], titled: Callable[[str], str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Sentences with the places where they hold, the hints last.

    `whys` maps rule id -> the rule's sentence, `titled` a publication's id -> its name for whoever looks.
    """
    places: dict[str, dict[str, None]] = {}
    for why, where in (*_findings(incident, whys), *_hints(incident, titled)):
        places.setdefault(why, {})[where] = None
    return tuple((why, tuple(where)) for why, where in places.items())


def _findings(incident: Incident, whys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for finding in incident.findings:
        yield whys.get(finding.rule) or f"Rule {finding.rule}.", _place(finding)


def _hints(incident: Incident, titled: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for hint in incident.hints:
        yield f"A direction word stands beside the title of {titled(hint.publication)}.", _where(hint.part)


def _place(finding: Finding) -> str:
    where = _where(finding.part)
    return f"{where}: {UNREADABLE[finding.reason.value]}" if finding.reason else where


def _where(part: str) -> str:
    return "in its subject or another header line" if part == "header" else f"in part {part}"
