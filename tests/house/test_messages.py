"""Words: every sentence reaches a translator, and comes back in both Chineses."""

import gettext
import os
import re

import pytest

from config.dev import messages


@pytest.fixture
def root(tmp_path):
    app = tmp_path / "core"
    (app / "templates").mkdir(parents=True)
    (app / "views.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext\n"
        "A = _('Save')\n"
        "B = ngettext('%(n)s day', '%(n)s days', 3)\n"
        "C = pgettext('stage', 'Propose')\n"
    )
    (app / "templates" / "page.html").write_text(
        "{% trans 'Hello' %} {{ _('World') }} {% include 'x' with title=_(\"Empty\") %}\n"
        "{% blocktrans with name=x %}Call {{ name }}{% endblocktrans %}\n"
        "{% blocktrans count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktrans %}\n"
        "{% trans 'Propose' context 'stage' %}\n"
    )
    return tmp_path


def translate(root, locale, pairs):
    path = messages.catalog_path("core", locale, root)
    text = path.read_text()
    for msgid, msgstr in pairs.items():
        assert f'msgid "{msgid}"\n' in text
        before, after = text.split(f'msgid "{msgid}"\n', 1)
        text = before + f'msgid "{msgid}"\n' + after.replace('""', f'"{msgstr}"', 1)
    path.write_text(text)


def test_collects_code_and_templates(root):
    assert set(messages.collect("core", root)) == {
        (None, "Save"),
        (None, ("%(n)s day", "%(n)s days")),
        ("stage", "Propose"),
        (None, "Hello"),
        (None, "World"),
        (None, "Empty"),
        (None, "Call %(name)s"),
        (None, ("%(n)s row", "%(n)s rows")),
    }


def test_extract_keeps_translations_and_is_stable(root):
    assert len(messages.extract(root)) == 2
    translate(root, "zh_Hans", {"Save": "保存"})
    assert messages.extract(root) == []
    path = messages.catalog_path("core", "zh_Hans", root)
    before = path.read_text()
    assert "POT-Creation-Date" not in before
    assert "views.py" not in before
    (root / "core" / "more.py").write_text("from x import gettext as _\nD = _('Zebra')\n")
    messages.extract(root)
    assert [line for line in before.splitlines() if line not in path.read_text().splitlines()] == []


def test_words_that_go_become_obsolete_and_come_back(root):
    messages.extract(root)
    translate(root, "zh_Hans", {"Hello": "你好"})
    page = root / "core" / "templates" / "page.html"
    text = page.read_text()
    page.write_text(text.replace("{% trans 'Hello' %}", ""))
    messages.extract(root)
    path = messages.catalog_path("core", "zh_Hans", root)
    assert '#~ msgid "Hello"\n#~ msgstr "你好"' in path.read_text()
    page.write_text(text)
    messages.extract(root)
    assert '\nmsgid "Hello"\nmsgstr "你好"' in path.read_text()
    assert "#~" not in path.read_text()


def test_compiles_only_what_is_older(root):
    messages.extract(root)
    translate(root, "zh_Hans", {"Save": "保存"})
    assert len(messages.compile_all(root)) == 2
    assert messages.compile_all(root) == []
    source = messages.catalog_path("core", "zh_Hans", root)
    later = source.stat().st_mtime + 5
    os.utime(source, (later, later))
    assert [path.parent.parent.name for path in messages.compile_all(root)] == ["zh_Hans"]
    with source.with_suffix(".mo").open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("Save") == "保存"


def test_check_names_what_a_reader_would_see(root):
    assert any("missing, run extract: 'Save'" in str(one) for one in messages.check(root))
    messages.extract(root)
    assert any("untranslated: 'Save'" in str(one) for one in messages.check(root))
    translate(root, "zh_Hans", {"Call %(name)s": "打电话给 %(nome)s"})
    assert any("other placeholders" in str(one) for one in messages.check(root))


def test_two_apps_may_not_say_the_same_thing_differently(root):
    (root / "crm").mkdir()
    (root / "crm" / "views.py").write_text("from x import gettext as _\nA = _('Save')\n")
    messages.extract(root)
    translate(root, "zh_Hans", {"Save": "保存"})
    path = messages.catalog_path("crm", "zh_Hans", root)
    path.write_text(
        path.read_text().replace('msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "储存"')
    )
    assert any("core says '保存'" in str(one) for one in messages.check(root))


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<p>Hello there</p>", ["Hello there"]),
        ('<input placeholder="Your name">', ["Your name"]),
        ('<a aria-label="{% trans \'Close\' %}" class="button small">{% icon "x" %}</a>', []),
        ("{% blocktrans %}Fine here{% endblocktrans %}", []),
        ("<p>{{ name }} · 12 % {# a note #}</p>", []),
        ("<kbd>Ctrl K</kbd><p>Baton</p>", []),
        ("<p>&nbsp;anna@example.com</p>", []),
    ],
)
def test_bare_text_is_found(html, seen):
    assert [text for _line, text in messages.bare_text(html)] == seen


def test_every_word_of_baton_is_translated():
    assert [str(finding) for finding in messages.check()] == []


def test_chinese_sentences_have_chinese_signs():
    narrow = re.compile(r"[\u3400-\u9fff][,;:?!()]|[,;:?!()][\u3400-\u9fff]")
    found = [
        message.string
        for app in messages.APPS
        for locale in messages.LOCALES
        for message in messages.read_catalog(messages.catalog_path(app, locale), locale)
        if narrow.search("".join(message.string))
    ]
    assert found == []
