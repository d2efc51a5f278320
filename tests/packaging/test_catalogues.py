"""Every text of the pages is in every language, and the check of that finds what is missing."""

from pathlib import Path

import pytest

from tests.packaging.catalogues import PAGES, ROOT, catalogue_paths, faults, merged, messages
from tests.packaging.untranslated import bare_texts

PATHS = catalogue_paths()
HEAD = 'msgid ""\nmsgstr ""\n"Language: lt\\n"\n"Plural-Forms: nplurals=3; plural=(n%10==1 ? 0 : 1);\\n"\n\n'


@pytest.mark.parametrize("tag", PATHS)
def test_a_catalogue_holds_what_the_sources_say_and_nothing_else(tag: str) -> None:
    text = PATHS[tag].read_text(encoding="utf-8")
    assert text == merged(text, messages()), "run `make texts`"


@pytest.mark.parametrize("tag", PATHS)
def test_every_message_is_translated_whole(tag: str) -> None:
    assert list(faults(PATHS[tag].read_text(encoding="utf-8"))) == []


def test_no_text_of_a_template_is_past_the_catalogues() -> None:
    templates = ROOT / PAGES / "templates"
    bare = {str(path): bare_texts(path.read_text(encoding="utf-8")) for path in templates.rglob("*.html")}
    assert len(bare) > 1
    assert {name: texts for name, texts in bare.items() if texts} == {}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "One %(n)s"\nmsgstr ""\n', "not translated"),
        ('msgid "One %(n)s"\nmsgstr "Vienas"\n', "other placeholders"),
        ('msgid "One"\nmsgstr "Vienas."\n', "ends otherwise"),
        ('msgid "<b>One</b>"\nmsgstr "<i>Vienas</i>"\n', "other tags"),
        ('msgid "One"\nmsgstr "\\"Vienas\\""\n', "quotation marks"),
        ('msgid "One\\ntwo"\nmsgstr "Vienas\\ndu"\n', "runs over lines"),
        ('#, fuzzy\nmsgid "One"\nmsgstr "Vienas"\n', "fuzzy"),
        ('#~ msgid "One"\n#~ msgstr "Vienas"\n', "any more"),
        ('msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s diena"\n', "every plural form"),
    ],
)
def test_a_fault_is_found(entry: str, fault: str) -> None:
    (found,) = faults(HEAD + entry)
    assert fault in found


def test_what_is_whole_has_no_fault() -> None:
    entry = (
        'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\n'
        'msgstr[0] "%(n)s diena"\nmsgstr[1] "%(n)s dienos"\nmsgstr[2] "%(n)s dienų"\n'
    )
    assert list(faults(HEAD + entry)) == []


def test_a_page_and_a_module_are_read_for_messages(tmp_path: Path) -> None:
    page = tmp_path / PAGES / "templates" / "a" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>{% trans n=1 %}%(n)s day{% pluralize %}{{ n }} days{% endtrans %}</p>{{ _('Here') }}")
    (tmp_path / PAGES / "module.py").write_text('raise NotFound("Gone.")\nx = marked("Later")\n')
    found = {message.id for message in messages(tmp_path)}
    assert {"Here", "Gone.", "Later", "Not Found"} <= found
    known = 'msgid "Later"\nmsgstr "Vėliau"\n\nmsgid "Past"\nmsgstr "Buvo"\n'
    text = merged(HEAD + known, messages(tmp_path))
    assert 'msgstr "Vėliau"' in text
    assert "Buvo" not in text
    assert f"#: {PAGES}/templates/a/page.html\n" in text


def test_a_text_outside_the_catalogues_is_found() -> None:
    assert bare_texts('<p title="{{ x }}">{{ _("Hers") }} UTC · 12 {% if a %}his{% endif %}</p>') == ["his"]
    assert bare_texts('<img alt="A picture">{% trans %}ours{% endtrans %}{# note #}') == ["A picture"]
    assert bare_texts("<p>did:ebsi:… anchors/</p><code>did:ebsi:z</code><script src=a></script>") == []
