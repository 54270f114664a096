"""Mapping files: to begin, load, review and save one."""

from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from importer.errors import ConfigError
from importer.ui.bodies import Refused, read_json, text_in
from importer.ui.desk import Desk, desk_of
from importer.ui.first_look import regular_file
from importer.ui.properties import known_properties
from importer.ui.review import review


async def begin_mapping(request: Request) -> Response:
    desk = desk_of(request)
    source = desk.source((await read_json(request)).get("source"))
    return JSONResponse(_laid_out(desk, source.id, desk.draft(source).id))


async def load_mapping(request: Request) -> Response:
    desk = desk_of(request)
    body = await read_json(request)
    if "text" in body:
        document = desk.load_text(text_in(body, "text"), str(body.get("name") or "mapping"))
    else:
        document = desk.load(regular_file(text_in(body, "path"), "mapping file"))
    return JSONResponse(_laid_out(desk, body.get("source"), document.id))


async def review_mapping(request: Request) -> Response:
    desk = desk_of(request)
    body = await read_json(request)
    source, document = desk.source(body.get("source")), desk.document(body.get("document"))
    sheet, path = body.get("sheet"), body.get("path")
    if not isinstance(sheet, dict) or not isinstance(path, str):
        raise Refused(400, "Which mapping?")
    return JSONResponse(await run_in_threadpool(review, desk, source, document, sheet, path))


async def save_mapping(request: Request) -> Response:
    desk = desk_of(request)
    body = await read_json(request)
    source, document = desk.source(body.get("source")), desk.document(body.get("document"))
    sheet = body.get("sheet")
    if not isinstance(sheet, dict):
        raise Refused(400, "Which mapping?")
    path = _mapping_path(text_in(body, "path"))
    text = desk.write(document, source, sheet)
    try:
        saved = desk.save(document, text, path, replace=body.get("replace") is True)
    except FileExistsError:
        words = f"{path}: holds another mapping"
        return JSONResponse({"message": words, "exists": True}, 409)
    return JSONResponse({"document": saved.id, "path": str(path)})


async def properties(request: Request) -> Response:
    desk = desk_of(request)
    document = desk.document(request.path_params["document"])
    known = await run_in_threadpool(known_properties, desk.report_dir, document.content)
    return JSONResponse({"properties": known})


def _laid_out(desk: Desk, source_id: object, document_id: str) -> dict[str, Any]:
    source, document = desk.source(source_id), desk.document(document_id)
    return {
        "document": document.id,
        "path": str(document.path or ""),
        "sheet": desk.lay_out(document, source),
    }


def _mapping_path(text: str) -> Path:
    path = Path(text.strip()).expanduser().absolute()
    if path.suffix not in (".yaml", ".yml") or "\0" in text:
        raise ConfigError("the name of a mapping file ends with .yaml")
    if not path.parent.is_dir():
        raise ConfigError(f"{path.parent}: is no folder; choose another one")
    return path.resolve()


ROUTES = (
    Route("/api/mappings/draft", begin_mapping, methods=["POST"]),
    Route("/api/mappings/load", load_mapping, methods=["POST"]),
    Route("/api/mappings/review", review_mapping, methods=["POST"]),
    Route("/api/mappings/save", save_mapping, methods=["POST"]),
    Route("/api/mappings/{document}/properties", properties),
)
