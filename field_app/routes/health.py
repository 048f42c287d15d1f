"""Signs of life: `/healthz` says that the process answers, `/readyz` that it can work."""

from anyio import to_thread
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from field_app.db import reading


async def healthz(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _database_answers() -> bool:
    try:
        with reading() as session:
            session.connection().execute(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return False
    return True


async def readyz(_request: Request) -> Response:
    ready = await to_thread.run_sync(_database_answers)
    return JSONResponse(
        {"status": "ok" if ready else "unavailable", "database": ready},
        status_code=200 if ready else 503,
    )


ROUTES = [Route("/healthz", healthz), Route("/readyz", readyz)]
