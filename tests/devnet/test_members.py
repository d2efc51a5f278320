"""The members' names as folders: what a reader of a path recognises."""

import re

import pytest

from devnet.members import MEMBERS, slug


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Linköping University", "linkoping-university"),
        ("Universitat Autònoma de Barcelona", "universitat-autonoma-de-barcelona"),
        ("Micro-credential Agency (example)", "micro-credential-agency-example"),
    ],
)
def test_an_accent_is_dropped_and_its_letter_stays(name: str, folder: str) -> None:
    assert slug(name) == folder


def test_every_member_has_a_folder_of_its_own() -> None:
    folders = {slug(name) for name in MEMBERS}
    assert len(folders) == len(MEMBERS)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", folder) for folder in folders)
