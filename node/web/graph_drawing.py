"""Trees of accreditations laid out for a drawing: depth to the right, one row for each leaf."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.services.accreditation_graph import GraphNode

BOX_WIDTH, BOX_HEIGHT = 288, 46
_COLUMN, _ROW, _MARGIN = 324, 58, 12  # three columns fit into the width of a page
_CUT = 33  # characters of a name that fit into a box


@dataclass(frozen=True, slots=True)
class Box:
    """One accreditation in the drawing; `x` and `y` of its upper left corner, in pixels."""

    node: GraphNode
    x: int
    y: int
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """From a box to one below it: an SVG path, and whether the one below holds."""

    path: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and lines, and how much room they take in pixels."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int


def drawing(trees: Sequence[GraphNode]) -> Drawing:
    """Return the drawing of some trees, one under another."""
    boxes: list[Box] = []
    lines: list[Line] = []
    row = 0
    for tree in trees:
        _, row = _place(tree, 0, row, boxes, lines)
    deepest = max((box.x for box in boxes), default=0)
    return Drawing(boxes, lines, deepest + BOX_WIDTH + _MARGIN, row * _ROW + _MARGIN)


def _place(node: GraphNode, depth: int, row: int, boxes: list[Box], lines: list[Line]) -> tuple[int, int]:
    """Lay out what stands below a node, and the node beside the first of it; its `y`, and the next row."""
    ys, following = [], row
    for below in node.below:
        y, following = _place(below, depth + 1, following, boxes, lines)
        ys.append((y, below.holds))
    x = _MARGIN + depth * _COLUMN
    y = _MARGIN + row * _ROW
    boxes.append(Box(node, x, y, _title(node)))
    middle = y + BOX_HEIGHT // 2
    for other, holds in ys:
        end, bend = other + BOX_HEIGHT // 2, x + (BOX_WIDTH + _COLUMN) // 2
        lines.append(Line(f"M{x + BOX_WIDTH} {middle}H{bend}V{end}H{x + _COLUMN}", holds))
    return y, max(following, row + 1)


def _title(node: GraphNode) -> str:
    name = node.name or node.link.did
    return name if len(name) <= _CUT else f"{name[: _CUT - 1]}…"
