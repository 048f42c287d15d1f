"""What a refusal means: `/problems/{id}`, where the `type` of every Problem Details points.

For a person as a page, for a program as JSON; open to everybody, as it holds no data.
"""

import re
from html import escape

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from field_app.problems import NOT_FOUND, Kind
from field_app.routes.openapi import declared_problems
from field_app.routes.signin import page

_FACT = re.compile(r"\{\w+\}")
_HEADERS = {"Cache-Control": "max-age=3600", "Vary": "Accept"}


def explanation(kind: Kind) -> str:
    """The sentence of the refusal in general, and whether sending the same again may help."""
    says = _FACT.sub("……", kind.says)
    if says == "……":
        says = "具体原因见当时的提示（detail）。"
    again = "原样再试一次可能成功。" if kind.retry else "原样再试不会成功，请先按提示处理。"
    return f"{says}{again}"


async def explained(request: Request) -> Response:
    """Title, status and explanation; NOT_FOUND where no such refusal is declared."""
    wanted = request.path_params["problem_id"]
    kind = next((k for k in declared_problems() if k.id == wanted), None)
    if kind is None:
        raise NOT_FOUND(what="这条错误说明")
    if "text/html" in request.headers.get("accept", ""):
        said = (
            f"<p>{escape(explanation(kind))}</p>"
            f'<p class="hint">错误代号 {escape(kind.id)}，HTTP 状态 {kind.status}</p>'
            '<p><a href="/">回到系统</a></p>'
        )
        fields = f"<h2>{escape(kind.title)}</h2>{said}"
        answer = await to_thread.run_sync(page, kind.title, fields)
        answer.headers["Vary"] = "Accept"
        return answer
    return JSONResponse(
        {
            "type": f"/problems/{kind.id}",
            "id": kind.id,
            "title": kind.title,
            "status": kind.status,
            "retry": kind.retry,
            "explanation": explanation(kind),
        },
        headers=_HEADERS,
    )


ROUTES = [Route("/problems/{problem_id}", explained, methods=["GET"])]
