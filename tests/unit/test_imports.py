"""The import rule of ARCHITECTURE.md, the public names, and what importing the package may load."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import etcdlearn

PACKAGE = Path(etcdlearn.__file__).parent
# Who may import whom: a row for every part of the package; a part that has none fails the test.
ALLOWED = {
    "__init__": {"client", "errors", "servers", "teach"},
    "errors": set(),
    "_language": set(),
    "_rpc": set(),
    "client": {"_rpc", "errors"},
    "servers": {"client", "errors"},
    "recipes": {"client", "errors"},
    "widgets": {"_language", "client", "errors", "servers"},
    "teach": {"_language", "client", "errors", "recipes", "servers", "widgets"},
    "testing": {"client", "errors", "recipes", "servers", "widgets"},
    "cli": {"__init__", "_language", "client", "errors", "recipes", "servers", "teach", "widgets"},
}
ONLY_HERE = {
    "grpc": {"client/_channel.py"},
    "anywidget": {"widgets/_stage.py"},
    "google.protobuf": {f"client/{name}.py" for name in ("_call", "_channel", "_methods", "_namespace", "_wire")},
}


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(name: str) -> str:
    """``etcdlearn.client.op.Op`` belongs to ``client``; ``etcdlearn`` itself and its names to ``__init__``."""
    words = [*name.split("."), ""]
    found = words[1]
    return found if found and ((PACKAGE / found).is_dir() or (PACKAGE / f"{found}.py").is_file()) else "__init__"


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "_rpc" not in path.relative_to(PACKAGE).parts]


def test_imports_run_downwards_only() -> None:
    breaches = []
    for module in modules():
        here = module.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for name in imported(module):
            if name.split(".")[0] == "etcdlearn" and part(name) not in {here, *ALLOWED[here]}:
                breaches.append(f"{module.relative_to(PACKAGE)} imports {name}")
    assert not breaches


def test_some_libraries_have_one_door() -> None:
    breaches = []
    for module in modules():
        place = module.relative_to(PACKAGE).as_posix()
        for name in imported(module):
            for library, doors in ONLY_HERE.items():
                if f"{name}.".startswith(f"{library}.") and place not in doors:
                    breaches.append(f"{place} imports {name}")
    assert not breaches


def test_public_names_are_all_there_and_none_hides_a_subpackage() -> None:
    assert len(set(etcdlearn.__all__)) == len(etcdlearn.__all__)
    for name in etcdlearn.__all__:
        assert getattr(etcdlearn, name) is not None
        assert not (PACKAGE / name).exists()
        assert not (PACKAGE / f"{name}.py").exists()
    assert set(etcdlearn.__all__) <= set(dir(etcdlearn))


def test_lazy_names_are_those_that_type_checkers_see() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {node.module: tuple(a.name for a in node.names) for node in block.body if isinstance(node, ast.ImportFrom)}
    assert seen == etcdlearn._LAZY


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ["IPython", "anywidget", "ipywidgets", "docker", "testcontainers", "jupyterlab", "grpc", "click"]
    code = f"import etcdlearn, sys; print(sorted(set({heavy}) & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_client_needs_no_notebook() -> None:
    code = (
        "import etcdlearn.client, etcdlearn.servers, sys; print({'IPython', 'anywidget', 'click'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
