"""`explain`: the parts of a mail as they were read, what was found where, and why.  Shows content."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    NOT_DONE,
    ConfigOption,
    JsonOption,
    emit,
    settings_from,
    tell,
)

if TYPE_CHECKING:
    from gateway.cli.scan import Scanner
    from gateway.explanation import Explanation
    from gateway.mailfiles import MailFile
    from gateway.message.outline import Node
    from gateway.model import Decision, Document, Message

_UNNAMED = "application/octet-stream"
_AMOUNTS = (("size", "bytes"), ("characters", "characters of text"))
_SCORES = 3
"""Figures scores of a part that people are shown; with --json all."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE.eml", help="A mail, or an mbox file.")],
    config: ConfigOption = DEFAULT_CONFIG,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Decide as at this time.")] = None,
    sender: Annotated[
        str | None, typer.Option(metavar="A", help="Instead of the headers'; <> for none.")
    ] = None,
    recipient: Annotated[list[str] | None, typer.Option(metavar="A", help="Instead of the headers'.")] = None,
    json: JsonOption = False,
) -> None:
    """Show a mail as it is read, what was found where and why.  This shows its content: mind who looks on."""
    from gateway.cli.scan import scanner_for
    from gateway.mailfiles import mails

    scanner = scanner_for(settings_from(config), at, sender, recipient or [])
    try:
        for number, mail in enumerate(mails(file)):
            if number and not json:
                emit({}, "", as_json=False)
            _explain(scanner, mail, as_json=json)
    except OSError as error:
        tell(f"{file}: {error.strerror or 'cannot be read'}")
        raise typer.Exit(NOT_DONE) from None


def _explain(scanner: Scanner, mail: MailFile, *, as_json: bool) -> None:
    from gateway.explanation import explain as behind
    from gateway.header_envelope import envelope
    from gateway.message.outline import outline
    from gateway.preflight import foresee
    from gateway.sight import read_all

    whom = envelope(mail.content, scanner.sender, scanner.recipients)
    pictures: list[Document] | None = [] if scanner.ocr else None
    message, nodes = outline(mail.content, pictures)
    if pictures:
        message += read_all(pictures)
    decision = foresee(scanner.rules, message, whom, scanner.register, scanner.policy, scanner.now)
    found = behind(message, scanner.register, scanner.rules.figures_threshold, decision)
    record = _record(scanner, mail.name, message, decision, found)
    record = _writable({**record, "tree": [_branch(node, record) for node in nodes]})
    emit(record, "\n".join(_lines(record, sys.stdout.isatty())), as_json=as_json)


def _writable(value: Any) -> Any:
    """The same with marks for half characters, which mails can hold and no output can."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _writable(each) for key, each in value.items()}
    return [_writable(each) for each in value] if isinstance(value, list | tuple) else value


def _record(
    scanner: Scanner, name: str, message: Message, decision: Decision, found: Explanation
) -> dict[str, Any]:
    from gateway.cli.scan import record_of

    record = record_of(name, decision)
    for finding, said in zip(record["findings"], decision.findings, strict=True):
        finding["why"] = scanner.rules.why(said.rule)
        finding["candidates"] = list(said.candidates)
        finding["reason"] = said.reason.value if said.reason is not None else None
    return {
        **record,
        "recipients": [
            {"address": each.recipient.address, "disposition": each.disposition.word}
            for each in decision.outcomes
        ],
        "text": [asdict(passage) for passage in found.passages],
        "figures": [asdict(score) for score in found.scores],
        "links": [asdict(led) for led in found.links],
        "threads": [asdict(led) for led in found.threads],
        "hints": [asdict(hint) for hint in found.hints],
        "unreadable": [{"part": mark.path, "reason": mark.reason.value} for mark in message.unreadable],
        "leaves": [
            {"part": leaf.path, "size": leaf.size, "sha256": leaf.sha256.hex()} for leaf in message.leaves
        ],
        "addresses": [{"part": link.path, "url": link.url} for link in message.links],
        "parts": [{"part": part.path, "kind": part.kind.value, "text": part.text} for part in message.parts],
    }


def _branch(node: Node, record: dict[str, Any]) -> dict[str, Any]:
    """One part of the tree, and what was said of just this place."""
    here = [part["text"] for part in record["parts"] if part["part"] == node.path]
    return {
        "part": node.path,
        "type": node.media_type,
        "is": node.made_of,
        "names": list(node.names),
        "size": node.size,
        "characters": sum(map(len, here)),
        "unreadable": [mark["reason"] for mark in record["unreadable"] if mark["part"] == node.path],
        "rules": sorted({each["rule"] for each in record["findings"] if each["part"] == node.path}),
    }


def _lines(record: dict[str, Any], terminal: bool) -> Iterator[str]:
    """The record as people read it: the decision, why, and at the end the parts."""
    yield f"{record['path']}: {record['disposition']}"
    for recipient in record["recipients"]:
        listed = "; not on the list" if recipient["address"] in record["ineligible"] else ""
        yield f"  {recipient['address']}: {recipient['disposition']}{listed}"
    yield from _section("Parts as they were read", map(_place, record["tree"]))
    yield from _section("Found", map(_finding, record["findings"]))
    yield from _section("Words that stand in registered documents", map(_passage, record["text"]))
    yield from _section("Figures against registered figures", _scores(record["figures"]))
    yield from _section("Links", (f"in {led['part']}: {led['what']} ({_of(led)})" for led in record["links"]))
    yield from _section(
        "Conversations",
        (f"in {led['part']}: leads to {led['what']} ({_of(led)})" for led in record["threads"]),
    )
    yield from _section(
        "Hints",
        (
            f"in {hint['part']}: a direction word beside the title of {hint['publication']}"
            for hint in record["hints"]
        ),
    )
    yield from _section(
        "Not readable", (f"{mark['part']}: {mark['reason']}" for mark in record["unreadable"])
    )
    yield from _section(
        "Files",
        (f"{leaf['part']}: {leaf['size']} bytes, SHA-256 {leaf['sha256']}" for leaf in record["leaves"]),
    )
    yield from _section(
        "Addresses behind what is shown", (f"{link['part']}: {link['url']}" for link in record["addresses"])
    )
    for part in record["parts"]:
        yield ""
        yield f"--- part {part['part']} ({part['kind']}) ---"
        yield _shown(part["text"]) if terminal else part["text"].rstrip("\n")


def _place(branch: dict[str, Any]) -> str:
    """A part of the tree in one line, moved in as deep as it stands."""
    said = [branch["type"] if branch["type"] != _UNNAMED else ""]
    said += [what for what in (branch["is"],) if what not in said[0]]
    said += map(repr, branch["names"])
    said += [f"{branch[what]:,} {what_is}" for what, what_is in _AMOUNTS if branch[what]]
    said += [f"not readable: {reason}" for reason in branch["unreadable"]]
    said += [f"found: {rule}" for rule in branch["rules"]]
    return f"{'  ' * branch['part'].count('/')}{branch['part']}: {', '.join(filter(None, said))}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading and its lines; nothing where there are none."""
    listed = list(lines)
    if listed:
        yield ""
        yield title
        yield from (f"  {line}" for line in listed)


def _finding(finding: dict[str, Any]) -> str:
    whose = finding["publication"] or " or ".join(finding["candidates"]) or "unknown publication"
    reason = f" ({finding['reason']})" if finding["reason"] else ""
    return (
        f"{finding['rule']} in {finding['part']}{reason}: {whose}, asks {finding['asks']}. {finding['why']}"
    )


def _passage(passage: dict[str, Any]) -> str:
    last = passage["first"] + passage["count"] - 1
    return f"in {passage['part']}, words {passage['first']} to {last} ({_of(passage)}): {passage['words']}"


def _scores(scores: list[dict[str, Any]]) -> Iterator[str]:
    """The best of each part; what reaches the threshold is shown in any case."""
    shown: dict[str, int] = {}
    for score in scores:
        shown[score["part"]] = shown.get(score["part"], 0) + 1
        reached = score["score"] >= score["threshold"]
        if reached or shown[score["part"]] <= _SCORES:
            verdict = "reaches" if reached else "is below"
            yield (
                f"in {score['part']}, {score['publication']}: {score['score']:.2f} {verdict} the threshold of "
                f"{score['threshold']:g}, by {score['kind']}: {_sum(score)}"
            )


def _sum(score: dict[str, Any]) -> str:
    """What a score is made of."""
    agreed = " + ".join(
        f"{each['figure']} ({each['value']:.2f} by its value, {each['label']:.2f} by its label)"
        for each in score["figures"]
    )
    return f"{agreed} - {score['costs']:.2f} for what stands between - {score['chance']:.2f} for chance"


def _of(led: dict[str, Any]) -> str:
    return " or ".join(led["publications"])


def _shown(text: str) -> str:
    """A text for a terminal: what would steer it is shown as a mark."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for char in text.rstrip("\n")
    )
