"""A headless Chromium that opens reports, and the command that writes them."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDED = "chromium, chromedriver and Python's selenium are needed: Scripts/setup --with-browser"

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
except ImportError as error:
    raise RuntimeError(NEEDED) from error


def weft():
    """The release build's command; WEFT names another."""
    command = Path(os.environ.get("WEFT", ROOT / ".build" / "release" / "weft"))
    if not command.exists():
        raise RuntimeError(f"{command} isn't there: swift build -c release --product weft")
    return str(command)


def make_report(folder, graph="Graphs/minilm.weft", bind="batch=1,tokens=128", runs=10, options=(),
                name="report.html"):
    """Writes the report of a model with random weights into `folder`; its path."""
    file = Path(folder) / name
    command = [weft(), "profile", str(graph), "--random-weights", "1", "--bind", bind,
               "--runs", str(runs), "-o", str(file), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return file


class Page:
    """One page in a browser of its own, with what it logs and asks the network for."""

    def __init__(self):
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        driver = shutil.which("chromedriver")
        if chromium is None or driver is None:
            raise RuntimeError(NEEDED)
        self.profile = tempfile.TemporaryDirectory(prefix="weft-report-")
        options = Options()
        options.binary_location = chromium
        for argument in [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
                f"--user-data-dir={self.profile.name}"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(driver), options=options)
        self.driver.set_script_timeout(20)

    def close(self):
        self.driver.quit()
        self.profile.cleanup()

    def open(self, file, width=1440, height=900, dark=False):
        """Opens a file from disk, as a reader does."""
        self.size(width, height)
        self.media(dark=dark)
        self.driver.get(Path(file).as_uri())
        # What a reader chose on a page before is no part of this one.
        self.run("try { localStorage.clear() } catch {}; document.documentElement.removeAttribute('data-theme')")
        self.settle()

    def settle(self):
        self.driver.execute_async_script(
            "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def size(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def media(self, dark=False, kind=""):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": kind,
            "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def one(self, selector):
        return self.driver.find_element("css selector", selector)

    def texts(self, selector):
        return self.run(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

    def center(self, element):
        """Where the middle of an element is in the window, after it was scrolled into it."""
        return self.run(
            "arguments[0].scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});"
            "const box = arguments[0].getBoundingClientRect();"
            "return [box.left + box.width / 2, box.top + box.height / 2]", element)

    def mouse(self, kind, x, y, buttons=0):
        button = "left" if kind in ("mousePressed", "mouseReleased") or buttons else "none"
        self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {
            "type": kind, "x": x, "y": y, "button": button, "buttons": buttons,
            "clickCount": 1 if kind != "mouseMoved" else 0})

    def hover(self, element):
        x, y = self.center(element)
        self.settle()
        self.mouse("mouseMoved", x - 1, y)
        self.mouse("mouseMoved", x, y)
        self.settle()

    def click(self, element):
        """A click of a real pointer: it hits what lies on top."""
        x, y = self.center(element)
        self.settle()
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, 1)
        self.mouse("mouseReleased", x, y)
        self.settle()

    def drag(self, element, start, end):
        """From one share of an element's width to another."""
        _, y = self.center(element)
        self.settle()
        left, width = self.run(
            "const box = arguments[0].getBoundingClientRect(); return [box.left, box.width]", element)
        xs = [left + share * width for share in (start, end)]
        self.mouse("mouseMoved", xs[0], y)
        self.mouse("mousePressed", xs[0], y, 1)
        for step in range(1, 6):
            self.mouse("mouseMoved", xs[0] + (xs[1] - xs[0]) * step / 5, y, 1)
        self.mouse("mouseReleased", xs[1], y)
        self.settle()

    def messages(self):
        """What the console says since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """The addresses that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]

    def picture(self, file, whole=False):
        """Writes a picture of the window, or of the whole page."""
        options = {}
        if whole:
            width, height = self.run(
                "return [innerWidth, document.documentElement.scrollHeight]")
            options = {"captureBeyondViewport": True,
                       "clip": {"x": 0, "y": 0, "width": width, "height": min(height, 8000), "scale": 1}}
        time.sleep(0.3)
        data = self.driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"]
        Path(file).write_bytes(base64.b64decode(data))
