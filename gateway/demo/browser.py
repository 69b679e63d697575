"""A browser without a script engine: it opens pages, keeps cookies, and sends forms as a person's would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

_SECONDS = 20.0


@dataclass(slots=True)
class Form:
    """One form of a page: where it goes, and what it holds; the boxes are those that nobody has ticked yet."""

    action: str
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: the address in the end, the status, what a reader sees, the source, its links and forms."""

    url: str
    status: int
    text: str
    html: str = field(repr=False)
    links: tuple[str, ...]
    forms: tuple[Form, ...]

    def form(self, ending: str) -> Form:
        """The form whose action ends so; raises LookupError where the page has none."""
        found = [form for form in self.forms if urlsplit(form.action).path.endswith(ending)]
        if not found:
            raise LookupError(f"no form on {urlsplit(self.url).path} leads to …{ending}")
        return found[0]

    def link(self, ending: str) -> str:
        """The address of the first link that ends so; raises LookupError where there is none."""
        found = [url for url in self.links if urlsplit(url).path.endswith(ending)]
        if not found:
            raise LookupError(f"no link on {urlsplit(self.url).path} leads to …{ending}")
        return found[0]


NOWHERE = Page("about:blank", 0, "", "", (), ())

_PRESSED = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"}
"""What browsers say of a button on the page itself that a person pressed."""


class Browser:
    """One person's browser; use it as a context manager."""

    def __init__(self) -> None:
        self._client = httpx.Client(follow_redirects=True, timeout=_SECONDS, trust_env=False)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget the cookies and drop the connections."""
        self._client.close()

    def open(self, url: str) -> Page:
        """The page at an address."""
        return _page(self._client.get(url))

    def submit(self, page: Page, form: Form, **typed: str | list[str]) -> Page:
        """Send a form with what was typed or chosen; what it held stays where nothing else was."""
        kept = [(name, value) for name, value in form.fields if name not in typed]
        given = [(name, value) for name, values in typed.items() for value in _several(values)]
        data: dict[str, list[str]] = {}
        for name, value in (*kept, *given):
            data.setdefault(name, []).append(value)
        address = urlsplit(page.url)
        origin = {"Origin": f"{address.scheme}://{address.netloc}", **_PRESSED}
        return _page(self._client.post(form.action, data=data, headers=origin))


def _several(values: str | list[str]) -> list[str]:
    return [values] if isinstance(values, str) else values


def _page(answer: httpx.Response) -> Page:
    reader = _Reader(str(answer.url))
    reader.feed(answer.text)
    text = " ".join("".join(reader.text).split())
    return Page(
        str(answer.url), answer.status_code, text, answer.text, tuple(reader.links), tuple(reader.forms)
    )


class _Reader(HTMLParser):
    """Collects what `Page` holds."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._hidden = 0
        self.text: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, forms and their fields."""
        values = {name: value or "" for name, value in attrs}
        if tag in ("style", "head"):
            self._hidden += 1
        elif tag == "a" and "href" in values:
            self.links.append(urljoin(self._url, values["href"]))
        elif tag == "form":
            action = urljoin(self._url, values.get("action") or self._url)
            self.forms.append(Form(action, values.get("method", "get").lower()))
        elif tag in ("input", "textarea", "button") and self.forms and values.get("name"):
            self._field(tag, values)

    def _field(self, tag: str, values: dict[str, str]) -> None:
        form, pair = self.forms[-1], (values["name"], values.get("value", ""))
        kind = values.get("type", "text" if tag == "input" else tag)
        if tag == "button" or kind == "submit":
            form.buttons.append(pair)
        elif kind in ("checkbox", "radio") and "checked" not in values:
            form.boxes.append(pair)
        elif kind != "file":
            form.fields.append(pair)

    def handle_endtag(self, tag: str) -> None:
        """Note where hidden text ends."""
        if tag in ("style", "head"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        """Keep what a reader sees."""
        if not self._hidden:
            self.text.append(data + " ")
