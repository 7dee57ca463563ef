"""Terraform's provider, with the configuration of docs/clients.md: each apply is followed by a plan without changes.

Skipped if there is no terraform, or if `terraform init` cannot install the provider.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from api_proxy import api_proxy
from simulation import Account, Simulation, wait_for

PAGE = Path(__file__).resolve().parents[2] / "docs" / "clients.md"
EXAMPLE = re.compile(r"^<!-- terraform: main.tf -->\n+```hcl\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NODE = "spotinst_managed_instance_aws.licences"
PRIVATE_IP = "10.0.0.251"

# The exit status of `terraform plan -detailed-exitcode`.
UNCHANGED, CHANGED = 0, 2
COMMAND_TIMEOUT_SECONDS = 60

TYPES = 'instance_types     = ["m7g.large", "m6g.large"]'
# Everything that a response could return in another form than it was sent.
EDITED = """
  instance_types     = ["m7g.large", "m7g.xlarge"]
  description        = "Floating licences"
  user_data          = "#!/bin/sh\\necho started"
  ebs_optimized      = true
  draining_timeout   = 60
  health_check_type  = "EC2"
  grace_period       = 60
  unhealthy_duration = 60
  tags {
    key   = "service"
    value = "licences"
  }
  tags {
    key   = "stage"
    value = "live"
  }
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
    instance_metadata_tags      = "Enabled"
  }
  block_device_mappings {
    device_name = "/dev/sdf"
    ebs {
      volume_size           = 20
      volume_type           = "GP3"
      delete_on_termination = true
    }
  }
  network_interface {
    device_index                = 0
    associate_public_ip_address = false
  }
"""


class Terraform:
    """A folder with a configuration, and the commands in it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        quiet = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
        self._environment = {**os.environ, **quiet, **environment}

    def configure(self, text: str) -> None:
        (self._folder / "main.tf").write_text(text, "utf-8")

    def connect(self, proxy: str, authority: Path) -> None:
        """From now on, connections leave by this proxy, and its authority alone is trusted."""
        self._environment |= {"HTTPS_PROXY": proxy, "SSL_CERT_FILE": str(authority)}

    def attempt(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *words],
            cwd=self._folder,
            env=self._environment,
            timeout=COMMAND_TIMEOUT_SECONDS,
            capture_output=True,
            text=True,
        )

    def run(self, *words: str) -> str:
        done = self.attempt(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def apply(self, *options: str) -> str:
        """Applies the configuration, and returns the node's id."""
        self.run("apply", "-auto-approve", "-no-color", *options)
        return self.run("output", "-raw", "id")

    def plan(self, *options: str) -> int:
        planned = self.attempt("plan", "-detailed-exitcode", "-no-color", *options)
        assert planned.returncode in (UNCHANGED, CHANGED), planned.stderr
        return planned.returncode


@pytest.fixture
def elastic_ip(simulation: Simulation) -> Iterator[dict[str, str]]:
    allocated = simulation.allocate_address()
    allocation_id = allocated["allocationId"]
    yield allocated
    wait_for(lambda: simulation.holder_of(allocation_id), lambda holder: holder is None, f"release of {allocation_id}")
    simulation.release_address(allocation_id)


@pytest.fixture
def terraform(
    simulation: Simulation, account: Account, elastic_ip: dict[str, str], tmp_path: Path
) -> Iterator[Terraform]:
    """Terraform with the page's configuration, connected to the server by a proxy."""
    if shutil.which("terraform") is None:
        pytest.skip("there is no terraform")
    with api_proxy(simulation.url, tmp_path) as (proxy, authority):
        variables = {
            "token": simulation.token,
            "vpc_id": account.vpc_id,
            "subnet_id": account.subnet_id,
            "image_id": account.image_id,
            "security_group_id": account.security_group_id,
            "elastic_ip": elastic_ip["allocationId"],
            "private_ip": PRIVATE_IP,
        }
        made = Terraform(tmp_path, {f"TF_VAR_{name}": value for name, value in variables.items()})
        made.configure(example())
        # Only the provider may use the proxy: the registry is another host.
        installed = made.attempt("init", "-no-color")
        if installed.returncode != 0:
            pytest.skip(f"terraform init cannot install the provider: {installed.stderr.strip()}")
        made.connect(proxy, authority)
        yield made


def example() -> str:
    found = EXAMPLE.search(PAGE.read_text("utf-8"))
    assert found is not None, f"{PAGE} has no configuration for Terraform"
    return found[1]


def get(simulation: Simulation, path: str) -> requests.Response:
    return requests.get(simulation.url + path, headers={"Authorization": f"Bearer {simulation.token}"}, timeout=10)


def settled(simulation: Simulation, node: str) -> dict[str, str]:
    """Waits until the node is ACTIVE and at rest, and returns its status."""

    def look() -> dict[str, str]:
        return get(simulation, f"/aws/ec2/managedInstance/{node}/status").json()["response"]["items"][0]

    def is_settled(seen: dict[str, str]) -> bool:
        return seen["status"] == "ACTIVE" and not seen["operation"] and not seen["isUpdatePending"]

    return wait_for(look, is_settled, f"{node} at rest")


def test_terraform_manages_a_node_from_its_creation_to_its_end(
    terraform: Terraform, simulation: Simulation, elastic_ip: dict[str, str]
) -> None:
    node = terraform.apply()
    created = settled(simulation, node)
    assert (created["privateIp"], created["publicIp"]) == (PRIVATE_IP, elastic_ip["publicIp"])
    assert terraform.plan() == UNCHANGED

    assert TYPES in example()
    terraform.configure(example().replace(TYPES, EDITED))
    assert terraform.plan() == CHANGED
    assert terraform.apply() == node
    assert terraform.plan() == UNCHANGED
    assert settled(simulation, node)["instanceId"] == created["instanceId"]

    terraform.apply("-var", "action=recycle")
    recycled = settled(simulation, node)
    assert recycled["instanceId"] != created["instanceId"]
    terraform.apply()
    assert terraform.plan() == UNCHANGED
    assert settled(simulation, node)["instanceId"] == recycled["instanceId"]

    # The old node has both addresses until its deletion has ended.
    successor = terraform.apply(f"-replace={NODE}")
    assert successor != node
    replaced = settled(simulation, successor)
    assert (replaced["privateIp"], replaced["publicIp"]) == (PRIVATE_IP, elastic_ip["publicIp"])
    assert terraform.plan() == UNCHANGED

    terraform.run("state", "rm", NODE)
    terraform.run("import", "-no-color", NODE, successor)
    assert terraform.plan() == UNCHANGED

    terraform.run("destroy", "-auto-approve", "-no-color")
    for each in (node, successor):
        wait_for(
            lambda each=each: get(simulation, f"/aws/ec2/managedInstance/{each}/resources").status_code,
            lambda status: status == 400,
            f"the end of {each}",
        )
        assert simulation.interfaces_of(each) == simulation.instances_of(each) == []
    left = get(simulation, "/holdfast/resources").json()["response"]["items"]
    assert [item for item in left if item["managedInstanceId"] in (node, successor)] == []
