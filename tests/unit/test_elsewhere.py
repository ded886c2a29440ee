"""Where else the course opens: a workflow and a dev container call make's own commands, Binder installs the package."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OURS = r"\b(?:localhost|127\.0\.0\.1)\b"


def test_the_workflow_calls_the_two_commands_on_linux_and_macos() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    (job,) = workflow["jobs"].values()
    assert job["strategy"]["matrix"]["system"] == ["ubuntu-latest", "macos-latest"]
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert [re.search(r"make (lab|test)\b", command)[0] for command in commands] == ["make lab", "make test"]  # type: ignore[index]


def test_its_pythons_are_those_that_the_package_names() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    named = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d", line)]
    (job,) = workflow["jobs"].values()
    assert {named[0], named[-1]} == set(job["strategy"]["matrix"]["python"])


def test_the_dev_container_calls_make() -> None:
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert container["postCreateCommand"] == "make setup"
    assert container["postAttachCommand"] == "make lab"
    assert re.search(r"^setup:", (ROOT / "Makefile").read_text(), re.M)


def test_binder_installs_this_package_on_pinned_versions() -> None:
    requirements = (ROOT / "binder/requirements.txt").read_text().splitlines()
    assert [line for line in requirements if not line.startswith("#")] == ["-c ../constraints.txt", ".[lab]"]
    python = (ROOT / "binder/runtime.txt").read_text().strip().removeprefix("python-")
    assert any(line.endswith(f":: {python}") for line in PROJECT["classifiers"])


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_a_readme_names_no_public_address_before_the_project_has_one(readme: str) -> None:
    addresses = re.findall(r"https?://[^\s)\"'>]+", (ROOT / readme).read_text(encoding="utf-8"))
    known = tuple(PROJECT.get("urls", {}).values())
    assert [address for address in addresses if not re.search(OURS, address) and not address.startswith(known)] == []
