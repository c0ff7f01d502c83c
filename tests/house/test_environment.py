"""The environment files agree, and the wheel holds what the package needs."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import yaml
from packaging.requirements import Requirement

from tests.support.places import ROOT

CONDA_NAMES = {"python-duckdb": "duckdb"}
CARD = {"jupyterlab", "ipywidgets", "pandas", "plotly", "papermill", "nbval"}
OURS = {"duckdb", "openpyxl", "xlsxwriter", "babel", "ipykernel", "jinja2", "nbconvert"}


def ranges() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["lab"], *extras["test"]]
    return {requirement.name: requirement for requirement in map(Requirement, lines)}


def test_environment_yml_names_the_same_ranges_as_pyproject() -> None:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    conda = [Requirement(line) for line in listed if isinstance(line, str)]
    named = {CONDA_NAMES.get(requirement.name, requirement.name): requirement.specifier for requirement in conda}
    assert named.keys() >= CARD | OURS
    for name in CARD | OURS:
        assert named[name] == ranges()[name].specifier, name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert str(named["python"]) == str(Requirement(f"python{project['requires-python']}").specifier)


def test_every_tested_pin_lies_in_its_range() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = {
        name.lower().replace("_", "-"): version
        for name, version in (line.split("==") for line in lines if "==" in line)
    }
    for name, requirement in ranges().items():
        assert requirement.specifier.contains(pins[name.lower().replace("_", "-")]), name


def test_the_wheel_installed_elsewhere_holds_tables_and_rules(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    for file in [ROOT / "leancost" / "tables" / "tables.csv", *(ROOT / "leancost" / "rules").rglob("*.sql")]:
        assert str(file.relative_to(ROOT)) in packed
    company = [*(ROOT / "data" / "setup").glob("*.csv"), *(ROOT / "data" / "events").glob("*.csv")]
    for file in [*company, ROOT / "data" / "README.md", *(ROOT / "notebooks").glob("*.ipynb")]:
        assert f"leancost/{file.relative_to(ROOT)}" in packed
    beside = ("tables/currencies.csv", "report/report.html.j2", "report/report.css", "report/report.js")
    assert {f"leancost/{name}" for name in beside} <= packed
    assert not [name for name in packed if name.startswith("leancost/company/")]
    assert not [name for name in packed if name.startswith("leancost/data/") and name.endswith(".py")]
    place = tmp_path / "elsewhere"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(place), str(wheel)], check=True)
    program = "import leancost, leancost.tables.declaration as t; print(leancost.__file__, len(t.tables()))"
    environment = {**os.environ, "PYTHONPATH": str(place)}
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith(str(place))
    demo = [sys.executable, "-m", "leancost", "demo", "company"]
    subprocess.run(demo, cwd=tmp_path, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "company" / "setup" / "items.csv").exists()
