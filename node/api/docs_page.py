"""`/docs`: the operations of `/openapi.json` as one plain page; nothing is loaded from any other host."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response

router = APIRouter()

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2733}"
    "h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #cfd8e0}"
    "code{font:14px ui-monospace,monospace}.m{display:inline-block;width:3.5rem;font-weight:600}"
    "dd{margin:0 0 .8rem 3.5rem;color:#465563}dt{margin-top:.4rem}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    """The operations, grouped by API, with their parameters."""
    return Response(
        page_of(request.app.openapi()),
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"},
    )


def page_of(schema: dict[str, Any]) -> str:
    """Return the page for an OpenAPI document; all of its text is escaped."""
    groups: dict[str, list[str]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["Node"])[0]
            groups.setdefault(tag, []).append(_operation(method, path, operation))
    sections = "".join(f"<h2>{escape(tag)}</h2><dl>{''.join(items)}</dl>" for tag, items in groups.items())
    title = escape(schema["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{title}</h1><p>{escape(schema['info'].get('description', ''))}</p>"
        f'<p>For machines: <a href="/openapi.json">/openapi.json</a></p>{sections}</body></html>'
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    names = [item["name"] for item in operation.get("parameters", []) if item["in"] == "query"]
    query = f" <small>?{escape(', '.join(names))}</small>" if names else ""
    text = escape(operation.get("description") or operation.get("summary", ""))
    return (
        f'<dt><span class="m">{method.upper()}</span><code>{escape(path)}</code>{query}</dt><dd>{text}</dd>'
    )
