"""`/`: the verifying page."""

from fastapi import Request, Response

from node.web.pages import page, page_router

router = page_router()


@router.get("/")
def get_verifying(request: Request) -> Response:
    """What somebody can hand in."""
    return page(request, "verify/ask.html")
