"""`import_csv`: what a file may throw at us, and who may throw it."""

from datetime import date

import pytest
from django.core.management import CommandError

from accounts.commands.imports import import_users
from accounts.models import User
from core.errors import Refused
from core.models import Event
from crm.commands.imports import import_customers
from pipeline.commands.imports import import_opportunities, import_products
from pipeline.models import Opportunity, Product
from tests.integrations.test_import import SALES, account, fingerprint

pytestmark = pytest.mark.django_db


def test_hostile_cells_are_text_or_rejected(imported):
    html = "<script>alert(1)</script>"
    out, rejects = imported(
        "products",
        "name,series",
        f"{html},🚀",
        "nul\x00inside,x",
        "x" * 1_000_000 + ",x",
        "bell\x07,x",
        "bro\udcffken,x",
        "=cmd|' /C calc'!A0,x",
    )

    assert account(out) == [6, 2, 0, 0, 4]
    assert set(Product.objects.values_list("name", "series")) == {
        (html, "🚀"),
        ("=cmd|' /C calc'!A0", "x"),
    }
    text = "\n".join(rejects)
    for reason in (
        "name: There is a NUL character in it.",
        "name: It has 1000000 characters, 150 fit.",
        "name: There are control characters in it.",
        "name: There are bytes in it that are not of the file's encoding.",
    ):
        assert reason in text
    assert "x" * 1_000_000 in text
    assert "bro\udcffken" in text


def test_chinese_in_gb18030_and_utf16(imported):
    imported("products", "name", "数字孪生平台", encoding="gb18030", source="a")
    imported("products", "name,series", "数字孪生平台,系列", encoding="utf-16", source="b")

    assert set(Product.objects.values_list("name", flat=True)) == {"数字孪生平台"}


@pytest.mark.parametrize(
    ("lines", "options", "sentence"),
    [
        ([""], {}, "is empty"),
        (["name,name", "a,b"], {}, "Two columns are called “name”"),
        (["title", "a"], {}, "No column fills the field “name”"),
        (["name"], {"map": ["nme=name"]}, "The file has no column “nme”"),
        (["name"], {"map": ["name=nme"]}, "There is no field “nme”"),
        (["name,n"], {"map": ["n=name"]}, "Two columns would fill the field “name”"),
        (["name"], {"map": ["name"]}, "is not of the form --map column=field"),
        (["name"], {"profile": "nothing"}, "The profile nothing cannot be read"),
        (["name"], {"by": "nemo"}, "There is no user nemo"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_2(imported, lines, options, sentence):
    with pytest.raises(CommandError, match=sentence) as refusal:
        imported("products", *lines, **options)

    assert refusal.value.returncode == 2
    assert not Product.objects.exists()


def test_dates_are_found_or_asked_for(cast, b2b8, imported):
    header = "external_id,customer,owner,stage,created_date"
    imported("opportunities", header, "1,Acme,anna,3,3/4/2025", "2,Acme,anna,3,12/31/2025")
    assert Opportunity.objects.get(external_id="1").opened_at.date() == date(2025, 3, 4)

    imported("opportunities", header, "3,Acme,anna,3,31.12.2024", "4,Acme,anna,3,3.4.2025")
    assert Opportunity.objects.get(external_id="4").opened_at.date() == date(2025, 4, 3)

    for unclear in (
        ["5,Acme,anna,3,3/4/2025"],
        ["6,Acme,anna,3,13/1/2025", "7,Acme,anna,3,1/13/2025"],
    ):
        with pytest.raises(CommandError, match="whether the month or the day comes first"):
            imported("opportunities", header, *unclear)
    imported("opportunities", header, "8,Acme,anna,3,3/4/2025", dates="dmy")
    assert Opportunity.objects.get(external_id="8").opened_at.date() == date(2025, 4, 3)
    imported("opportunities", header, "9,Acme,anna,3,2025年4月3日", "10,Acme,anna,3,20250403")
    assert Opportunity.objects.get(external_id="9").opened_at.date() == date(2025, 4, 3)


def test_values_are_mapped_and_unused_columns_are_named(imported):
    out, _rejects = imported(
        "products", "name,colour,series", "GTXPro,red,x", value=["name:GTXPro=GTX Pro"]
    )

    assert Product.objects.get().name == "GTX Pro"
    assert "columns not taken: colour" in out


def test_a_dry_run_tells_all_and_changes_nothing(cast, b2b8, imported):
    before = fingerprint()

    out, rejects = imported(
        "opportunities", SALES, "1,Acme,anna,,3,,,,", "2,Nix,anna,,3,,,,", dry_run=True
    )

    assert account(out) == [2, 1, 0, 0, 1]
    assert "This was a dry run" in out
    assert len(rejects) == 2
    assert fingerprint() == before


def test_only_who_keeps_the_house_imports(cast):
    rows = [{"external_id": "x", "name": "X"}]
    for command in (import_users, import_products, import_customers, import_opportunities):
        for who in (cast.anna, cast.boris, cast.dora):
            with pytest.raises(Refused):
                command(rows, source="s", by=who, at=cast.now)
    assert not User.objects.filter(name="X").exists()


def test_the_importer_is_named_in_the_events_and_reads_reasons_in_his_language(cast, imported):
    User.objects.filter(pk=cast.otto.pk).update(language="zh-hans")

    _out, rejects = imported("products", "name,list_price", "P,x", "Q,1", by="otto")

    event = Event.objects.get(name="product.imported")
    assert (event.actor_id, event.data["name"]) == (cast.otto.pk, "Q")
    assert len(rejects) == 2
