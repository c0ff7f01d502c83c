"""What a person sees: the report and a notebook in a real Chromium, driven over its DevTools protocol."""

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from leancost.lab import notebooks as lab
from leancost.report import reports

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER) and os.environ.get("CI") != "true",
    reason="chromium and chromedriver are not installed (Debian: apt-get install chromium chromium-driver)",
)
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--disable-background-networking",
)
LOCAL = ("file:", "data:", "blob:")
LAB_SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}  # fmt: skip


@pytest.fixture
def browser() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    screen = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The teaching company's last month."""
    target = tmp_path_factory.mktemp("browser") / "report"
    return reports.write_report(lab.shipped("data"), start=date(2026, 3, 1), end=date(2026, 3, 31), out=target)


def wait(condition: Callable[[], object], what: str, seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except Exception as problem:
            what = f"{what} ({type(problem).__name__})" if "(" not in what else what
        time.sleep(0.1)
    raise AssertionError(f"not seen within {seconds} s: {what}")


def picture(driver: Any, path: Path) -> Path:
    path.write_bytes(base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", {})["data"]))
    return path


def network(driver: Any, method: str) -> list[dict[str, Any]]:
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [message["params"] for message in messages if message["method"] == f"Network.{method}"]


def requests(driver: Any) -> list[str]:
    return [sent["request"]["url"] for sent in network(driver, "requestWillBeSent")]


def open_report(driver: Any, page: Path) -> None:
    offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    driver.get(page.as_uri())
    wait(lambda: driver.execute_script("return document.documentElement.dataset.ready") == "yes", "all charts drawn")


def test_the_report_is_drawn_without_a_network(browser: Any, report: Path, tmp_path: Path) -> None:
    page = report / "report.html"
    assert page.stat().st_size < 6_000_000
    open_report(browser, page)
    assert [url for url in requests(browser) if not url.startswith(LOCAL)] == []
    assert [entry for entry in browser.get_log("browser") if entry["level"] != "INFO"] == []
    figures = browser.find_elements(By.CSS_SELECTOR, "figure.chart")
    assert len(figures) >= 4
    for figure in figures:
        assert figure.get_attribute("role") == "img" and len(figure.get_attribute("aria-label")) > 20
        drawn = figure.find_elements(By.CSS_SELECTOR, "svg.main-svg")
        assert drawn and drawn[0].size["height"] > 100 and drawn[0].size["width"] > 600
    assert browser.find_elements(By.CSS_SELECTOR, "details.chart-data table")
    assert not browser.find_elements(By.CSS_SELECTOR, "html.without-charts")
    assert picture(browser, tmp_path / "report.png").stat().st_size > 20_000


def test_the_overview_fits_one_screen_and_nothing_runs_over_the_side(browser: Any, report: Path) -> None:
    open_report(browser, report / "report.html")
    overview = browser.find_element(By.ID, "first-screen")
    assert overview.location["y"] + overview.size["height"] <= 900
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.find_element(By.CSS_SELECTOR, ".preview-banner").is_displayed()
    inputs = browser.execute_script("return document.body.innerText")
    assert "import" not in inputs.split() and "read_period" not in inputs


def test_every_printed_page_says_preview(browser: Any, report: Path, tmp_path: Path) -> None:
    open_report(browser, report / "report.html")
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    pdf = base64.b64decode(printed["data"])
    assert pdf.startswith(b"%PDF") and len(pdf) > 50_000
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    mark = browser.find_element(By.CSS_SELECTOR, ".preview-mark")
    assert mark.is_displayed() and mark.value_of_css_property("position") == "fixed"
    assert not browser.find_element(By.CSS_SELECTOR, "nav").is_displayed()


def test_a_hostile_chart_and_table_run_nothing(browser: Any, report: Path, tmp_path: Path) -> None:
    page = (report / "report.html").read_text()
    hostile = tmp_path / "hostile.html"
    smuggled = (
        "<script>document.title = 'ran'</script><img src='https://example.org/x.png' onerror=\"document.title='ran'\">"
    )
    hostile.write_text(page.replace("<main>", f"<main>{smuggled}", 1))
    open_report(browser, hostile)  # even what got past the rebuilding is stopped by the page's policy
    assert browser.title != "ran"
    assert [failed.get("blockedReason") for failed in network(browser, "loadingFailed")] == ["csp"]


@pytest.fixture
def notebooks(tmp_path: Path) -> Iterator[str]:
    """Address of a JupyterLab in a fresh copy of the notebooks."""
    lab.copy_lab(tmp_path / "lab")
    for name, settings in LAB_SETTINGS.items():
        path = tmp_path / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    environment = {**os.environ, **{name: str(tmp_path / place) for name, place in own.items()}}
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(tmp_path / "settings")
    del environment["LEANCOST_HEADLESS"]
    options = (
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--KernelManager.transport_encryption=auto",
        "--IdentityProvider.token=",
    )
    with (tmp_path / "lab.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=tmp_path / "lab",
            env=environment,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait(lambda: urllib.request.urlopen(f"{address}/api", timeout=2), "JupyterLab answers", 90)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def test_a_widget_moves_a_chart_in_jupyterlab_and_charts_outlive_a_resize(
    browser: Any, notebooks: str, tmp_path: Path
) -> None:
    screen = {"width": 1280, "height": 2400, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.get(f"{notebooks}/lab/tree/notebooks/04_variance_analysis.ipynb")
    try:
        select = run_until_the_widget_stands(browser)
        chart = ".jp-OutputArea-output .js-plotly-plot svg.main-svg"
        wait(lambda: browser.find_elements(By.CSS_SELECTOR, chart), "the chart")
        texts = (
            "return [...document.querySelectorAll('.js-plotly-plot svg.main-svg')].map((svg) => svg.textContent).join()"
        )
        before = wait(lambda: browser.execute_script(texts), "what the chart says")
        picture(browser, tmp_path / "before.png")
        Select(select).select_by_index(2)
        after = wait(lambda: (now := browser.execute_script(texts)) and now != before and now, "another chart")
        assert Select(select).first_selected_option.text not in ("", "(all)")
        assert after != before
        heights = "return [...document.querySelectorAll('.jp-Notebook .js-plotly-plot')].map((c) => c.offsetHeight)"
        tall = browser.execute_script(heights)
        assert len(tall) == 3 and min(tall) > 150, tall
        for width in (1000, 1400):
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**screen, "width": width})
            time.sleep(1.5)  # plotly waits for the window to be at rest
            assert browser.execute_script(heights) == tall, width
    finally:
        picture(browser, tmp_path / "lab.png")


def run_until_the_widget_stands(browser: Any) -> Any:
    """The menu Run, then Run All Cells; again where the kernel was at rest before it listened."""
    label = (
        "//*[contains(@class,'widget-dropdown')][.//*[contains(@class,'widget-label') and text()='Production flow']]"
    )
    wait(lambda: browser.find_elements(By.CSS_SELECTOR, ".jp-Notebook .jp-Cell"), "the notebook", 90)
    idle = ".jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status=idle]"
    for _ in range(10):
        wait(lambda: browser.find_elements(By.CSS_SELECTOR, idle), "a kernel at rest", 90)
        if selects := browser.find_elements(By.XPATH, f"{label}//select"):
            return selects[0]
        browser.find_element(By.XPATH, "//li[contains(@class,'lm-MenuBar-item')][.//div[text()='Run']]").click()
        run = wait(lambda: browser.find_element(By.CSS_SELECTOR, "[data-command='runmenu:run-all']"), "the menu")
        wait(run.is_displayed, "the command")
        run.click()
        with contextlib.suppress(AssertionError):
            wait(lambda: browser.find_element(By.XPATH, f"{label}//select"), "the widget", 4)
    raise AssertionError("the widget does not stand")
