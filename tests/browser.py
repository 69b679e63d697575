"""A person's phone: Chromium in a window 375 pixels wide, whose taps are counted.

Selenium drives Debian's chromium through Debian's chromedriver; nothing is downloaded.  axe-core is no part of the
project: `AXE_CORE` names its `axe.min.js`.  Where `CONSOLE_PICTURES` names a folder, pictures are left there.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.sink import wait_for

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
AXE = os.environ.get("AXE_CORE", "")
PICTURES = os.environ.get("CONSOLE_PICTURES", "")

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="Debian's chromium and chromium-driver are not installed"
)
needs_axe = pytest.mark.skipif(not AXE, reason="AXE_CORE does not name the axe.min.js of axe-core")

_FLAGS = (
    *(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-sync",
    ),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
)
_PHONE = {"width": 375, "height": 800, "deviceScaleFactor": 1, "mobile": True}
_TAPPED = (
    "//*[self::a or self::button or self::label or self::summary][contains(normalize-space(.), {words})]"
)
_CHECK = """
const done = arguments[arguments.length - 1];
axe.run(document, {
  runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
  rules: {"target-size": {enabled: true}},
  resultTypes: ["violations"], preload: false,
}).then(found => done(found.violations.map(one => [one.id, one.nodes.map(node => node.html)])));
"""


class Browser:
    """One window; `taps` counts what a person had to tap."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver
        self.taps = 0
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", _PHONE)
        driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def open(self, url: str) -> None:
        """Go to an address, as by a tap on a link in a mail."""
        self.taps += 1
        self.driver.get(url)

    def tap(self, words: str) -> None:
        """Tap the first link, button or label that holds these words, and see the page that it leads to."""
        self.taps += 1
        element, page = self._seen(words), self._document()
        leads = element.tag_name in ("a", "button")
        element.click()
        if leads and not wait_for(lambda: self._document() not in ("", page), 60):
            raise AssertionError(f"{words!r} leads nowhere from {self.path}")

    def _document(self) -> str:
        """A name for the document that is shown now; empty between two."""
        try:
            return self.driver.find_element(By.TAG_NAME, "html").id
        except WebDriverException:
            return ""

    def _seen(self, words: str) -> WebElement:
        found = self.driver.find_elements(By.XPATH, _TAPPED.format(words=json.dumps(words)))
        seen = [element for element in found if element.is_displayed()]
        if not seen:
            raise AssertionError(f"nothing to tap says {words!r} on {self.path}:\n{self.text}")
        return seen[0]

    def fill(self, field: str, text: str) -> None:
        """Type into the field of this name, or choose a file for it."""
        self.driver.find_element(By.NAME, field).send_keys(text)

    def back(self) -> None:
        """The back button."""
        self.driver.back()

    def forget(self) -> None:
        """Be a browser that was never here."""
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.taps = 0

    @property
    def path(self) -> str:
        """The path of the page's address."""
        return "/" + self.driver.current_url.partition("//")[2].partition("/")[2]

    @property
    def text(self) -> str:
        """What a reader sees."""
        return str(self.driver.find_element(By.TAG_NAME, "body").text)

    @property
    def heading(self) -> str:
        """The first heading."""
        return str(self.driver.find_element(By.TAG_NAME, "h1").text)

    @property
    def status(self) -> int:
        """The status of the answer that is shown."""
        ask = "return performance.getEntriesByType('navigation')[0].responseStatus"
        return int(self.driver.execute_script(ask))

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window: people would have to scroll sideways."""
        ask = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.driver.execute_script(ask))

    def faults(self) -> list[Any]:
        """What axe-core finds against WCAG 2.0 to 2.2, levels A and AA: rule and elements."""
        self.driver.execute_script(Path(AXE).read_text(encoding="utf-8"))
        return list(self.driver.execute_async_script(_CHECK))

    def picture(self, name: str) -> None:
        """Leave a picture of the whole page where pictures are wanted."""
        if PICTURES:
            size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": 375, "height": size["height"], "scale": 1}
            wanted = {"captureBeyondViewport": True, "clip": clip}
            taken = self.driver.execute_cdp_cmd("Page.captureScreenshot", wanted)
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            Path(PICTURES, f"{name}.png").write_bytes(base64.b64decode(taken["data"]))


@contextmanager
def phone(folder: Path, *, script: bool = True) -> Iterator[Browser]:
    """A browser with a profile of its own below `folder`; without script its engine is off for every page."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*_FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    if not script:
        off = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", off)
    driver = webdriver.Chrome(options=options, service=Service(executable_path=str(DRIVER)))
    driver.set_page_load_timeout(30)
    driver.set_script_timeout(30)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
