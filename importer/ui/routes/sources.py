"""Files: to take one, to open it, to count it, to show what a mapping makes of its first rows."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from importer.ui.bodies import Refused, read_json, receive_file, text_in
from importer.ui.desk import OpenSource, desk_of
from importer.ui.documents import mapping_for
from importer.ui.first_look import look, regular_file
from importer.ui.orders import count_rows
from importer.ui.samples import convert_samples, count_identifiers, emails_of


async def upload(request: Request) -> Response:
    desk = desk_of(request)
    path = await receive_file(request, request.query_params.get("name", ""), desk.folder)
    await run_in_threadpool(desk.clear_uploads, path)
    return JSONResponse({"path": str(path)})


async def open_source(request: Request) -> Response:
    desk = desk_of(request)
    body = await read_json(request)
    path = regular_file(text_in(body, "path"))
    if not isinstance(settings := body.get("settings", {}), dict):
        raise Refused(400, "How is the file read?")
    seen = await run_in_threadpool(look, path, settings)
    source = desk.keep_source(seen)
    return JSONResponse(opened(source))


async def counts(request: Request) -> Response:
    desk = desk_of(request)
    source = desk.source(request.path_params["source"])
    if source.counts is None:  # not before somebody sees the columns: it takes a whole core
        await count_rows(desk, source)
    job = source.counts
    if job is None or job.ended:
        report = job.report if job is not None else None
        return JSONResponse({"ready": True, "preview": report})
    return JSONResponse({"ready": False})


async def convert(request: Request) -> Response:
    desk = desk_of(request)
    source = desk.source(request.path_params["source"])
    body = await read_json(request)
    position, entry, around = body.get("position"), body.get("entry"), body.get("around")
    if not (isinstance(position, int) and isinstance(entry, dict) and isinstance(around, dict)):
        raise Refused(400, "Which column, and how?")
    around = {key: around[key] for key in ("profiles", "empty_cells") if key in around}
    shown = await run_in_threadpool(convert_samples, source.look, position, entry, around)
    return JSONResponse(shown)


async def identifiers(request: Request) -> Response:
    desk = desk_of(request)
    source = desk.source(request.path_params["source"])
    body = await read_json(request)
    identifier = {"column": body.get("column"), "fallback": body.get("fallback") or []}
    columns = {int(position): entries for position, entries in (body.get("emails") or {}).items()}
    content = desk.document(body["document"]).content if "document" in body else {}
    counted = await run_in_threadpool(
        count_identifiers,
        source.look,
        identifier,
        emails_of(content, columns),
        people=bool(body.get("people", True)),
    )
    return JSONResponse({"rows": source.look.rows, "whole": source.look.whole, **counted})


def opened(source: OpenSource) -> dict[str, Any]:
    seen = source.look
    return {
        "id": source.id,
        "path": str(seen.path),
        "name": source.name,
        "size": seen.size,
        "rows": seen.rows,
        "whole": seen.whole,
        "found": seen.found,
        "mapping": str(mapping_for(seen.path) or ""),
        "preview": seen.preview.as_json(),
    }


ROUTES = (
    Route("/api/uploads", upload, methods=["PUT"]),
    Route("/api/sources", open_source, methods=["POST"]),
    Route("/api/sources/{source}/counts", counts),
    Route("/api/sources/{source}/convert", convert, methods=["POST"]),
    Route("/api/sources/{source}/identifiers", identifiers, methods=["POST"]),
)
