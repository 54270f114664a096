"""Updates as the tests send them."""

from typing import Any

QUIET = {"$token": "t", "$ip": "0", "$ignore_time": True}


def user(
    identifier: Any, operation: str = "$set", values: Any = None, **more: Any
) -> dict[str, Any]:
    """An update that leaves place and time alone."""
    return {**QUIET, "$distinct_id": identifier, operation: values or {"plan": "pro"}, **more}


def group(
    identifier: Any, operation: str = "$set", values: Any = None, **more: Any
) -> dict[str, Any]:
    named = {"$group_key": "company", "$group_id": identifier}
    return {**QUIET, **named, operation: values or {"plan": "pro"}, **more}
