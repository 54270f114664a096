"""The application behind the page: the desk, the routes to it, and what a refusal looks like."""

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from importer.errors import ImporterError
from importer.ui.bodies import Refused
from importer.ui.desk import Desk, desk_of
from importer.ui.routes import ROUTES


def application(desk: Desk) -> Starlette:
    app = Starlette(
        routes=ROUTES,
        exception_handlers={
            Refused: _refused,
            ImporterError: _fault,
            KeyError: _unknown,
            ValidationError: _wrong,
        },
    )
    app.state.desk = desk
    return app


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    # What is left of a body that nobody reads must not be taken for the next request.
    headers = {"Connection": "close"} if error.status == 413 else None
    return JSONResponse({"message": str(error)}, error.status, headers=headers)


async def _wrong(_: Request, error: Exception) -> Response:  # noqa: ARG001
    return JSONResponse({"message": "The page sent something else than was expected."}, 400)


async def _fault(request: Request, error: Exception) -> Response:
    return JSONResponse({"message": desk_of(request).as_named(str(error))}, 422)


async def _unknown(_: Request, error: Exception) -> Response:  # noqa: ARG001
    return JSONResponse({"message": "There is nothing of that name here."}, 404)
