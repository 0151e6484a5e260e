"""`import_csv`: nothing is dropped, nothing is taken twice, and a wrong cell says what is wrong."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import Team, User
from core.models import Event
from crm.models import Assignment, Contact, Customer
from crm.queries import timeline
from pipeline.models import Opportunity, StageClock, StageVisit, Transition

pytestmark = pytest.mark.django_db

SALES = "external_id,customer,owner,product,stage,created_date,entered_date,closed_date,amount"


def account(out):
    """The line of the four piles, as numbers: read, created, updated, unchanged, rejected."""
    line = next(line for line in out.splitlines() if line.startswith("read "))
    return [int(word) for word in line.split() if word.isdigit()]


def fingerprint():
    """Counts and checksums of every table of ours."""
    with connection.cursor() as cursor:
        names = [
            name
            for name in connection.introspection.table_names(cursor)
            if name.split("_")[0] in ("accounts", "auth", "core", "crm", "pipeline")
        ]
        found = {}
        for name in sorted(names):
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t"
            )
            found[name] = cursor.fetchone()
    return found


# --- people -----------------------------------------------------------------------------------


def test_users_bring_their_managers_and_the_tree_of_teams(imported):
    out, _rejects = imported(
        "users",
        "agent,manager,office",
        "Mei-Mei Johns,Melvin Marxen,Central",
        "张伟,Melvin Marxen,Central",
        "Reed Clapper,Rocco Neubert,East",
        map=["agent=name", "office=region"],
        source="hr",
    )

    assert account(out) == [3, 3, 0, 0, 0]
    zhang = User.objects.get(name="张伟")
    assert (zhang.username, zhang.role, zhang.has_usable_password()) == ("zhang.wei", "rep", False)
    assert zhang.team.name == "Team Melvin Marxen"
    assert zhang.team.parent.name == zhang.team.region == "Central"
    melvin = zhang.team.lead
    assert (melvin.role, melvin.level, melvin.team) == ("manager", 3, zhang.team)
    assert set(zhang.team.group.user_set.all()) == {
        zhang,
        melvin,
        User.objects.get(name="Mei-Mei Johns"),
    }
    assert Team.objects.count() == 4


def test_users_again_change_nothing_and_a_new_fact_changes_one(imported):
    lines = ["name,email,level", "Ann Lee,ann@example.com,2", "Bo Li,,1"]
    imported("users", *lines)
    before = fingerprint()

    out, _rejects = imported("users", *lines)
    assert account(out) == [2, 0, 0, 2, 0]
    assert "Nothing has changed." in out
    assert fingerprint() == before

    out, _rejects = imported("users", lines[0], "Ann Lee,ann@example.com,3", "Bo Li,,")
    assert account(out) == [2, 0, 1, 1, 0]
    assert User.objects.get(name="Ann Lee").level == 3


def test_users_that_cannot_be_taken(cast, imported):
    out, rejects = imported(
        "users",
        "name,username,email,role,level,language,time_zone",
        "A,anna,,,,,",
        "B,,ANNA@example.com,,,,",
        "C,,nonsense,,,,",
        "D,,,system,,,",
        "E,,,,9,,",
        "F,,,,,xx,",
        "G,,,,,,Mars/Base",
        "H,,,,,zh-hans,Asia/Shanghai",
    )

    assert account(out) == [8, 1, 0, 0, 7]
    reasons = [row[-1] for row in csv.reader(rejects)][1:]
    assert reasons == [
        "email: “nonsense” is not an e-mail address.",
        "role: “system” is not one of: rep, manager, director, administrator, integration, "
        "solution, delivery, finance, legal.",
        "level: “9” is not a number from 1 to 5.",
        "anna is already taken by another user.",
        "anna@example.com is already taken by another user.",
        "There is no language xx; there are: en, zh-hans, zh-hant.",
        "There is no time zone Mars/Base.",
    ]


# --- customers --------------------------------------------------------------------------------


def test_customers_find_parents_further_down_and_wait_for_no_team(imported):
    out, _rejects = imported(
        "customers",
        "name,location,parent,sector",
        "Grandchild,中国,Child,retail",
        "Child,Philippines,Parent,retail",
        "Parent,US,,",
        map=["location=country", "sector=industry"],
        source="old",
    )

    assert account(out) == [3, 3, 0, 0, 0]
    grandchild = Customer.objects.get(name="Grandchild")
    assert grandchild.parent.parent.name == "Parent"
    assert [c.country for c in Customer.objects.order_by("name")] == ["PH", "CN", "US"]
    assert grandchild.team.name == "To be distributed"
    assert (grandchild.state, grandchild.industry) == ("prospect", "retail")


def test_customers_with_a_primary_are_served_and_seen_by_him(cast, imported):
    out, _rejects = imported(
        "customers", "name,state,primary,team", "京能设备,active,anna,South", source="old"
    )

    assert account(out) == [1, 1, 0, 0, 0]
    customer = Customer.objects.get(name="京能设备")
    assert (customer.team, customer.pinyin) == (cast.south, "jingnengshebei jnsb")
    assert cast.anna.has_perm("crm.change_customer", customer)
    assert cast.ben.has_perm("crm.view_customer", customer)
    assert not cast.nils.has_perm("crm.view_customer", customer)


def test_customers_that_cannot_be_taken_come_back_with_the_reason_and_can_be_mended(
    cast, imported, tmp_path
):
    lines = [
        "name,state,primary,team,parent,country,website",
        "No primary,active,,,,,",
        "Nobody,,Nemo,,,,",
        "No team,,,West,,,",
        "Orphan,,,,Ghost,,",
        "Atlantis,,,,,Atlantis,",
        "Web,,,,,,http://",
        ",,,,,,",
        "Fine,prospect,,,,DE,example.com",
    ]
    out, rejects = imported("customers", *lines)

    assert account(out) == [8, 1, 0, 0, 7]
    got = {row[0]: row[-1] for row in csv.reader(rejects)}
    assert got == {
        "name": "reason",
        "No primary": "An active customer needs a primary. Say who, in the column for it.",
        "Nobody": "Nobody of us is called Nemo.",
        "No team": "No team is called West.",
        "Orphan": "No customer is called Ghost.",
        "Atlantis": "country: “Atlantis” is not a country: use its code, like CN.",
        "Web": "website: “http://” is not a web address.",
        "": "No name is given.",
    }
    mended = "\n".join(rejects).replace("Nemo", "anna").replace("Ghost", "Fine")
    (tmp_path / "again.csv").write_text(mended)

    out, rejects = imported("customers", name="again.csv")

    assert account(out) == [7, 2, 0, 0, 5]
    assert Customer.objects.get(name="Orphan").parent.name == "Fine"
    assert rejects[0] == "name,state,primary,team,parent,country,website,reason"


def test_a_customer_is_not_moved_by_a_file(cast, imported):
    imported("customers", "name,team,primary", "Neu,North,anna", source="old")
    before = fingerprint()

    out, rejects = imported("customers", "name,team,primary", "Neu,South,anna", source="old")
    assert account(out) == [1, 0, 0, 0, 1]
    assert "It is served by the team North now." in rejects[1]
    out, rejects = imported("customers", "name,team,primary", "Neu,North,nils", source="old")
    assert "Somebody else is the primary here now." in rejects[1]
    assert fingerprint() == before


def test_a_circle_of_parents_is_refused(imported):
    imported("customers", "name,parent", "A,", "B,A", "C,B")

    out, rejects = imported("customers", "name,parent", "A,C", "B,B")

    assert account(out) == [2, 0, 0, 0, 2]
    assert [line.rsplit(",", 1)[1] for line in rejects[1:]] == [
        "A cannot be above itself.",
        "B cannot be above itself.",
    ]


def test_contacts(cast, imported):
    out, rejects = imported(
        "contacts",
        "customer,name,title,level,email,phone",
        "Acme,李总,总经理,5,li@acme.example,+86 10 5555",
        "Acme,Bob,,,,",
        "Unknown,Eve,,,,",
        "Acme,Bob,,,,",
    )

    assert account(out) == [4, 2, 0, 0, 2]
    assert Contact.objects.get(name="李总").level == 5
    assert rejects[1].endswith("The same id as in line 3: Acme / Bob.")
    assert rejects[2].endswith("No customer is called Unknown.")
    assert Event.objects.filter(name="contact.imported", scope_id=cast.acme.pk).count() == 2


# --- sales ------------------------------------------------------------------------------------


def test_sales_arrive_with_their_history(cast, b2b8, imported):
    out, _rejects = imported(
        "opportunities",
        SALES,
        "1,Acme,anna,,3,2025-01-02,2025-02-03,,",
        '2,Acme,anna,,won@3,2025-01-02,2025-02-03,2025-03-04,"1,234.50"',
        "3,Acme,Boris,,lost@qualify,,,2025-03-04,0",
        "4,Acme,anna,,Lead validated,,,,",
        source="old",
    )

    assert account(out) == [4, 4, 0, 0, 0]
    ledger = {
        external_id: list(
            Transition.objects.filter(opportunity__external_id=external_id).values_list(
                "name", "from_stage", "to_stage", "to_state", "at__date"
            )
        )
        for external_id in "1234"
    }
    first, second, third = date(2025, 1, 2), date(2025, 2, 3), date(2025, 3, 4)
    today = datetime.now(tz=UTC).date()
    assert ledger == {
        "1": [
            ("import", "", "lead", "open", first),
            ("import", "lead", "discover", "open", second),
        ],
        "2": [
            ("import", "", "lead", "open", first),
            ("import", "lead", "discover", "open", second),
            ("import", "discover", "negotiate", "won", third),
        ],
        "3": [
            ("import", "", "qualify", "open", third),
            ("import", "qualify", "qualify", "lost", third),
        ],
        "4": [("import", "", "lead", "open", today)],
    }
    won = Opportunity.objects.get(external_id="2")
    assert (won.amount, won.is_imported, won.closed_at.date()) == (Decimal("1234.50"), True, third)


def test_imported_sales_are_not_reminded_of_the_years_before(cast, b2b8, imported):
    imported(
        "opportunities",
        SALES,
        "1,Acme,anna,,3,2015-01-02,2015-02-03,,",
        "2,Acme,anna,,won,2015-01-02,,2015-03-04,1",
    )

    clock = StageClock.objects.get()
    assert clock.opportunity.external_id == "1"
    assert (datetime.now(tz=UTC) - clock.starts_at).total_seconds() < 60
    assert clock.next_level_at > datetime.now(tz=UTC)
    assert StageVisit.objects.get(left_at=None).entered_at.date() == date(2015, 2, 3)


def test_sales_again_change_nothing_and_facts_are_corrected(cast, b2b8, imported):
    imported("products", "name", "GTX Pro")
    lines = [
        SALES,
        "1,Acme,anna,GTX Pro,3,2025-01-02,2025-02-03,,",
        "2,Acme,anna,,won,,,2025-03-04,5",
    ]
    imported("opportunities", *lines)
    before = fingerprint()

    out, _rejects = imported("opportunities", *lines)
    assert account(out) == [2, 0, 0, 2, 0]
    assert fingerprint() == before

    out, _rejects = imported("opportunities", lines[0], lines[1] + "77", lines[2])
    assert account(out) == [2, 0, 1, 1, 0]
    assert Opportunity.objects.get(external_id="1").amount == 77


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,Acme,anna,,4,2025-01-02,2025-02-03,,", "It is at open@discover in Baton"),
        ("1,Acme,anna,,won@3,2025-01-02,2025-02-03,2025-03-04,", "in Baton, at won@negotiate"),
        ("1,Zenith 天顶,anna,,3,2025-01-02,2025-02-03,,", "It belongs to Acme in Baton."),
        ("1,Acme,boris,,3,2025-01-02,2025-02-03,,", "Anna leads it in Baton."),
        ("1,Acme,anna,,3,2025-01-05,2025-02-03,,", "history stays"),
    ],
)
def test_a_file_never_moves_a_known_sale(cast, b2b8, imported, line, reason):
    imported("opportunities", SALES, "1,Acme,anna,,3,2025-01-02,2025-02-03,,")
    before = fingerprint()

    out, rejects = imported("opportunities", SALES, line)

    assert account(out) == [1, 0, 0, 0, 1]
    assert reason in rejects[1]
    assert fingerprint() == before


def test_sales_that_cannot_be_taken(cast, b2b8, imported):
    cases = {
        "1,,anna,,3,,,,": "No customer is given.",
        "2,Acme,,,3,,,,": "Nobody is given who leads it.",
        "3,Acmee,anna,,3,,,,": "No customer is called Acmee.",
        "4,Acme,nemo,,3,,,,": "Nobody of us is called nemo.",
        "5,Acme,anna,Rope,3,,,,": "No product is called Rope.",
        "6,Acme,anna,,Dreaming,,,,": "No stage is called Dreaming.",
        "7,Acme,anna,,won,,,,": "It is closed, but no day is given on which it was.",
        "8,Acme,anna,,3,,,2025-01-01,": "It is open, but a day is given on which it was closed.",
        "9,Acme,anna,,won,2025-02-01,,2025-01-01,": "Its dates are not in order",
        "10,Acme,anna,,won,,,2199-01-01,": "2199-01-01 lies ahead.",
        "11,Acme,anna,,3,0000-01-01,,,": "The year of 0000-01-01 is not between 1900 and 2199.",
        "12,Acme,anna,,3,2025-02-30,,,": "There is no day 2025-02-30.",
        "13,Acme,anna,,3,soon,,,": "“soon” is not a date like 2026-03-31.",
        "14,Acme,anna,,3,,,,1.234,5": "The row has 10 cells, the header 9.",
        "15,Acme,anna,,3,,,,12.345": "more than two decimals",
        "16,Acme,anna,,3,,,,-5": "An amount is never negative: -5.",
        "17,Acme,anna,,3,,,,1e9": "“1e9” is not a number like 1234.50.",
        "18,Acme,anna,,3,,,,1000000000000": "The amount 1000000000000 is too large.",
        "19,Acme,anna,,3,,,,NaN": "“NaN” is not a number like 1234.50.",
        "20,Acme,otto,,3,,,,": "Otto cannot lead an open sale.",
        ",Acme,anna,,3,,,,": "No external id is given.",
        "21,Acme": "The row has 2 cells, the header 9.",
    }
    out, rejects = imported("opportunities", SALES, *cases, dates="iso")

    assert account(out) == [len(cases), 0, 0, 0, len(cases)]
    width = len(SALES.split(","))
    reasons = {row[0]: row[width] for row in csv.reader(rejects[1:])}
    for line, reason in cases.items():
        assert reason in reasons[line.split(",")[0]], line
    assert not Opportunity.objects.exists()


def test_who_sells_serves(cast, b2b8, imported):
    imported("customers", "name", "Neu", "Alt", "Leer", source="old")
    out, _rejects = imported(
        "opportunities",
        SALES,
        "1,Neu,ben,,3,,,,",
        "2,Neu,anna,,3,,,,",
        "3,Neu,ben,,1,,,,",
        "4,Alt,anna,,lost,,,2025-01-01,",
        "5,Alt,nils,,won,,,2025-01-01,",
        source="old",
    )

    assert "customers served now: 2 by a primary, 1 deputies" in out
    served = Assignment.objects.filter(customer__source="old").values_list(
        "customer__name", "user__username", "part"
    )
    assert sorted(served) == [
        ("Alt", "nils", "primary"),
        ("Neu", "anna", "deputy"),
        ("Neu", "ben", "primary"),
    ]
    states = dict(Customer.objects.filter(source="old").values_list("name", "state"))
    assert states == {"Alt": "active", "Neu": "active", "Leer": "prospect"}
    neu = Customer.objects.get(name="Neu")
    assert neu.team == cast.south
    assert cast.anna.has_perm("crm.change_customer", neu)
    assert not cast.nils.has_perm("crm.view_customer", neu)


def test_the_timeline_of_an_imported_customer_tells_where_it_came_from(cast, b2b8, imported):
    imported("customers", "name", "Neu", source="old")
    imported("contacts", "customer,name", "Neu,Bob", source="old")
    imported("opportunities", SALES, "1,Neu,ben,,3,,,,", source="old")

    told = [
        entry.title for entry in timeline.of_customer(Customer.objects.get(name="Neu").pk).entries
    ]

    assert told[0] == "found Ben serving it, by the business imported: Primary"
    assert told[1].startswith("imported the opportunity")
    assert told[2:] == ["took over the contact Bob", "took this customer over from old"]
