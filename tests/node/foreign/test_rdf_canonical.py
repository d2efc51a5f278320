from collections.abc import Callable
from typing import Any

import pytest

from credentials.errors import Unavailable
from node.foreign.rdf_canonical import canonical_nquads
from tests.did.foreign_vectors import load
from tests.node.foreign.badges import badge

ISSUER = "did:key:z6MkigjnFK3pgYLdERx3po9zWJnxzm1baNgR6hknPyPxxUwF"
Edit = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("suite", ["eddsa", "ecdsa"])
def test_documents_and_proofs_of_others_come_to_their_canonical_text(suite: str) -> None:
    texts = load(f"w3c-vc-di-{suite}/text-vectors.json")
    unsigned = load(f"w3c-vc-di-{suite}/unsigned.json")
    documents = [name for name in texts if "/canonDoc" in name and "jcs" not in name and "employ" not in name]
    assert documents
    for name in documents:
        if "EdSig" in name:  # its contexts have one more, which says nothing new of the document
            continue
        assert canonical_nquads(unsigned) == texts[name], name


@pytest.mark.parametrize("model", ["1.1", "2.0"])
def test_a_badge_makes_a_statement_of_each_word(model: str) -> None:
    made = badge(ISSUER, model=model)
    text = canonical_nquads(made)
    assert text.count("\n") == 55
    assert text == canonical_nquads(dict(reversed(made.items())))
    changed = badge(ISSUER, model=model, name="Data for Pupils")
    assert canonical_nquads(changed) != text


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda d: d.update(finalGrade="A+"), "'finalGrade'"),
        (lambda d: d["credentialSubject"].update(finalGrade="A+"), "'finalGrade'"),
        (lambda d: d["@context"].append("https://nobody.example/v1"), "'https://nobody.example/v1'"),
        (lambda d: d["@context"].append({"remark": "https://example.org/r"}), "terms of its own"),
        (lambda d: d["credentialSubject"].update({"@context": {"x": "urn:x"}}), "terms of its own"),
        (lambda d: d.update({"@context": [7]}), "terms of its own"),
        (lambda d: d.update(id="a/relative"), "'a/relative', which is no absolute IRI"),
        (lambda d: d.update(id=""), "'', which is no absolute IRI"),
        (lambda d: d["type"].append("DoctoralDegree"), "'DoctoralDegree', which is no absolute IRI"),
        (lambda d: d.update(id="https://with a.space/"), "no absolute IRI"),
        (lambda d: d.update(id="_:b0"), "no absolute IRI"),
        (lambda d: d["credentialSubject"].update(id=7), "no JSON-LD"),
        (lambda d: d.update(credentialSubject="x"), "no absolute IRI"),
        (lambda d: d.update(type=7), "'credentialSubject'"),
        (lambda d: d.update(name={"@value": "x", "@language": "e> n"}), "no language tag"),
        (lambda d: d.update(name={"@value": "x", "@direction": "rtl"}), "@direction"),
        (lambda d: d.update(name={"@value": "x", "@index": "1"}), "@index"),
        (lambda d: d.update(name={"@value": "x", "@type": "urn:a> <b"}), "no JSON-LD"),
        (lambda d: d["credentialSubject"].update({"@index": "1"}), "no absolute IRI"),
        (lambda d: d.update({"@context": ["https://www.w3.org/ns/credentials/v2"] * 2}), "'achievement'"),
        (lambda d: d.clear(), "no statement"),
    ],
    ids=range(21),
)
def test_what_would_not_be_in_the_text_is_refused_with_a_sentence(edit: Edit, sentence: str) -> None:
    made = badge(ISSUER)
    edit(made)
    with pytest.raises(Unavailable, match=sentence):
        canonical_nquads(made)


@pytest.mark.parametrize("character", '<>"{}|^`\\ \t\n\x00\x7f')
def test_no_iri_can_hold_the_end_of_one(character: str) -> None:
    """⚑ A statement could be hidden within an IRI, in a text that was signed without it or with it."""
    with pytest.raises(Unavailable, match="no absolute IRI"):
        canonical_nquads(badge(ISSUER, id=f"urn:x{character}y"))


def test_statements_hidden_within_an_iri_are_refused() -> None:
    subject = 'urn:s> <https://schema.org/name> "x" .\n<urn:s'
    with pytest.raises(Unavailable, match="no absolute IRI"):
        canonical_nquads(badge(ISSUER, credentialSubject={"id": subject, "type": "AchievementSubject"}))


def test_a_whole_number_is_written_in_one_way() -> None:
    """To others 5.0 and 5 are one number of JSON (JSON-LD API section 8.6): what they signed has one text."""
    five, still_five = (badge(ISSUER) for _ in range(2))
    for made, number in ((five, 5), (still_five, 5.0)):
        made["credentialSubject"]["achievement"]["creditsAvailable"] = number
    text = canonical_nquads(still_five)
    assert canonical_nquads(five) == text
    assert '"5"^^' in text


def test_lists_graphs_and_typed_values_are_read() -> None:
    proof = {
        "id": "urn:uuid:1",
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod",
        "verificationMethod": f"{ISSUER}#key",
        "proofValue": "z1",
    }
    result = {"type": "ResultDescription", "id": "urn:r", "name": "g", "resultType": "LetterGrade"}
    made = badge(ISSUER, proof=[proof])
    made["credentialSubject"]["achievement"]["resultDescription"] = [
        {**result, "allowedValue": ["A", "B", "A"]}
    ]
    text = canonical_nquads(made)
    assert "rdf-syntax-ns#first" in text
    assert text.count("_:c14n") > 10


def test_only_so_many_nodes_without_a_name_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    made = badge(ISSUER)  # ten skills and the criteria
    monkeypatch.setattr("node.foreign.rdf_canonical.MAX_BLANK_NODES", 11)
    canonical_nquads(made)
    monkeypatch.setattr("node.foreign.rdf_canonical.MAX_BLANK_NODES", 10)
    with pytest.raises(Unavailable, match="11 nodes without a name, too many to tell apart"):
        canonical_nquads(made)
