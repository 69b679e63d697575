"""Links: a registered page or folder is found, with all that may be added to it, and nothing beside it."""

from __future__ import annotations

import pytest

from gateway.features.links import Links, Lookup, Match, count, is_whole_host, listed, packed

KEY = b"k" * 32
FOLDER = "https://preview.stats.example/releases/cla-2018/"
DRAFT = "https://preview.stats.example/draft?id=5&utm_source=x"


def index(*urls: str, public: tuple[str, ...] = ()) -> Links:
    """An index of one publication's links, and another's public ones."""
    return Links.of({"cla-2018": [packed(KEY, urls)]}, {"other": [packed(KEY, public)]})


def found(links: Links, text: str) -> set[str]:
    """The publications to which the addresses of a text lead."""
    return {name for _, match in Lookup(links, KEY).in_text(text) for name in match.ids}


@pytest.mark.parametrize(
    "text",
    [
        FOLDER,
        "https://preview.stats.example/releases/cla-2018",
        "https://preview.stats.example/releases/cla-2018/a/b/c.xlsx?d=1",
        "https://preview.stats.example/draft?x=1&id=5",
        "https://preview.stats.example/draft?" + "&".join(f"x{n}=1" for n in range(30)) + "&id=5",
    ],
)
def test_a_registered_page_or_anything_in_a_registered_folder_is_found(text: str) -> None:
    """With whatever parameters are added, in any order."""
    assert {"cla-2018"} == found(index(FOLDER, DRAFT), text)


@pytest.mark.parametrize(
    "text",
    [
        "https://preview.stats.example/",
        "https://preview.stats.example/releases/",
        "https://preview.stats.example/releases/cla-2019/a",
        "https://preview.stats.example/releases/cla-20189",
        "https://preview.stats.example/draft?id=6",
        "https://preview.stats.example/draft",
        "https://stats.example/releases/cla-2018/",
        "https://other.example/?u=https://stats.example/",
    ],
)
def test_what_stands_beside_is_not(text: str) -> None:
    """Neither the folder above nor one that begins alike nor the page with something else asked for."""
    assert set() == found(index(FOLDER, DRAFT), text)


def test_what_is_public_is_no_trace() -> None:
    """Not the page itself, and not a public folder in a registered one; what lies beside it is."""
    links = index(FOLDER, public=(f"{FOLDER}method/", f"{FOLDER}contact"))
    assert set() == found(links, f"{FOLDER}method/a.html")
    assert set() == found(links, f"{FOLDER}contact?x=1")
    assert {"cla-2018"} == found(links, f"{FOLDER}tables.xlsx")


def test_each_publication_is_told_and_a_trace_says_which_link_it_was() -> None:
    """Two publications may share a folder; the trace is the same wherever the link stands."""
    links = Links.of({"a": [packed(KEY, [FOLDER])], "b": [packed(KEY, [FOLDER]), packed(KEY, [DRAFT])]}, {})
    matches = [match for _, match in Lookup(links, KEY).in_text(f"{FOLDER}x and {FOLDER}y")]
    assert {frozenset({"a", "b"})} == {match.ids for match in matches}
    assert 1 == len({match.trace for match in matches})


def test_nothing_is_found_under_another_key() -> None:
    """What is kept says nothing to whoever has no key."""
    assert not list(Lookup(index(FOLDER), b"x" * 32).in_text(FOLDER))
    assert b"preview" not in packed(KEY, [FOLDER])


def test_an_index_is_as_long_as_what_is_in_it() -> None:
    """An empty one is false, so that no mail is read for it."""
    assert 0 == len(Links.of({}, {}))
    assert not Links()
    assert len(index(FOLDER))


def test_a_set_says_how_many_links_are_in_it() -> None:
    """Marks for the look-up are not counted."""
    assert 2 == count(packed(KEY, [FOLDER, DRAFT]))
    assert 0 == count(b"")


def test_a_set_that_is_cut_short_is_refused() -> None:
    """A damaged store must not look like one with fewer links."""
    with pytest.raises(ValueError, match="cut short"):
        Links.of({"a": [packed(KEY, [FOLDER])[:-1]]}, {})


@pytest.mark.parametrize("url", ["mailto:a@b.example", "tables.xlsx", "https://"])
def test_what_leads_nowhere_cannot_be_registered(url: str) -> None:
    """Whoever registers it must know that it protects nothing."""
    with pytest.raises(ValueError, match="no address"):
        packed(KEY, [url])


def test_a_file_of_links_and_nothing_else_is_told_from_text_with_links() -> None:
    """Shortcuts of Windows and macOS, and lists; a document's own links are mostly public pages."""
    shortcut = f"[{{000214A0-0000}}]\r\nProp3=19,11\r\n[InternetShortcut]\r\nIDList=\r\nURL={FOLDER}\r\nIconIndex=0\r\n"
    head = '<?xml version="1.0"?>\n<!DOCTYPE plist>\n<plist version="1.0">\n<dict>\n<key>URL</key>\n'
    plist = f"{head}<string>{FOLDER}</string>\n</dict>\n</plist>"
    assert (FOLDER,) == listed(shortcut)
    assert (FOLDER,) == listed(plist)
    assert (FOLDER, "\\\\fs01\\Stats\\") == listed(f"{FOLDER}\n\n\\\\fs01\\Stats\\\n")
    assert () == listed(f"The tables are at\n{FOLDER}\n")
    assert () == listed("a=b\nc=d\n")


def test_a_folder_that_is_a_whole_host_is_told_apart() -> None:
    """Who registers one should hear of it."""
    assert is_whole_host("https://preview.stats.example/")
    assert not is_whole_host("https://preview.stats.example")
    assert not is_whole_host(FOLDER)


def test_a_link_as_such_may_hold_several() -> None:
    """A list of pictures with their widths, a script, an address without scheme."""
    lookup = Lookup(index(FOLDER), KEY)
    for given in (
        f"{FOLDER}a.png 1x, https://o.example/b 2x",
        f"open('{FOLDER}')",
        FOLDER.removeprefix("https://"),
    ):
        assert [Match] == [type(match) for _, match in lookup.behind(given)][:1]


def test_parameters_that_no_page_needs_cost_nothing() -> None:
    """Of an address with forty parameters those that a registered page needs are found, and no others are combined."""
    index = Links.of({"p": [packed(KEY, ["https://host.example/view?id=7&key=a&page=2&part=x"])]}, {})
    asked: list[bytes] = []

    class Counting(Links):
        __slots__ = ()

        def __contains__(self, digest: bytes) -> bool:
            asked.append(digest)
            return Links.__contains__(self, digest)

    counting = Counting(index._owners, index._public)
    more = "&".join(f"n{number}={number}" for number in range(35))
    found = Lookup(counting, KEY).behind(f"https://host.example/view?{more}&key=a&page=2&part=x&id=7")
    assert [{"p"}] == [set(match.ids) for _, match in found]
    assert len(asked) < 50
