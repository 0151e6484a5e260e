"""What only grows is not emptied at a stroke either; demo data still goes row by row."""

import pytest
from django.db import IntegrityError, connection, transaction

pytestmark = pytest.mark.django_db
GUARDED = {
    "analytics_forecastline": "forecast_line_not_emptied",
    "analytics_forecastweek": "forecast_week_not_emptied",
    "core_event": "event_not_emptied",
    "crm_assessment": "assessment_not_emptied",
    "crm_assignment": "assignment_not_emptied",
    "crm_chainline": "chain_line_not_emptied",
    "crm_commitment": "commitment_not_emptied",
    "crm_commitmentreminder": "commitment_reminder_not_emptied",
    "crm_commitmentterm": "commitment_term_not_emptied",
    "crm_concern": "concern_not_emptied",
    "crm_concernreminder": "concern_reminder_not_emptied",
    "crm_contactban": "contact_ban_not_emptied",
    "crm_employment": "employment_not_emptied",
    "crm_evidence": "evidence_not_emptied",
    "crm_expectation": "expectation_not_emptied",
    "crm_helpreminder": "help_reminder_not_emptied",
    "crm_helprequest": "help_request_not_emptied",
    "crm_intelitem": "intel_not_emptied",
    "crm_goalvalue": "goal_value_not_emptied",
    "crm_jointgoal": "goal_not_emptied",
    "crm_judgement": "judgement_not_emptied",
    "crm_peerpair": "peer_pair_not_emptied",
    "crm_stakeholder": "stakeholder_not_emptied",
    "crm_stakeholderspan": "stakeholder_span_not_emptied",
    "crm_tie": "tie_not_emptied",
    "crm_valueoffer": "value_offer_not_emptied",
    "pipeline_forecastoverride": "forecast_override_not_emptied",
    "pipeline_meddpiccscore": "meddpicc_not_emptied",
    "pipeline_confirmation": "confirmation_not_emptied",
    "pipeline_painpoint": "pain_not_emptied",
    "pipeline_proposal": "proposal_not_emptied",
    "pipeline_solutionline": "solution_line_not_emptied",
    "pipeline_gatecondition": "gate_condition_not_emptied",
    "pipeline_gatedecision": "gate_not_emptied",
    "pipeline_gateseat": "gate_seat_not_emptied",
    "pipeline_gatevote": "gate_vote_not_emptied",
    "pipeline_transition": "transition_not_emptied",
    "pipeline_waiver": "waiver_not_emptied",
    "pipeline_stagevisit": "stage_visit_not_emptied",
}


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("how", ["", " CASCADE"])
def test_it_is_not_truncated(table, how):
    with (
        pytest.raises(Exception, match=r"only grows|foreign key") as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table}{how}")
    if how:
        assert isinstance(refused.value, IntegrityError)
        assert refused.value.__cause__.diag.constraint_name in GUARDED.values()


def test_every_guard_is_there():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
            "WHERE tgname LIKE '%\\_not\\_emptied'"
        )
        assert dict(cursor.fetchall()) == GUARDED


def test_whatever_keeps_its_rows_has_one():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname LIKE '%\\_append\\_only' OR tgrelid::regclass::text LIKE 'crm\\_%' "
            "AND tgname LIKE '%\\_guard'"
        )
        assert {table for (table,) in cursor.fetchall()} - GUARDED.keys() == set()
