"""The page's addresses: each one reads a request, asks the desk, and answers with JSON."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from importer.errors import ConfigError, ImporterError
from importer.ui.bodies import MOST_UPLOAD, Refused, read_json, receive_file
from importer.ui.desk import FILES, Desk, OpenSource
from importer.ui.first_look import look, regular_file
from importer.ui.orders import begin_job, count_rows, group_failures_of, unfinished_run
from importer.ui.properties import known_properties
from importer.ui.review import review
from importer.ui.samples import convert_samples, count_identifiers

# A report is a page of its own, from data of others: it may draw, and reach nothing.
REPORT_POLICY = (
    "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_page = Environment(
    loader=PackageLoader("importer.ui"), autoescape=select_autoescape(), trim_blocks=True
)


def application(desk: Desk, given: dict[str, str]) -> Starlette:
    """Make the application; `given` are the source and mapping of the command line."""

    async def index(_: Request) -> Response:
        return HTMLResponse(_page.get_template("index.html").render())

    async def show_desk(_: Request) -> Response:
        jobs = [_with_files(desk, job.state()) for job in desk.jobs.values()]
        return JSONResponse(
            {
                "given": given,
                "folder": str(Path.cwd()),
                "report_dir": str(desk.report_dir),
                "most_upload": MOST_UPLOAD,
                "token_from": desk.token_from,
                "address": desk.address,
                "jobs": jobs,
                "latest": _latest(desk),
            }
        )

    async def upload(request: Request) -> Response:
        path = await receive_file(request, request.query_params.get("name", ""), desk.folder)
        await run_in_threadpool(desk.clear_uploads, path)
        return JSONResponse({"path": str(path)})

    async def open_source(request: Request) -> Response:
        body = await read_json(request)
        path = regular_file(_text(body, "path"))
        if not isinstance(settings := body.get("settings", {}), dict):
            raise Refused(400, "How is the file read?")
        seen = await run_in_threadpool(look, path, settings)
        source = desk.keep_source(seen)
        return JSONResponse(_opened(source))

    async def counts(request: Request) -> Response:
        source = desk.source(request.path_params["source"])
        if source.counts is None:  # not before somebody sees the columns: it takes a whole core
            await count_rows(desk, source)
        job = source.counts
        if job is None or job.ended:
            report = job.report if job is not None else None
            return JSONResponse({"ready": True, "preview": report})
        return JSONResponse({"ready": False})

    async def convert(request: Request) -> Response:
        source = desk.source(request.path_params["source"])
        body = await read_json(request)
        position, entry, around = body.get("position"), body.get("entry"), body.get("around")
        if not (isinstance(position, int) and isinstance(entry, dict) and isinstance(around, dict)):
            raise Refused(400, "Which column, and how?")
        around = {key: around[key] for key in ("profiles", "empty_cells") if key in around}
        shown = await run_in_threadpool(convert_samples, source.look, position, entry, around)
        return JSONResponse(shown)

    async def identifiers(request: Request) -> Response:
        source = desk.source(request.path_params["source"])
        body = await read_json(request)
        counted = await run_in_threadpool(
            count_identifiers,
            source.look,
            body.get("column"),
            body.get("email"),
            body.get("fallback") or [],
            bool(body.get("people", True)),
        )
        return JSONResponse({"rows": source.look.rows, "whole": source.look.whole, **counted})

    async def begin_mapping(request: Request) -> Response:
        source = desk.source((await read_json(request)).get("source"))
        return JSONResponse(_laid_out(desk, source.id, desk.draft(source).id))

    async def load_mapping(request: Request) -> Response:
        body = await read_json(request)
        if "text" in body:
            document = desk.load_text(_text(body, "text"), str(body.get("name") or "mapping"))
        else:
            document = desk.load(regular_file(_text(body, "path")))
        return JSONResponse(_laid_out(desk, body.get("source"), document.id))

    async def review_mapping(request: Request) -> Response:
        body = await read_json(request)
        source, document = desk.source(body.get("source")), desk.document(body.get("document"))
        sheet, path = body.get("sheet"), body.get("path")
        if not isinstance(sheet, dict) or not isinstance(path, str):
            raise Refused(400, "Which mapping?")
        return JSONResponse(await run_in_threadpool(review, desk, source, document, sheet, path))

    async def save_mapping(request: Request) -> Response:
        body = await read_json(request)
        source, document = desk.source(body.get("source")), desk.document(body.get("document"))
        sheet = body.get("sheet")
        if not isinstance(sheet, dict):
            raise Refused(400, "Which mapping?")
        path = _mapping_path(_text(body, "path"))
        text = desk.write(document, source, sheet)
        try:
            saved = desk.save(document, text, path, replace=body.get("replace") is True)
        except FileExistsError:
            words = f"{path}: holds another mapping"
            return JSONResponse({"message": words, "exists": True}, 409)
        return JSONResponse({"document": saved.id, "path": str(path)})

    async def type_token(request: Request) -> Response:
        desk.type_token(_text(await read_json(request), "token").strip())
        return JSONResponse({"token_from": desk.token_from})

    async def start(request: Request) -> Response:
        order = await read_json(request)
        if (left := await run_in_threadpool(unfinished_run, desk, order)) is not None:
            return JSONResponse({"unfinished": left})
        job = await begin_job(desk, order)
        return JSONResponse(job.state())

    async def stop(request: Request) -> Response:
        job = desk.jobs[request.path_params["job"]]
        job.stop()
        return JSONResponse(job.state())

    async def events(request: Request) -> Response:
        job = desk.jobs[request.path_params["job"]]

        async def lines() -> AsyncIterator[str]:
            async for state in job.states():
                yield f"data: {json.dumps(_with_files(desk, state))}\n\n"

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def failures(request: Request) -> Response:
        run = request.path_params["run"]
        return JSONResponse({"groups": await group_failures_of(desk.runs[run])})

    async def run_file(request: Request) -> Response:
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

    async def properties(request: Request) -> Response:
        document = desk.document(request.path_params["document"])
        known = await run_in_threadpool(known_properties, desk.report_dir, document.content)
        return JSONResponse({"properties": known})

    return Starlette(
        routes=[
            Route("/", index),
            Mount("/static", StaticFiles(packages=[("importer.ui", "static")])),
            Route("/api/desk", show_desk),
            Route("/api/uploads", upload, methods=["PUT"]),
            Route("/api/sources", open_source, methods=["POST"]),
            Route("/api/sources/{source}/counts", counts),
            Route("/api/sources/{source}/convert", convert, methods=["POST"]),
            Route("/api/sources/{source}/identifiers", identifiers, methods=["POST"]),
            Route("/api/mappings/draft", begin_mapping, methods=["POST"]),
            Route("/api/mappings/load", load_mapping, methods=["POST"]),
            Route("/api/mappings/review", review_mapping, methods=["POST"]),
            Route("/api/mappings/save", save_mapping, methods=["POST"]),
            Route("/api/mappings/{document}/properties", properties),
            Route("/api/token", type_token, methods=["POST"]),
            Route("/api/jobs", start, methods=["POST"]),
            Route("/api/jobs/{job}/stop", stop, methods=["POST"]),
            Route("/api/jobs/{job}/events", events),
            Route("/runs/{run}/failures", failures),
            Route("/runs/{run}/{name}", run_file),
        ],
        exception_handlers={
            Refused: _refused,
            ImporterError: _fault,
            KeyError: _unknown,
            ValidationError: _wrong,
        },
    )


def _opened(source: OpenSource) -> dict[str, Any]:
    seen = source.look
    return {
        "id": source.id,
        "path": str(seen.path),
        "size": seen.size,
        "rows": seen.rows,
        "whole": seen.whole,
        "found": seen.found,
        "preview": seen.preview.as_json(),
    }


def _latest(desk: Desk) -> dict[str, Any] | None:
    """Return what was on the page before it was loaded again, if it is there still."""
    if desk.latest is None:
        return None
    try:
        source, document = (
            desk.source(desk.latest["source"]),
            desk.document(desk.latest["document"]),
        )
    except ConfigError:
        return None
    return {
        "source": _opened(source),
        "document": document.id,
        "path": str(document.path or ""),
        "sheet": desk.latest["sheet"],
    }


def _laid_out(desk: Desk, source_id: object, document_id: str) -> dict[str, Any]:
    source, document = desk.source(source_id), desk.document(document_id)
    return {
        "document": document.id,
        "path": str(document.path or ""),
        "sheet": desk.lay_out(document, source),
    }


def _with_files(desk: Desk, state: dict[str, Any]) -> dict[str, Any]:
    run = (state["report"] or {}).get("run")
    return state | {"files": desk.files_of(run) if run in desk.runs else []}


def _text(body: dict[str, Any], key: str) -> str:
    if not isinstance(value := body.get(key), str):
        raise Refused(400, f"{key} is missing.")
    return value


def _mapping_path(text: str) -> Path:
    path = Path(text.strip()).expanduser().absolute()
    if path.suffix not in (".yaml", ".yml") or "\0" in text:
        raise ConfigError("the name of a mapping file ends with .yaml")
    if not path.parent.is_dir():
        raise ConfigError(f"{path.parent}: is no folder; choose another one")
    return path.resolve()


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    # What is left of a body that nobody reads must not be taken for the next request.
    headers = {"Connection": "close"} if error.status == 413 else None
    return JSONResponse({"message": str(error)}, error.status, headers=headers)


async def _wrong(_: Request, error: Exception) -> Response:  # noqa: ARG001
    return JSONResponse({"message": "The page sent something else than was expected."}, 400)


async def _fault(_: Request, error: Exception) -> Response:
    return JSONResponse({"message": str(error)}, 422)


async def _unknown(_: Request, error: Exception) -> Response:  # noqa: ARG001
    return JSONResponse({"message": "There is nothing of that name here."}, 404)
