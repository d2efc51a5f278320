"""Names: an invented Root TAO and TAO, and the members of ECIU University, whose deeds here are invented."""

from __future__ import annotations

import re
import unicodedata

ROOT_TAO = "European University Accreditation Council (example)"
TAO = "Micro-credential Agency (example)"
ANCHORING = "Kaunas University of Technology"
LEAVING = "Tec de Monterrey"
"""The member that loses its accreditation in this play, and nowhere else."""

MEMBERS = (
    "University of Twente",
    "Aalborg University",
    "Dublin City University",
    "Hamburg University of Technology",
    "INSA",
    ANCHORING,
    "Linköping University",
    "Lodz University of Technology",
    "Tampere University",
    LEAVING,
    "Universitat Autònoma de Barcelona",
    "University of Aveiro",
    "University of Stavanger",
    "University of Trento",
)
FEWEST = 2


def chosen_members(count: int) -> tuple[str, ...]:
    """Return `count` of the members, never without those that the play needs.

    Raises:
        ValueError: fewer or more than there can be.
    """
    if not FEWEST <= count <= len(MEMBERS):
        raise ValueError(f"between {FEWEST} and {len(MEMBERS)} members can play")
    others = [name for name in MEMBERS if name not in {ANCHORING, LEAVING}]
    playing = {ANCHORING, LEAVING, *others[: count - FEWEST]}
    return tuple(name for name in MEMBERS if name in playing)


def slug(name: str) -> str:
    """Return the name as a folder is called: lower-case ASCII letters, accents dropped, and hyphens."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", "-", letters.lower()).strip("-")
