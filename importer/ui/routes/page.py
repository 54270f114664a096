"""The page itself, and what it finds when it is loaded."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from importer.errors import ConfigError
from importer.ui.bodies import MOST_UPLOAD, read_json, text_in
from importer.ui.desk import Desk, desk_of
from importer.ui.routes.runs import with_files
from importer.ui.routes.sources import opened

_page = Environment(
    loader=PackageLoader("importer.ui"), autoescape=select_autoescape(), trim_blocks=True
)


async def index(_: Request) -> Response:
    return HTMLResponse(_page.get_template("index.html").render())


async def show_desk(request: Request) -> Response:
    desk = desk_of(request)
    jobs = [with_files(desk, job.state()) for job in desk.jobs.values()]
    return JSONResponse(
        {
            "given": desk.given,
            "folder": str(Path.cwd()),
            "report_dir": str(desk.report_dir),
            "most_upload": MOST_UPLOAD,
            "token_from": desk.token_from,
            "address": desk.address,
            "jobs": jobs,
            "latest": _latest(desk),
        }
    )


async def type_token(request: Request) -> Response:
    desk = desk_of(request)
    desk.type_token(text_in(await read_json(request), "token").strip())
    return JSONResponse({"token_from": desk.token_from})


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
        "source": opened(source),
        "document": document.id,
        "path": str(document.path or ""),
        "sheet": desk.latest["sheet"],
    }


ROUTES = (
    Route("/", index),
    Mount("/static", StaticFiles(packages=[("importer.ui", "static")])),
    Route("/api/desk", show_desk),
    Route("/api/token", type_token, methods=["POST"]),
)
