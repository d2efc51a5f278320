from datetime import timedelta
from pathlib import Path

import pytest

from credentials.securing.jose import parse_compact
from did.errors import DidError
from did.json_text import parse_object
from did.methods.ebsi import new_did
from did.syntax import parse_ebsi_did
from node.client.errors import MalformedProfile, PaperRefused, Refused, Unusable
from node.client.invitation import check_invitation, invite, read_public_key
from node.client.papers import keep_paper, kept_paper
from node.services.invitations import invite as invite_at_node
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket
APPLICANT = new_did(bytes(range(16)))
KEY = '{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}'  # noqa: E501 - RFC 7515 appendix A.3


def invited(play: Play, did: str = APPLICANT, **given: object) -> str:
    terms = {"expires": play.now + timedelta(days=30), "now": play.now} | given
    return invite(play.issuers["Agency"], did=did, **terms)  # type: ignore[arg-type]  # as the test says


def test_an_invitation_accredits_for_nothing_and_names_by_which_right_it_is_given(play: Play) -> None:
    claims = parse_object(parse_compact(invited(play)).payload, max_bytes=1 << 16)
    vc, tao = claims["vc"], play.issuers["Agency"]
    assert vc["type"][-1] == "VerifiableAuthorisationToOnboard"
    assert vc["credentialSubject"] == {"id": APPLICANT, "accreditedFor": []}
    assert vc["termsOfUse"]["type"] == "IssuanceCertificate"
    assert vc["termsOfUse"]["id"].endswith(f"{tao.did}/attributes/{play.attributes['Agency'].hex()}")
    assert (claims["iss"], claims["sub"], claims["exp"] > claims["iat"]) == (tao.did, APPLICANT, True)
    assert "cnf" not in claims


def test_an_invitation_may_be_for_one_key_alone(play: Play) -> None:
    bound = invited(play, public_key=read_public_key(KEY))
    assert parse_object(parse_compact(bound).payload, max_bytes=1 << 16)["cnf"]["jwk"]["crv"] == "P-256"


def test_an_invitation_by_a_tao_or_by_the_node_is_told_from_anything_else(play: Play) -> None:
    node = play.node
    by_tao, by_node = invited(play), invite_at_node(play.world.node, parse_ebsi_did(APPLICANT))
    for invitation in (by_tao, by_node):
        check_invitation(invitation, did=APPLICANT, node=node)
        with pytest.raises(PaperRefused):
            check_invitation(_changed(invitation), did=APPLICANT, node=node)
    with pytest.raises(PaperRefused, match="not for"):
        check_invitation(by_tao, did=new_did(bytes(16)), node=node)
    accreditation = play.accredit("Agency", "KTU", "TI").credential
    with pytest.raises(PaperRefused, match="no invitation"):
        check_invitation(accreditation, did=play.issuers["KTU"].did, node=node)
    with pytest.raises(PaperRefused):
        check_invitation("a.b.c", did=APPLICANT, node=node)


def test_nobody_invites_what_is_no_legal_entity_or_until_yesterday(play: Play) -> None:
    with pytest.raises(Unusable, match=r"no did:ebsi"):
        invited(play, "did:key:z6MkhaXgBZD")
    with pytest.raises(Unusable, match="ends after it begins"):
        invited(play, expires=play.now)


def test_an_issuer_that_may_not_accredit_invites_nobody(play: Play) -> None:
    with pytest.raises(Refused, match="RootTAO or TAO"):
        invite(play.issuers["KTU"], did=APPLICANT, expires=play.expires, now=play.now)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", KEY.replace("P-256", "P-384"), KEY[:-1] + ',"d":"AA"}', KEY.replace('"x"', '"z"')],
)
def test_what_is_no_public_key_of_that_curve_is_refused(text: str) -> None:
    with pytest.raises((Unusable, DidError)):
        read_public_key(text)


def test_a_paper_is_kept_for_its_owner_alone_and_what_is_none_is_told(tmp_path: Path) -> None:
    assert kept_paper(tmp_path, "invitation") is None
    keep_paper(tmp_path, "invitation", "a.b.c\n")
    assert kept_paper(tmp_path, "invitation") == "a.b.c"
    assert kept_paper(tmp_path, "accreditation") is None
    path = tmp_path / "invitation.jwt"
    assert path.stat().st_mode & 0o077 == 0
    for content in (b"\xff", b"x" * 100_000):
        path.write_bytes(content)
        with pytest.raises(MalformedProfile):
            kept_paper(tmp_path, "invitation")


def _changed(jwt: str) -> str:
    """The same claims under a signature that is not theirs."""
    head, payload, signature = jwt.split(".")
    return f"{head}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
