"""Checks and imports: to start, follow and stop one, and to see what a run left."""

import json
import shlex
from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from importer.ui.bodies import read_json
from importer.ui.desk import FILES, Desk, desk_of
from importer.ui.orders import begin_job, group_failures_of
from importer.ui.questions import question_before

# A report is a page of its own, from data of others: it may draw, and reach nothing.
REPORT_POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def start(request: Request) -> Response:
    desk = desk_of(request)
    order = await read_json(request)
    if (question := await run_in_threadpool(question_before, desk, order)) is not None:
        return JSONResponse(question)
    job = await begin_job(desk, order)
    return JSONResponse(job.state())


async def stop(request: Request) -> Response:
    desk = desk_of(request)
    job = desk.jobs[request.path_params["job"]]
    job.stop()
    return JSONResponse(job.state())


async def events(request: Request) -> Response:
    desk = desk_of(request)
    job = desk.jobs[request.path_params["job"]]

    async def lines() -> AsyncIterator[str]:
        async for state in job.states():
            yield f"data: {json.dumps(with_files(desk, state))}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


async def failures(request: Request) -> Response:
    desk = desk_of(request)
    run = request.path_params["run"]
    return JSONResponse({"groups": await group_failures_of(desk.runs[run])})


async def run_file(request: Request) -> Response:
    desk = desk_of(request)
    run, name = request.path_params["run"], request.path_params["name"]
    path = desk.runs[run] / name
    if name not in FILES or not path.is_file():
        raise KeyError(name)
    page = name.endswith(".html")
    return FileResponse(
        path,
        media_type=FILES[name],
        filename=name,
        content_disposition_type="inline" if page or name.endswith(".json") else "attachment",
        headers={"Content-Security-Policy": REPORT_POLICY} if page else None,
    )


def with_files(desk: Desk, state: dict[str, Any]) -> dict[str, Any]:
    """Add what a run left, and the commands that go on with it and take up what it set aside."""
    told = [each | {"message": desk.as_named(each.get("message", ""))} for each in state["told"]]
    state |= {"told": told}
    run = (state["report"] or {}).get("run")
    if run not in desk.runs:
        return state | {"files": [], "retry": "", "go_on": ""}
    retry = shlex.join(["importer", "retry", str(desk.runs[run])])
    return state | {"files": desk.files_of(run), "retry": retry, "go_on": desk.to_go_on(run)}


ROUTES = (
    Route("/api/jobs", start, methods=["POST"]),
    Route("/api/jobs/{job}/stop", stop, methods=["POST"]),
    Route("/api/jobs/{job}/events", events),
    Route("/runs/{run}/failures", failures),
    Route("/runs/{run}/{name}", run_file),
)
