"""Starts the emulators on free ports of this machine, and stops them.

`servers.py NAME COMMAND...` runs a command while an emulator runs. The command has its URL as DYNAMODB_ENDPOINT.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
STARTED_WITHIN_SECONDS = 60
STOPPED_WITHIN_SECONDS = 10
COMMAND_WITHIN_SECONDS = 240
POLL_SECONDS = 0.1

REGION = "us-east-1"
ACCOUNT = "000000000000"


def free_port() -> int:
    """Returns a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_without_aws() -> dict[str, str]:
    """Returns the environment without anything that leads to a real account."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **inherited,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def serving(name: str, command: list[str], environment: dict[str, str], url: str, log: Path) -> Iterator[None]:
    """Runs a server, from its first response to the end of the block. Raises RuntimeError if it does not start."""
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + STARTED_WITHIN_SECONDS
        while not responds(url):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} does not start: {log.read_text('utf-8', 'replace')}")
            time.sleep(POLL_SECONDS)
        yield
    finally:
        server.terminate()
        try:
            server.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def responds(url: str) -> bool:
    """Whether there is any response, an error included."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@contextmanager
def moto(log: Path) -> Iterator[str]:
    """Runs moto's server with the corrections of moto_server.py, and gives its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, str(HERE / "moto_server.py"), str(port)]
    with serving("moto", command, {**environment_without_aws(), "MOTO_ACCOUNT_ID": ACCOUNT}, url, log):
        yield url


@contextmanager
def ministack(folder: Path, log: Path, environment: dict[str, str] | None = None) -> Iterator[str]:
    """Runs ministack with the corrections of ministack_server.py, and gives its URL. It inherits the environment to
    the functions that it runs. It keeps their code in the folder.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    variables = {
        **environment_without_aws(),
        "AWS_ENDPOINT_URL": url,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        # Neither is needed, and both have ports of their own.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "STATE_DIR": str(folder),
        "TMPDIR": str(folder),
        **(environment or {}),
    }
    command = [sys.executable, str(HERE / "ministack_server.py")]
    with serving("ministack", command, variables, f"{url}/_ministack/health", log):
        yield url


def main(name: str, command: list[str]) -> int:
    """Returns the command's exit status."""
    work = Path(os.environ["WORK"])
    folder, log = work / name, work / f"{name}.log"
    folder.mkdir()
    with moto(log) if name == "moto" else ministack(folder, log) as url:
        environment = {**os.environ, "DYNAMODB_ENDPOINT": url}
        return subprocess.run(command, env=environment, timeout=COMMAND_WITHIN_SECONDS).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
