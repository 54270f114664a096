"""The report of a run, posted to an address of the user's own."""

import json
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

import httpx

from importer.books.report import Report

PAUSES = (1.0, 4.0)
"""Seconds before the second and the third attempt."""


def post_report(
    report: Report,
    url: str,
    timeout: float,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[str]:
    """Post report.json; yield what went wrong, in words that do not show the whole address.

    An attempt without an answer, a 429 and a 5xx are tried again; redirects are not followed.
    """
    body = json.dumps(report.as_json(), ensure_ascii=False).encode()
    fault = ""
    for pause in (0.0, *PAUSES):
        if pause:
            sleep(pause)
        fault, again = _in_time(url, body, timeout)
        if not again:
            break
    if fault:
        yield f"on_finish.webhook: {urlsplit(url).hostname}: {fault}"


def _in_time(url: str, body: bytes, timeout: float) -> tuple[str, bool]:
    """Post once, and wait no longer than that: httpx bounds each read only, and a server that sends
    a byte now and then would hold the run.
    """
    ended: SimpleQueue[tuple[str, bool]] = SimpleQueue()
    Thread(target=lambda: ended.put(_attempt(url, body, timeout)), daemon=True).start()
    try:
        return ended.get(timeout=timeout)
    except Empty:
        return f"no answer in {timeout:g} s", True


def _attempt(url: str, body: bytes, timeout: float) -> tuple[str, bool]:
    """Post once; return what went wrong, if anything did, and whether it may go better again."""
    headers = {"Content-Type": "application/json"}
    try:
        # Only its head is waited for: nobody reads what is behind it.
        with httpx.stream("POST", url, content=body, headers=headers, timeout=timeout) as answer:
            pass
    except httpx.TransportError as error:
        return f"no answer ({type(error).__name__})", True
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return f"cannot be reached ({type(error).__name__})", False
    if answer.is_success:
        return "", False
    return f"HTTP {answer.status_code}", answer.status_code == 429 or answer.is_server_error
