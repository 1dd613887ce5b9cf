"""A person with a browser without scripts: from registering to a new version."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EMAIL = "maria@example.org"
PASSWORD = "correct horse battery"
PATIENCE = 30.0  # seconds that a server may take to start on a busy machine

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium on the PATH")


@dataclass(frozen=True)
class Site:
    """A running repository and the folder of its data."""

    url: str
    data: Path

    def mail(self, subject: str) -> str:
        """The text of the newest mail with this subject; mails are put into the outbox by the worker."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for path in sorted((self.data / "outbox").glob("*.eml"), reverse=True):
                mail = message_from_bytes(path.read_bytes(), policy=policy.default)
                if subject in mail["subject"]:
                    body = mail.get_body()
                    assert body is not None
                    return str(body.get_content())
            time.sleep(0.05)
        raise AssertionError(f"no mail about {subject!r} came")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`baton serve` on an empty folder."""
    data = tmp_path_factory.mktemp("site")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "baton"), "serve", "--port", str(port)]
    env = {**os.environ, "BATON_DATA_DIR": str(data), "BATON_LOG_LEVEL": "warning"}
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    try:
        site = Site(f"http://127.0.0.1:{port}", data)
        _wait(site.url)
        yield site
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _wait(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"{url}/ping", timeout=5):  # noqa: S310  our own server
                return
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="module")
def context(site: Site) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(base_url=site.url, java_script_enabled=False, accept_downloads=True)
        context.set_default_timeout(20_000)
        yield context
        browser.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


def register(page: Page, site: Site) -> None:
    page.goto("/")
    page.get_by_role("link", name="Register").click()
    page.locator("[name=email]").fill(EMAIL)
    page.locator("[name=full_name]").fill("Maria Mitchell")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button.primary").click()
    link = re.search(r"http://\S+", site.mail("Confirm"))
    assert link is not None
    page.goto(link[0])
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").click()


def log_in_again(page: Page) -> None:
    page.get_by_text("Maria Mitchell").click()
    page.get_by_role("button", name="Log out").click()
    page.locator("[name=email]").fill(EMAIL)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button.primary").click()


def fill_and_publish(page: Page, folder: Path) -> None:
    table = folder / "comets.csv"
    table.write_text("name,year\nMitchell,1847\n")
    notes = folder / "notes ü.txt"
    notes.write_text("seen from the roof")
    page.get_by_role("link", name="New upload").click()
    page.locator("[name=file]").set_input_files([table, notes])
    page.get_by_label("Kind needed").select_option(label="Dataset")
    page.get_by_label("Title needed").fill("Comets seen from Nantucket")
    page.get_by_label("Description", exact=True).fill("Found with a small telescope.\n\nOn many nights.")
    page.locator("[name='creators.0.family_name']").fill("Mitchell")
    page.locator("[name='creators.0.given_name']").fill("Maria")
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    expect(page.get_by_text("2 files, 42 bytes")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published.")).to_be_visible()


def test_the_whole_way_from_registering_to_a_new_version(page: Page, site: Site, tmp_path: Path) -> None:
    register(page, site)
    log_in_again(page)
    expect(page.get_by_text("Maria Mitchell")).to_be_visible()

    fill_and_publish(page, tmp_path)
    expect(page.get_by_role("heading", name="Comets seen from Nantucket")).to_be_visible()

    page.get_by_role("searchbox").fill("nantucket comets")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Comets seen from Nantucket").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="comets.csv", exact=True).click()
    assert download.value.suggested_filename == "comets.csv"
    assert download.value.path().read_text().startswith("name,year")
    page.get_by_role("link", name="Preview comets.csv").click()
    expect(page.get_by_role("cell", name="1847")).to_be_visible()
    page.go_back()

    page.get_by_role("button", name="New version").click()
    page.get_by_role("button", name="Take over the files").click()
    page.get_by_role("button", name="Delete notes ü.txt").click()
    page.get_by_label("Version", exact=True).fill("2.0")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 2.0").first).to_be_visible()
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_text("This is not the newest version")).to_be_visible()
    page.get_by_role("link", name="See the newest version").click()
    expect(page.get_by_text("1 file, 24 bytes")).to_be_visible()
