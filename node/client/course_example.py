"""The course template to begin with: valid as it stands, and it says of each member what belongs there."""

import json
import tomllib
from typing import Final

_FORMAL: Final = """\
# A course template: what the micro-credentials of one course have in common.
# Members, columns of rows, and examples are explained in docs/issuing.md.
# To check it:  ankyra credential template check FILE [LEARNERS]

language = "en"  # the language in which your rows say names and grades

# The schema under which you are accredited, by id (z… or 0x…) or URL; or give --schema when you issue.
# schema = "z…"
# types = ["EuropeanDigitalCredential", "MicroCredential"]
# model = "1.1"  # or "2.0"
# valid_until = 2031-12-31

mode = "Blended"  # Blended, Online, Presential, Project based, Research-Lab based, Workbased
learning_setting = "formal"  # or non-formal

# --- optional members without a table of their own
# Fields of ISCED-F 2013, two to four digits.
fields = [{ code = "0211", label = { en = "Audio-visual techniques and media production" } }]
homepage = "https://university.example/courses/digital-content"
# A concept without a word here is named as { id = "http://data.europa.eu/snb/…", label = { en = "…" } }.
supervision = "Supervised with ID Verification"

[title]  # in as many languages as you like
en = "Digital Content for Public Audiences"
lt = "Skaitmeninis turinys visuomenei"

[description]
en = "Participants take a message from a brief to a published and evaluated piece of digital content."

[awarding_body]  # who awards it: the member of the alliance, not the one who seals for it
legal_name = { en = "Example University of Technology", lt = "Pavyzdinis technologijos universitetas" }
country = "LTU"  # codes of the Publications Office, three capital letters
homepage = "https://university.example/"
# id = "did:ebsi:…"
# eidas_identifier = "…"  # Europass asks for it
# registration = "…"

[[learning_outcomes]]
title = { en = "Plans, produces and publishes digital content", lt = "Planuoja, kuria ir skelbia turinį" }
[[learning_outcomes.skills]]  # skills of ESCO
id = "http://data.europa.eu/esco/skill/5fd5c985-eaaa-47aa-8314-62359c54505a"
label = { en = "develop digital content" }

[[learning_outcomes]]
title = { en = "Explains content to the people for whom it is made" }
[[learning_outcomes.skills]]
id = "http://data.europa.eu/esco/skill/80f308e6-0e09-404a-80cd-ec5f50f6f304"
label = { en = "communicate with target community" }

[workload]
ects = 3
hours = 80

[level]
eqf = 6
qf_ehea = "first cycle"  # short cycle, first cycle, second cycle, third cycle

[assessment]
type = "project work"  # as written in docs/issuing.md
title = { en = "A published piece with a report" }

[quality_assurance]
title = { en = "Accreditation of the study programme" }
type = "Program Quality Assurance"
agency = { legal_name = { en = "Example Agency for Quality in Higher Education" }, country = "LTU" }
# id = "https://…"  # its record, as in DEQAR

[prerequisites]
en = "None"

[stackability]
partial = true
towards = { en = "Master of Media and Communication" }

# --- what rows may say beside subject, given_name, family_name, grade, awarding_date, valid_until,
#     reference and email; email and reference are in no credential
[rows]
may_give = ["workload.ects"]
ignored = ["student_number"]
"""
_SETTING: Final = (
    'learning_setting = "formal"  # or non-formal',
    'learning_setting = "non-formal"  # or formal',
)
_ASSURANCE: Final = (
    'title = { en = "Accreditation of the study programme" }\ntype = "Program Quality Assurance"',
    'title = { en = "Quality label of the university" }\ntype = "Institutional Quality Assurance"',
)


def example(*, json_form: bool = False, non_formal: bool = False) -> str:
    """A template in TOML with comments, or in JSON without; of formal learning, or of non-formal."""
    text = _FORMAL
    for formal, other in (_SETTING, _ASSURANCE) if non_formal else ():
        text = text.replace(formal, other)
    if not json_form:
        return text
    return json.dumps(tomllib.loads(text), ensure_ascii=False, indent=2) + "\n"
