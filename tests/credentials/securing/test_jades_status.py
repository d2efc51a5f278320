from credentials.securing.jades_signing import seal
from credentials.status_list_token import sign_status_list_token
from credentials.verdict import STATUS, Outcome
from tests.credentials.cases import verdict_on
from tests.credentials.credential_makers import micro_credential
from tests.credentials.ledger import DAY
from tests.credentials.sealing import seal_key
from tests.credentials.token_lists import BITS, token_list
from tests.credentials.world import SCHEMA_URL, country

from .certificates import sealer


def test_a_sealed_credential_is_revoked_by_the_token_status_list_that_its_claim_names() -> None:
    home, of = country(), sealer()
    world, university = home.world, home.university
    seal_key(world, university)
    url = world.list_url(university)
    text = sign_status_list_token(
        token_list({7: 1}),
        sub=url,
        issued_at=world.now,
        expires=world.now + 30 * DAY,
        kid=university.kid,
        key=university.key.private,
    )
    world.publish_list(university, url, text=text.encode(), purpose="status_list", bits=BITS)
    for index, outcome, status in ((7, "invalid", Outcome.FAILED), (8, "valid", Outcome.PASSED)):
        members = micro_credential(
            identifier=world.identifier(), issuer=university.did, now=world.moment, schema=SCHEMA_URL
        )
        members["status"] = {"status_list": {"idx": index, "uri": url}}
        document = seal(members, key=of.private, certificates=of.x5c, at=world.moment).encode()
        world.anchor(university, [document])
        verdict = verdict_on(world, document)
        assert (verdict.outcome, verdict.result(STATUS).outcome) == (outcome, status)
