"""A CDK app that has nothing of this repository but its package can declare nodes, as docs/library.md says."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from app import PAGE, PROGRAM, ROOT, STACK, App, run
from examples import examples_of

Resources = dict[str, dict[str, Any]]

HANDLERS = sorted(str(handler.relative_to(ROOT)) for handler in ROOT.glob("lambdas/*/handler.ts"))
# The attributes of a node that another part of the template can use, as the example's outputs name them.
OUTPUTS = {"PrivateIp": "privateIp", "PublicIp": "publicIp", "NetworkInterfaceId": "networkInterfaceId"}
NODE_TYPE = "Custom::HoldfastStatefulNode"


def resources_of(template: dict[str, Any], kind: str) -> Resources:
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


def entry_of(function: dict[str, Any]) -> str | None:
    """Returns the source file of a function. One of CDK's own has none."""
    entry: str | None = function.get("Metadata", {}).get("holdfast:entry")
    return entry


def code_of(function: dict[str, Any], app: App) -> Path:
    """Returns the folder that would be uploaded as the function's code."""
    key = function["Properties"]["Code"]["S3Key"]
    assets = json.loads((app.assembly / f"{STACK}.assets.json").read_text("utf-8"))
    return app.assembly / assets["files"][Path(key).stem]["source"]["path"]


@pytest.fixture
def functions(template: dict[str, Any]) -> Resources:
    return resources_of(template, "AWS::Lambda::Function")


def test_the_page_names_the_package_and_has_one_example(package: Path) -> None:
    assert package.name in PAGE.read_text("utf-8")
    assert list(examples_of(PAGE)) == [PROGRAM]


def test_npm_installs_the_package_and_all_that_it_needs(app: App) -> None:
    assert not app.package.is_symlink()
    # npm fails if a package is missing, or if one has a version that another does not accept.
    installed = json.loads(run(app.folder, "npm", "ls", "--all", "--json"))
    assert installed["dependencies"]["holdfast"]["resolved"].endswith(".tgz")


def test_the_package_declares_every_package_that_it_imports(findings: dict[str, list[str]]) -> None:
    assert findings["undeclared"] == []


def test_the_package_has_every_file_that_it_imports(findings: dict[str, list[str]]) -> None:
    assert findings["missing"] == []


def test_an_editor_shows_a_docstring_for_all_that_is_exported(findings: dict[str, list[str]]) -> None:
    assert findings["undocumented"] == []


def test_the_example_compiles_in_an_app_of_cdk_init(compiled: App) -> None:
    assert (compiled.folder / "out" / "app.js").is_file()


def test_an_ecmascript_module_can_import_the_constructs(app: App) -> None:
    names = "Holdfast, HoldfastStack, StatefulNode"
    program = f"import {{ {names} }} from 'holdfast'; console.log([{names}].map((each) => typeof each).join());"

    assert run(app.folder, "node", "--input-type=module", "--eval", program).strip() == "function,function,function"


def test_the_command_line_starts(app: App) -> None:
    assert app.run("holdfast", "--help").startswith("Usage: holdfast")


def test_the_template_has_the_node(template: dict[str, Any], functions: Resources) -> None:
    ((name, node),) = resources_of(template, NODE_TYPE).items()
    properties = node["Properties"]
    function, attribute = properties["ServiceToken"]["Fn::GetAtt"]

    assert (function in functions, attribute) == (True, "Arn")
    assert json.loads(properties["Document"]).keys() == {"name", "persistence", "compute"}
    assert {output: value["Value"] for output, value in template["Outputs"].items() if output in OUTPUTS} == {
        output: {"Fn::GetAtt": [name, attribute]} for output, attribute in OUTPUTS.items()
    }


def test_the_template_has_every_function(functions: Resources) -> None:
    entries = [entry_of(function) for function in functions.values()]

    assert sorted(filter(None, entries)) == HANDLERS != []


def test_every_function_has_its_code(functions: Resources, compiled: App) -> None:
    for name, function in functions.items():
        file, _ = function["Properties"]["Handler"].rsplit(".", 1)
        assert (code_of(function, compiled) / f"{file}.js").is_file(), name


@pytest.mark.parametrize("entry", HANDLERS)
def test_the_code_of_a_function_loads_alone(
    entry: str, functions: Resources, compiled: App, work: Path, tmp_path: Path
) -> None:
    (function,) = (each for each in functions.values() if entry_of(each) == entry)
    code = tmp_path / "code"
    shutil.copytree(code_of(function, compiled), code)
    file, export = function["Properties"]["Handler"].rsplit(".", 1)

    # In a folder without packages, and without the variables of the machine, so that only the bundle can be used.
    program = f"console.log(typeof require('./{file}.js')['{export}'])"
    loaded = run(code, "node", "--eval", program, environment={"PATH": os.environ["PATH"]})

    assert loaded.strip() == "function"
