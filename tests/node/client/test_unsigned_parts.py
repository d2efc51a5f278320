"""What stands behind the JWT of an SD-JWT: signed by its issuer, by its holder, or by nobody."""

from pathlib import Path

import pytest

from credentials.errors import NotJudged
from node.client.documents import Document, read_document
from node.client.judged_form import judged_form
from node.client.unsigned_parts import unsigned_beside, within_what_is_signed
from node.client.verdict import FileVerdict
from tests.credentials.securing.credentials import vc_jwt
from tests.credentials.securing.sd_jwts import disclosure, issued, presented


def _document(path: Path, text: str) -> Document:
    path.write_text(text)
    read = read_document(path)
    assert isinstance(read, Document)
    return read


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        (issued(), "nothing"),
        (presented(), "binding"),
        (issued() + disclosure("salt", "degree", "Doctor") + "~", "words"),
        (issued(typ="example+sd-jwt"), "words"),
        (vc_jwt().decode() + "~", "nothing"),
        (vc_jwt().decode() + "~abc~", "words"),
    ],
    ids=range(6),
)
def test_only_what_somebody_signed_is_no_word_beside(tmp_path: Path, text: str, beside: str) -> None:
    assert unsigned_beside(_document(tmp_path / "c.txt", text)) == beside


def test_an_sd_jwt_is_judged_whole_and_another_jwt_without_what_follows(tmp_path: Path) -> None:
    appended = issued() + disclosure("salt", "degree", "Doctor") + "~"
    for text in (issued(), presented(), appended):
        assert judged_form(_document(tmp_path / "c.txt", text)) == text
    front = vc_jwt().decode()
    assert judged_form(_document(tmp_path / "c.txt", f"{front}~abc~")) == front
    with pytest.raises(NotJudged, match="x5c"):
        judged_form(_document(tmp_path / "c.txt", issued(x5c=["AA"])))


def test_a_key_binding_that_nobody_judged_keeps_a_file_from_being_valid(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    anchored = FileVerdict(path, "valid", "anchored and intact")
    beside = unsigned_beside(_document(path, presented()))
    assert within_what_is_signed(anchored, beside).outcome == "indeterminate"
    assert within_what_is_signed(anchored, "nothing") == anchored
