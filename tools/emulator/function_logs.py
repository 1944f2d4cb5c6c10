"""A function writes no log to a group that was deleted, as its role may make none; ministack makes the group anew."""

from typing import Any

from ministack.services import cloudwatch_logs, lambda_svc  # type: ignore[import-not-found]


def register() -> None:
    """Write only to a group that is there, where the function's configuration names one."""
    write = lambda_svc._emit_lambda_logs

    def write_to_what_is_there(func: Any, *rest: Any, **named: Any) -> Any:
        group = ((func.get("config") or func).get("LoggingConfig") or {}).get("LogGroup")
        return write(func, *rest, **named) if not group or group in cloudwatch_logs._log_groups else None

    lambda_svc._emit_lambda_logs = write_to_what_is_there
