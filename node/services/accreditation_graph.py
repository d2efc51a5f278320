"""Who accredited whom, from above: a tree of attributes as the record stood before some entry.

What a link is, and whether it holds, is `credentials.accreditation`'s; here links are hung under one
another. A tree is bounded: where more stands below a node than is shown, the node says so, and can be asked
for by itself.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from credentials.accreditation import MAX_DEPTH, IssuerType, Link, Revision, recorded_chain
from node.db import accreditation_graph as db
from node.db.accreditation_graph import Attribute, Given
from node.services.accreditations import NamedLink, accreditation
from node.services.organisation_names import names_of
from node.services.sheets import NEWEST, Place, Sheet, sheet
from node.services.view import View

MOST_NODES = 200
"""Nodes of one tree, all trees of one page together."""
MOST_BELOW = 40
"""Nodes shown under one that is not at the top."""
_ACCREDITING = frozenset({IssuerType.ROOT_TAO, IssuerType.TAO})


@dataclass(slots=True)
class GraphNode:
    """An accreditation in the tree.

    Attributes:
        link: the accreditation itself, as it stood.
        name: of the organisation, as its accreditor signed it by then; None if it states none.
        first: log index of the entry that put it where it stands.
        holds: it holds itself, and so does all above it.
        below: those that it accredited, newest first.
        more: whether more stand below it than are shown.
    """

    link: Link
    name: str | None
    first: int
    holds: bool
    below: list["GraphNode"] = field(default_factory=list)
    more: bool = False

    @property
    def count(self) -> int:
        """How many nodes there are from here down."""
        return 1 + sum(node.count for node in self.below)


@dataclass(frozen=True, slots=True)
class Graph:
    """Some trees of accreditations as of one place in the log.

    Attributes:
        trees: one for each top.
        sheet: which tops, or which nodes below the only one, are shown, and where there are more.
        size: entries that count.
        above: what stands above the only top, from its parent up; empty if it is a Root TAO's.
    """

    trees: list[GraphNode]
    sheet: Sheet[Given]
    size: int
    above: tuple[NamedLink, ...] = ()

    @property
    def count(self) -> int:
        """How many accreditations are shown."""
        return sum(tree.count for tree in self.trees)


def whole_graph(view: View, *, size: int, limit: int, place: Place = NEWEST) -> Graph:
    """Return the trees under the Root TAOs of the first `size` entries, at most `limit` of them."""

    def find(*, start: int, stop: int, limit: int, newest_first: bool) -> Sequence[Given]:
        return db.roots(view.connection, start=start, stop=stop, limit=limit, newest_first=newest_first)

    tops = sheet(find, lambda one: one.entry_index, stop=size, limit=limit, place=place)
    return Graph(_grown(view, tops.items, size=size), tops, size)


def graph_under(view: View, top: Attribute, *, size: int, limit: int, place: Place = NEWEST) -> Graph | None:
    """Return the tree under one attribute, at most `limit` directly below it; None if there is none."""
    stands = db.stands_of(view.connection, [top], stop=size)
    if not stands:
        return None

    def find(*, start: int, stop: int, limit: int, newest_first: bool) -> Sequence[Given]:
        return db.given_under(
            view.connection, top, start=start, stop=stop, limit=limit, newest_first=newest_first
        )

    below = sheet(find, lambda one: one.entry_index, stop=size, limit=limit, place=place)
    first = stands[0]
    own = Given(first.entry_index, *top, first.tao, first.attribute_id_tao)
    chain = accreditation(view, did=top[0], attribute_id=top[1], before_index=size)
    trees = _grown(view, [own], size=size, below=below.items, holds=chain.in_force)
    return Graph(trees, below, size, chain.links[1:])


def given_sheet(view: View, did: str, *, limit: int, place: Place = NEWEST) -> Sheet[GraphNode]:
    """Return the accreditations that a DID gave, newest first, as they stand now."""

    def find(*, start: int, stop: int, limit: int, newest_first: bool) -> Sequence[Given]:
        return db.given_by(
            view.connection, did, start=start, stop=stop, limit=limit, newest_first=newest_first
        )

    found = sheet(find, lambda one: one.entry_index, stop=view.size, limit=limit, place=place)
    links = _links(view, found.items, size=view.size)
    names = names_of(view, {one.did for one in found.items})
    nodes = [
        GraphNode(links[one.attribute], names[one.did], one.entry_index, links[one.attribute].broken is None)
        for one in found.items
    ]
    return Sheet(nodes, older=found.older, newer=found.newer)


def _grown(
    view: View,
    tops: Sequence[Given],
    *,
    size: int,
    below: Sequence[Given] | None = None,
    holds: bool = True,
) -> list[GraphNode]:
    """The trees under `tops`, level by level, as far as `MOST_NODES` reach.

    Args:
        view: what is known.
        tops: the first level.
        size: entries that count.
        below: the second level, where it was chosen already.
        holds: whether what stands above the tops does.
    """
    known: set[Attribute] = {one.attribute for one in tops}
    level = _nodes(view, tops, size=size, above={})
    for node in level:
        node.holds = node.holds and holds
    trees, count = level, len(level)
    for depth in range(MAX_DEPTH):
        accrediting = {
            (node.link.did, node.link.attribute_id): node for node in level if _accredits(node.link)
        }
        if not accrediting:
            break
        if depth == 0 and below is not None:
            given = list(below)
        else:
            given = db.given_under_each(view.connection, list(accrediting), stop=size, limit=MOST_BELOW + 1)
        given = [one for one in given if one.attribute not in known]
        chosen = _chosen(given, accrediting, room=MOST_NODES - count, bounded=depth > 0 or below is None)
        known |= {one.attribute for one in chosen}
        count += len(chosen)
        level = _nodes(view, chosen, size=size, above=accrediting)
        if not level:
            break
    return trees


def _chosen(
    given: Sequence[Given], above: dict[Attribute, GraphNode], *, room: int, bounded: bool
) -> list[Given]:
    """As many as there is room for, from every parent in turn; parents are told what is left out."""
    chosen: list[Given] = []
    counts: defaultdict[Attribute, int] = defaultdict(int)
    for one in given:
        parent = one.tao, one.attribute_id_tao
        counts[parent] += 1
        if len(chosen) >= room or (bounded and counts[parent] > MOST_BELOW):
            above[parent].more = True
        else:
            chosen.append(one)
    return chosen


def _nodes(
    view: View, given: Sequence[Given], *, size: int, above: dict[Attribute, GraphNode]
) -> list[GraphNode]:
    """The nodes of what was given and still stands where it was put, hung under their parents."""
    links = _links(view, given, size=size)
    names = names_of(view, {one.did for one in given}, before_index=size)
    nodes = []
    for one in given:
        link = links[one.attribute]
        node = GraphNode(link, names[one.did], one.entry_index, link.broken is None)
        if above:
            parent = above[one.tao, one.attribute_id_tao]
            if (link.tao_did, link.attribute_id_tao) != (one.tao, one.attribute_id_tao):
                continue  # it stands under another one by now
            node.holds = node.holds and parent.holds
            parent.below.append(node)
        nodes.append(node)
    return nodes


def _links(view: View, given: Sequence[Given], *, size: int) -> dict[Attribute, Link]:
    revisions: defaultdict[Attribute, list[Revision]] = defaultdict(list)
    for stand in db.stands_of(view.connection, {one.attribute for one in given}, stop=size):
        revisions[stand.did, stand.attribute_id].append(
            Revision(
                index=stand.entry_index,
                time=stand.time,
                did=stand.did,
                attribute_id=stand.attribute_id,
                revision_id=stand.revision_id,
                issuer_type=stand.issuer_type,
                tao_did=stand.tao,
                attribute_id_tao=stand.attribute_id_tao,
                body=None if stand.bare else b"",
            )
        )
    return {
        one.attribute: replace(
            recorded_chain(
                # Only this attribute's own link is wanted: what stands above it is another node's.
                lambda did, attribute_id: revisions.get((did, attribute_id), []),
                did=one.did,
                attribute_id=one.attribute_id,
            ).links[0],
            body_hash=None,
        )
        for one in given
    }


def _accredits(link: Link) -> bool:
    return link.issuer_type in _ACCREDITING or link.until is not None
