"""ministack on $GATEWAY_PORT of this machine, with the names of errors put back.

docs/interop.md lists what else it gets wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ministack.app import main
from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

Response = dict[str, Any]

# Where ministack's Node.js runtime reports a handler's error, without the error's name.
REPORTS = (
    'status: "error", error: String(err.message || err), trace: err.stack || ""',
    'status: "error", error: e.message, trace: e.stack',
)
# What ministack names every error instead.
NAMELESS = "Runtime.HandlerError"


def name_errors() -> None:
    """Lambda's `errorType` is the error's name: state machines match it in `Retry` and `Catch`.

    Raises RuntimeError if ministack has changed there.
    """
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    for report in REPORTS:
        if report not in script:
            raise RuntimeError("ministack reports errors differently: does it keep their names now?")
        error = "err" if "err." in report else "e"
        script = script.replace(report, f"{report}, name: {error}.name")
    lambda_runtime._NODEJS_WORKER_SCRIPT = script
    last = threading.local()

    def keep_name(invoke: Callable[..., Response]) -> Callable[..., Response]:
        def invoke_and_keep(*args: Any, **options: Any) -> Response:
            last.name = None
            response = invoke(*args, **options)
            last.name = response.get("name")
            return response

        return invoke_and_keep

    def put_name(execute: Callable[..., Response]) -> Callable[..., Response]:
        def execute_and_put(*args: Any, **options: Any) -> Response:
            response = execute(*args, **options)
            body = response.get("body")
            if isinstance(body, dict) and body.get("errorType") == NAMELESS and last.name is not None:
                body["errorType"] = last.name
            return response

        return execute_and_put

    lambda_runtime.Worker.invoke = keep_name(lambda_runtime.Worker.invoke)
    lambda_svc._execute_function_warm = put_name(lambda_svc._execute_function_warm)


def accept_metric_math() -> None:
    """CloudFormation takes alarms on metric math. ministack refuses them: it watches the first metric instead.

    Raises AttributeError if ministack has changed there.
    """
    record = provisioners._cw_metric_alarm_record

    def of_first_metric(name: str, props: dict[str, Any]) -> Any:
        stats = [each["MetricStat"] for each in props.get("Metrics") or [] if "MetricStat" in each]
        if not stats:
            return record(name, props)
        others = {key: value for key, value in props.items() if key != "Metrics"}
        return record(name, {**others, **stats[0]["Metric"], "Period": stats[0]["Period"], "Statistic": stats[0]["Stat"]})

    provisioners._cw_metric_alarm_record = of_first_metric


if __name__ == "__main__":
    name_errors()
    accept_metric_math()
    main()
