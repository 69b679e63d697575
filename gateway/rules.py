"""Rules: TOML files, one rule each, the file's name its id; a rule that fails its own examples is refused.

All problems of all files are reported at once, each with file and key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

import gateway
from gateway.detectors import find
from gateway.detectors.rule import LONDON, Holds, Needs, Phrase, Rule, RuleSet, Wording
from gateway.model import (
    FIGURES_THRESHOLD,
    Detector,
    Disposition,
    Message,
    Part,
    PartKind,
    Publication,
    Register,
)
from gateway.text import fold, words

__all__ = ["Rule", "RuleError", "RuleSet", "load", "shipped_folder"]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_NEEDED = tuple(Detector)
_EXAMPLE_TIME = datetime(2018, 3, 27, 9, 0, tzinfo=UTC)


class RuleError(Exception):
    """The rules cannot be used; `problems` holds one `file: key: problem` line for each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def load(
    folder: Path | None,
    zone: ZoneInfo = LONDON,
    figures_threshold: float = FIGURES_THRESHOLD,
    images: int | None = None,
    recordings: int | None = None,
) -> RuleSet:
    """The rules of all `.toml` files right in a folder (None: the shipped ones); `zone` is that of times without one.

    `figures_threshold`, `images` and `recordings` are settings that detectors ask the rules for.
    Raises RuleError with every problem of every file.
    """
    folder = folder or shipped_folder()
    rules: list[Rule] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            rules.append(_load_one(path))
        except RuleError as error:
            problems += error.problems
    if not problems:
        missing = [kind.value for kind in _NEEDED if all(rule.detector is not kind for rule in rules)]
        problems = [f"{folder}: no rule for the detector {kind!r}" for kind in missing]
    if problems:
        raise RuleError(problems)
    return RuleSet(tuple(rules), zone, figures_threshold, images, recordings)


def shipped_folder() -> Path:
    """The folder of the rules that come with the gateway: in an installed package, else in a checkout."""
    package = Path(gateway.__file__).parent
    installed = package / "shipped_rules"
    return installed if installed.is_dir() else package.parent / "rules"


def _single_words(texts: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := [text for text in texts if len(words(fold(text))) != 1]:
        raise ValueError(f"{', '.join(map(repr, wrong))} must be one word")
    return texts


def _phrases(texts: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := [fault for text in texts if (fault := _fault(text))]:
        raise ValueError("; ".join(wrong))
    return texts


def _fault(text: str) -> str:
    try:
        Phrase(text)
    except ValueError as error:
        return str(error)
    return ""


def _all_have(anchors: set[str], texts: tuple[str, ...]) -> bool:
    return bool(texts) and all(Phrase(text).has_one_of(anchors) for text in texts)


Phrases = Annotated[tuple[str, ...], AfterValidator(_phrases)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Wording(_Table):
    phrases: Annotated[Phrases, Field(min_length=1)]
    anchors: tuple[str, ...] = ()
    near: Phrases = ()
    unless: Phrases = ()
    not_after: Annotated[tuple[str, ...], AfterValidator(_single_words)] = ()
    reach: int = Field(100, ge=0, le=1000)
    needs: Needs = Needs.ANY
    dated: Holds = Holds.ALWAYS
    undated: Holds = Holds.TIED

    @model_validator(mode="after")
    def _anchored(self) -> _Wording:
        anchors = set(map(fold, self.anchors))
        if any(len(anchor) < 3 or words(anchor) != [anchor] for anchor in anchors):
            raise ValueError("an anchor is a piece of one word, of at least three letters")
        if anchors and not (_all_have(anchors, self.phrases) or _all_have(anchors, self.near)):
            raise ValueError("one of the anchors must stand in each of the phrases, or in each of `near`")
        return self

    @property
    def wording(self) -> Wording:
        phrases = tuple(map(Phrase, self.phrases))
        return Wording(
            phrases,
            frozenset(map(fold, self.anchors))
            or frozenset[str]().union(*(phrase.anchors for phrase in phrases)),
            tuple(map(Phrase, self.near)),
            tuple(map(Phrase, self.unless)),
            frozenset(map(fold, self.not_after)),
            self.reach,
            self.needs,
            self.dated,
            self.undated,
        )


class _Registered(_Table):
    title: str
    publishes_at: AwareDatetime


class _Examples(_Table):
    """Texts tried at `at`, with nothing registered but what is given here."""

    must_match: Annotated[tuple[str, ...], Field(min_length=1)]
    must_not_match: Annotated[tuple[str, ...], Field(min_length=1)]
    at: AwareDatetime = _EXAMPLE_TIME
    registered: tuple[_Registered, ...] = ()

    @property
    def register(self) -> Register:
        publications = {
            f"example-{number}": Publication(
                f"example-{number}", each.title, each.publishes_at, "lead@stats.example"
            )
            for number, each in enumerate(self.registered, 1)
        }
        nothing: Mapping[Any, Any] = MappingProxyType({})
        return Register(0, MappingProxyType(publications), nothing, nothing)


class _RuleFile(_Table):
    title: Annotated[str, Field(min_length=1)]
    detector: Detector
    asks: Literal["hold", "reject"] = "hold"
    why: Annotated[str, Field(min_length=1)]
    wording: tuple[_Wording, ...] = ()
    examples: _Examples | None = None

    @model_validator(mode="after")
    def _fits_detector(self) -> _RuleFile:
        if self.detector is Detector.BANNER and not (self.wording and self.examples):
            raise ValueError("a banner rule needs [[wording]] and [examples]")
        if self.detector is not Detector.BANNER and (self.wording or self.examples):
            raise ValueError("only a banner rule has [[wording]] and [examples]")
        return self

    def rule(self, name: str) -> Rule:
        wordings = tuple(each.wording for each in self.wording)
        asks = Disposition[self.asks.upper()]
        return Rule(name, self.title, self.detector, self.why, asks, wordings)


def _load_one(path: Path) -> Rule:
    if _NAME.match(path.stem) is None:
        raise RuleError([f"{path}: a rule's name is lower-case letters, digits and hyphens, at most 64"])
    try:
        read = _RuleFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise RuleError(sorted(f"{path}: {_line(item)}" for item in error.errors())) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError([f"{path}: {_reason(error)}"]) from None
    rule = read.rule(path.stem)
    problems = [f"{path}: {problem}" for problem in _failures(rule, read.examples)]
    if problems:
        raise RuleError(problems)
    return rule


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or "cannot be read"
    return f"not TOML: {error}" if isinstance(error, tomllib.TOMLDecodeError) else "not UTF-8"


def _line(item: Any) -> str:
    key = ".".join(str(step) for step in item["loc"]) or "rule"
    if item["type"] == "extra_forbidden":
        return f"{key}: unknown key"
    return f"{key}: {item['msg'].removeprefix('Value error, ')}"


def _failures(rule: Rule, examples: _Examples | None) -> Iterator[str]:
    if examples is None:
        return
    for wanted, key in ((True, "must_match"), (False, "must_not_match")):
        for number, text in enumerate(getattr(examples, key)):
            message = Message((Part("1", PartKind.BODY, text),))
            if bool(find(RuleSet((rule,)), message, examples.register, examples.at)) is not wanted:
                yield f"examples.{key}.{number}: {'does not match' if wanted else 'matches'}"
