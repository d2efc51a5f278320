"""What `ankyra issuer onboard` takes, and which of it goes together for whom."""

from pathlib import Path
from typing import Annotated

import typer

from node.client.errors import Unusable
from node.client.onboard import Goal

As = Annotated[
    str,
    typer.Option(
        "--as", help="What to become: root (a Root TAO), tao (accredits others), issuer (issues credentials)."
    ),
]
Invitation = Annotated[
    Path | None,
    typer.Option("--invitation", help="Any role: file with the invitation that you were sent."),
]
AskedChallenge = Annotated[
    str | None,
    typer.Option("--challenge", help="tao, issuer: the challenge that your accreditor asks."),
]
GivenAccreditation = Annotated[
    Path | None,
    typer.Option("--accreditation", help="tao, issuer: file with the accreditation that you were sent."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Where to write what is to be sent: your public key, or the answer to --challenge; "
        "printed if not given.",
    ),
]
AccreditWith = Annotated[
    str | None,
    typer.Option(
        "--accredit-with", help="tao, issuer: profile of the accreditor, if it is at this desk too."
    ),
]
AccreditorPassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--accreditor-passphrase-file",
        help="With --accredit-with: as --passphrase-file, for the accreditor's keys.",
    ),
]
_TERMS = "--name, --schema, --type, --jurisdiction and --valid-until"


def check_options(
    goal: Goal,
    *,
    accredit_with: str | None,
    accreditor_passphrase_file: Path | None,
    challenge: str | None,
    accreditation: Path | None,
    with_terms: bool,
) -> None:
    """Return if these options go together.

    Raises:
        Unusable: they do not; the sentence says which one to leave out, or to add.
    """
    given = {"--challenge": challenge, "--accreditation": accreditation}
    papers = [name for name, value in given.items() if value is not None]
    if goal == "root" and (accredit_with or papers):
        extra = papers[0] if papers else "--accredit-with"
        raise Unusable(f"nobody accredits a Root TAO: leave {extra} out")
    if accredit_with and papers:
        raise Unusable(f"the accreditor at this desk plays its own part: leave {papers[0]} out")
    if len(papers) > 1:
        raise Unusable("the accreditation answers the challenge: leave --challenge out")
    if goal != "root" and with_terms and not accredit_with:
        raise Unusable(
            f"your accreditor says what you are accredited for: leave {_TERMS} out, "
            "or name the accreditor's profile with --accredit-with"
        )
    if accreditor_passphrase_file is not None and not accredit_with:
        raise Unusable("--accreditor-passphrase-file needs --accredit-with, the profile of the accreditor")


def check_papers_have_a_profile(folder: Path, **papers: object) -> None:
    """Return if there is a profile, or nothing that was sent for one.

    Args:
        folder: of the profile.
        papers: by the names of their options, None where they are not given.

    Raises:
        Unusable: somebody sent something for a DID, and no DID is here.
    """
    named = [name for name, value in papers.items() if value is not None]
    if named and not (folder / "profile.json").exists():
        raise Unusable(
            f"there is no profile in {folder}, and --{named[0]} is for the DID of one: name it with --profile"
        )
