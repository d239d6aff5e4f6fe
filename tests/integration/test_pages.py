"""Pages in a browser: on phone and desktop, in dark mode, and printed."""

import html
import os
import re
import shutil
import subprocess
import zlib
from datetime import timedelta
from pathlib import Path

import pytest

from settings.model import Settings
from simulation.aws.saved import Saved
from simulation.demo import artefacts
from simulation.demo.site import Site
from tests.conftest import START

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars", "--no-pdf-header-footer"),
)
WIDTHS = (390, 1280)
HEIGHT = 1600
DARK = "--blink-settings=preferredColorScheme=0"

# Chromium's minimum window is wider than a phone; a frame has no minimum.
FRAME = """<!DOCTYPE html><body style="margin:0"><iframe width="{width}" height="{height}" style="border:0"
onload="var page = this.contentDocument.documentElement;
document.body.dataset.widths = page.scrollWidth + ' in ' + page.clientWidth" srcdoc="{page}"></iframe>"""

PAGES = {"index": "index.html", "summary": "summaries/2026/03/01.html"}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian package chromium)")


@pytest.fixture(scope="module")
def written(estate_recorded: Saved, dev: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents of a run of 36 hours."""
    folder = tmp_path_factory.mktemp("demo-output")
    with estate_recorded.again() as cloud:
        cloud.run_until(START + timedelta(hours=36))
        topics = {str(each["name"]): str(each["arn"]) for each in cloud.deployment.attributes("aws_sns_topic")}
        artefacts.save(cloud, "compliance-reports-dev-ew1", topics, folder)
        Site(cloud, dev).write(folder)
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_page_fits_every_width_and_can_be_printed(page: str, written: Path, tmp_path: Path) -> None:
    check(written / PAGES[page], tmp_path)


def test_a_wide_or_empty_page_fails_the_check(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<!DOCTYPE html><body style="margin:0"><div style="width:500px">x</div>')
    with pytest.raises(AssertionError, match="500 in 390"):
        check(page, tmp_path)
    page.write_text("<!DOCTYPE html><p></p>")
    with pytest.raises(AssertionError, match="blank"):
        check(page, tmp_path)


def check(page: Path, work: Path) -> None:
    """Checks that the page is not empty, fits the window, in light and dark, and can be printed."""
    for width in WIDTHS:
        frame = work / "frame.html"
        source = html.escape(page.read_text(encoding="utf-8"))
        frame.write_text(FRAME.format(width=width, height=HEIGHT, page=source), encoding="utf-8")
        found = re.search(r'data-widths="(\d+) in (\d+)"', browse(frame, work, "--dump-dom"))
        assert found is not None, "the page was not rendered"
        assert int(found[2]) == width
        assert int(found[1]) <= width, f"{page.name} scrolls horizontally: {found[1]} in {found[2]}"
        light, dark = (picture(frame, work, width, *flags) for flags in ((), (DARK,)))
        assert different_lines(light) > 50, f"{page.name} is blank at a width of {width}"
        assert light != dark, f"{page.name} is the same in dark mode"
    browse(page, work, f"--print-to-pdf={work / 'page.pdf'}")
    paper = (work / "page.pdf").read_bytes()
    assert paper.startswith(b"%PDF-") and b"/Font" in paper
    assert len(re.findall(rb"/Type /Page\b", paper)) >= 1


def browse(page: Path, work: Path, *flags: str) -> str:
    """Opens a page in Chromium with a separate profile and home; returns the output."""
    assert CHROMIUM is not None
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={work / 'profile'}", *flags, page.as_uri()]
    own = {**os.environ, "HOME": str(work), "XDG_CONFIG_HOME": str(work), "XDG_CACHE_HOME": str(work)}
    run = subprocess.run(command, env=own, capture_output=True, timeout=120, check=True)
    return run.stdout.decode()


def picture(page: Path, work: Path, width: int, *flags: str) -> bytes:
    """Returns a screenshot, as PNG."""
    file = work / "picture.png"
    browse(page, work, f"--window-size={max(width, 500)},{HEIGHT}", f"--screenshot={file}", *flags)
    return file.read_bytes()


def different_lines(png: bytes) -> int:
    """Returns the number of different pixel rows of a picture, which is small for a blank page."""
    place, packed, width, pixel = 8, b"", 0, {2: 3, 6: 4}
    while place < len(png):
        length, kind = int.from_bytes(png[place : place + 4]), png[place + 4 : place + 8]
        data = png[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width = int.from_bytes(data[:4]) * pixel[data[9]] + 1
        elif kind == b"IDAT":
            packed += data
        place += length + 12
    lines = zlib.decompress(packed)
    return len({lines[start : start + width] for start in range(0, len(lines), width)})
