"""Places: one form for every way to write an address, and none for what leads nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.features.places import Place, decoded, host_of, places

PAGE = "https://preview.stats.example/releases/cla-2018/tables"


@pytest.mark.parametrize(
    "other",
    [
        "HTTP://Preview.Stats.Example/Releases/CLA-2018/Tables",
        "https://www.preview.stats.example./releases/cla-2018/tables/",
        "https://preview.stats.example:443/releases//cla-2018/./x/../tables",
        "https://user:secret@preview.stats.example/releases/cla-2018/tables#top",
        "https://preview.stats.example/releases/cla%2D2018/tables?utm_source=mail&fbclid=1&mc_cid=2&gclid=3",
        "https://preview.stats.example/releases%252Fcla%252d2018/tables",
        "https:\\\\preview.stats.example\\releases\\cla-2018\\tables",
        "hxxps://preview[.]stats[.]example/releases/cla-2018/tables",
        "https://preview.stats.example/releases/cla-2018/tables/index.html;jsessionid=1",
        "https://preview%2estats.example/releases/cla-2018/tables",
        "//preview.stats.example/releases/cla-2018/tables",
    ],
)
def test_one_page_is_one_place(other: str) -> None:
    """Scheme, case, port, user, encoding, dot segments, tracking and a last slash do not make another page."""
    (known,) = places(PAGE)
    (found,) = places(other)
    assert (known.host, known.path, known.wanted) == (found.host, found.path, found.wanted)


def test_parameters_tell_pages_apart_but_not_their_order() -> None:
    """A page is what it is asked for with, in whatever order."""
    first, second = "https://a.example/p?id=5&x=1", "https://a.example/p?X=1&amp;id=5&utm_medium=mail"
    assert places(first) == places(second)
    assert places(first) != places("https://a.example/p?id=6&x=1")


def test_a_route_behind_the_hash_belongs_to_the_page_and_an_anchor_does_not() -> None:
    """`#/drafts/5` is where a page of one script goes; `#top` is where it scrolls."""
    assert places("https://a.example/app#top") == places("https://a.example/app")
    assert frozenset({"#drafts/5"}) == places("https://a.example/app#/drafts/5")[0].wanted


def test_a_last_slash_makes_a_folder() -> None:
    """Only of the path, and only where nothing is asked for."""
    assert places("https://a.example/b/")[0].folder
    assert places("https://a.example/")[0].folder
    assert not places("https://a.example/b")[0].folder
    assert not places("https://a.example/b/?id=5")[0].folder


def test_a_host_in_any_script_is_one_host() -> None:
    """Punycode and the letters that it stands for, wide letters and small ones."""
    assert host_of("https://xn--bcher-kva.example/x") == host_of("https://B\u00dcCHER.example/x")
    assert "preview.example" == host_of("https://\uff50review\uff0eexample/x")
    assert "xn--\u00fc" == host_of("https://xn--\u00fc/")
    assert "a.example:8443" == host_of("https://a.example:8443/")


@pytest.mark.parametrize(
    "links",
    [
        (
            "https://docs.google.com/document/d/1AbC_d-E/edit?usp=sharing#gid=0",
            "https://drive.google.com/file/d/1AbC_d-E/view",
            "https://drive.google.com/open?id=1AbC_d-E&usp=drive_fs",
            "https://docs.google.com/document/d/e/1AbC_d-E/pub",
            "https://drive.google.com/drive/u/0/folders/1AbC_d-E",
        ),
        (
            "https://dept.sharepoint.com/:w:/s/Site/EabcXYZ?e=one",
            "https://dept.sharepoint.com/:x:/s/Site/EabcXYZ?e=two&nav=x",
        ),
        (
            "https://dept.sharepoint.com/sites/S/Shared%20Documents/a.docx",
            "https://dept.sharepoint.com/:w:/r/sites/S/Shared%20Documents/a.docx?csf=1&web=1&e=x",
            "https://dept.sharepoint.com/sites/S/Shared%20Documents/Forms/AllItems.aspx"
            "?id=%2Fsites%2FS%2FShared%20Documents%2Fa.docx&viewid=1",
        ),
        (
            "https://dept.sharepoint.com/sites/S/_layouts/15/Doc.aspx?sourcedoc=%7B0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9%7D&file=a",
            "https://dept.sharepoint.com/:w:/r/sites/S/a.docx?d=w0a1b2c3d4e5f60718293a4b5c6d7e8f9&e=x",
        ),
        ("https://1drv.ms/w/s!AbC?e=x", "https://1drv.ms/w/s!AbC"),
        ("https://onedrive.live.com/edit?resid=AB!1&authkey=x", "https://onedrive.live.com/?id=AB!1&cid=AB"),
        ("https://www.dropbox.com/s/abc/t.xlsx?dl=0", "https://dropbox.com/s/abc/t.xlsx?dl=1"),
    ],
)
def test_links_to_one_shared_thing_lead_to_one_place(links: tuple[str, ...]) -> None:
    """However a service made the link, it is known by what it shares."""
    first, *others = (set(places(link)) for link in links)
    assert all(first & other for other in others)


def test_a_folder_of_a_library_is_one() -> None:
    """A shared folder holds what is below it, whether its link ends in a slash or not."""
    view = "https://d.sharepoint.com/sites/S/Forms/AllItems.aspx?id=%2Fsites%2FS%2FRelease%201.2%20drafts"
    assert places(view)[0].folder
    assert places("https://d.sharepoint.com/:f:/r/sites/S/Release?e=1")[0].folder
    assert not places("https://d.sharepoint.com/:w:/s/S/EabcXYZ?e=1")[0].folder


def test_a_path_on_a_file_server_is_a_place() -> None:
    """As Windows writes it, and as an address."""
    assert places(r"\\fs01\Stats Data\Release" + "\\") == places("file://FS01/Stats%20Data/Release/")
    assert Place("fs01", ("stats data", "release"), folder=True) == places(r"\\fs01\stats data\release\\")[0]


@pytest.mark.parametrize(
    "text", ["", "hello", "mailto:a@b.example", "https://", "javascript://x/y", "/a/b", "://"]
)
def test_what_leads_nowhere_is_no_place(text: str) -> None:
    """Only pages, folders and files are."""
    assert () == places(text)


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    """Nothing that somebody can write stops the reading, and decoding what is decoded ends."""
    for url in (text, f"https://{text}", f"https://a.example/{text}", f"https://d.sharepoint.com/{text}"):
        for place in places(url):
            assert place.host
    assert isinstance(decoded(text), str)
