"""moto on a port of this machine, with what it gets wrong corrected: `moto_server.py PORT`.

docs/interop.md lists the corrections.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.ec2.models.instances import Instance, InstanceBackend
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

# How long the emulated instances take: long enough for a step to find an instance on its way, and to wait for it.
START_SECONDS = 2.0
STOP_SECONDS = 2.0

PENDING, RUNNING, SHUTTING_DOWN, TERMINATED = (0, "pending"), (16, "running"), (32, "shutting-down"), (48, "terminated")

# moto's objects are changed by requests and by timers.
LOCK = threading.RLock()

# An address that is not associated has these elements in moto's responses, without a value. EC2 leaves them out.
EMPTY = re.compile(rb"<(associationId|instanceId|networkInterfaceId|networkInterfaceOwnerId|privateIpAddress)\s*/>")
EMPTY_PAIR = re.compile(EMPTY.pattern.replace(rb"\s*/>", rb">\s*</\1>"))


def set_state(instance: Instance, state: tuple[int, str]) -> None:
    """Sets an instance's state."""
    instance._state.code, instance._state.name = state


def start_slowly(run_instances: Callable[..., Any]) -> Callable[..., Any]:
    """moto's instances run at once. EC2's are `pending` first."""

    def run(*args: Any, **options: Any) -> Any:
        reservation = run_instances(*args, **options)
        for instance in reservation.instances:
            set_state(instance, PENDING)
            threading.Timer(START_SECONDS, started, [instance]).start()
        return reservation

    return run


def started(instance: Instance) -> None:
    """Ends the start of an instance that was not terminated meanwhile."""
    with LOCK:
        if instance._state.code == PENDING[0]:
            set_state(instance, RUNNING)


def end_slowly(terminate: Callable[[Instance], Any]) -> Callable[[Instance], Any]:
    """moto's instances end at once, and keep their interfaces. EC2's shut down first, and then free them."""

    def end(instance: Instance) -> Any:
        if instance._state.code in (SHUTTING_DOWN[0], TERMINATED[0]):
            return instance._state
        previous = terminate(instance)
        set_state(instance, SHUTTING_DOWN)
        threading.Timer(STOP_SECONDS, ended, [instance]).start()
        return previous

    return end


def ended(instance: Instance) -> None:
    """Ends an instance. The interfaces that are not deleted with it are available again."""
    with LOCK:
        for device, interface in list(instance.nics.items()):
            instance.detach_eni(interface)
            # moto still reads the instance's own address from there.
            instance.nics[device] = interface
        set_state(instance, TERMINATED)


def interfaces_of(instance: Instance) -> list[Any]:
    """An instance that has ended has no interfaces."""
    return [] if instance._state.code == TERMINATED[0] else list(instance.nics.values())


class WithoutEmptyElements:
    """Takes elements without a value out of the responses, and handles one request at a time."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """A WSGI application."""
        response: list[Any] = []

        def keep(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            response[:] = [status, [header for header in headers if header[0].lower() != "content-length"]]

        with LOCK:
            body = b"".join(self._application(environ, keep))
        body = EMPTY_PAIR.sub(b"", EMPTY.sub(b"", body))
        status, headers = response
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]


class Quiet(WSGIRequestHandler):
    """Logs no requests: there are thousands."""

    def log_request(self, *_: Any) -> None:
        """Does nothing."""


def main(port: int) -> None:
    """Serves until the process is ended."""
    InstanceBackend.run_instances = start_slowly(InstanceBackend.run_instances)
    Instance.terminate = end_slowly(Instance.terminate)
    Instance.network_interfaces = property(interfaces_of)
    application = WithoutEmptyElements(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", port, application, threaded=True, request_handler=Quiet)


if __name__ == "__main__":
    main(int(sys.argv[1]))
