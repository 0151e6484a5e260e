"""Fill a database with invented customers, sales and activities, by SQL alone.

Triggers are off while filling, so what they keep (team grants, latest activity, visits) is filled
by the same rules here; `check` compares the two on a sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

CUSTOMERS_PER_TEAM = 2_000
TEAMS_PER_REGION = 10
REPS_PER_TEAM = 10


@dataclass(frozen=True)
class Size:
    """How much to fill; opportunities and activities go with the customers."""

    name: str
    customers: int

    @property
    def opportunities(self) -> int:
        return self.customers * 5

    @property
    def activities(self) -> int:
        return self.customers * 20

    @property
    def teams(self) -> int:
        return max(1, self.customers // CUSTOMERS_PER_TEAM)

    @property
    def regions(self) -> int:
        return max(1, self.teams // TEAMS_PER_REGION)


FULL = Size("full", 100_000)
TENTH = Size("tenth", 10_000)

PEOPLE = """
INSERT INTO auth_group (name)
SELECT 'bench:' || i FROM generate_series(0, {regions} + {teams}) AS i;

INSERT INTO accounts_team
    (name, parent_id, region, lead_id, group_id, reads_all, source, external_id, is_demo)
SELECT 'Company', NULL, '', NULL, (SELECT id FROM auth_group WHERE name = 'bench:0'),
       true, 'bench', 'company', false;
INSERT INTO accounts_team
    (name, parent_id, region, lead_id, group_id, reads_all, source, external_id, is_demo)
SELECT 'Region ' || i, (SELECT id FROM accounts_team WHERE external_id = 'company'),
       'Region ' || i, NULL, (SELECT id FROM auth_group WHERE name = 'bench:' || i),
       true, 'bench', 'region' || i, false
FROM generate_series(1, {regions}) AS i;
INSERT INTO accounts_team
    (name, parent_id, region, lead_id, group_id, reads_all, source, external_id, is_demo)
SELECT 'Team ' || i,
       (SELECT id FROM accounts_team WHERE external_id = 'region' || ((i - 1) % {regions} + 1)),
       'Region ' || ((i - 1) % {regions} + 1), NULL,
       (SELECT id FROM auth_group WHERE name = 'bench:' || ({regions} + i)),
       true, 'bench', 'team' || i, false
FROM generate_series(1, {teams}) AS i;

INSERT INTO accounts_user
    (username, email, name, title, department, role, level, team_id, language, time_zone, theme,
     is_active, joined_at, session_epoch, source, external_id, is_demo, password, is_superuser)
SELECT username, '', initcap(username), '', '', role, level, team_id, 'en', 'Asia/Shanghai',
       'auto', true, now(), 0, 'bench', username, false, '!', false
FROM (
    SELECT 'director' AS username, 'director' AS role, 4 AS level,
           (SELECT id FROM accounts_team WHERE external_id = 'company') AS team_id
    UNION ALL
    SELECT 'manager' || i, 'manager', 3,
           (SELECT id FROM accounts_team WHERE external_id = 'region' || i)
    FROM generate_series(1, {regions}) AS i
    UNION ALL
    SELECT 'rep' || t || '_' || r, 'rep', 1,
           (SELECT id FROM accounts_team WHERE external_id = 'team' || t)
    FROM generate_series(1, {teams}) AS t, generate_series(1, {reps}) AS r
) AS people;

UPDATE accounts_team t SET lead_id = u.id FROM accounts_user u
WHERE t.external_id = 'company' AND u.username = 'director';
UPDATE accounts_team t SET lead_id = u.id FROM accounts_user u
WHERE t.external_id LIKE 'region%' AND u.username = 'manager' || substr(t.external_id, 7);

INSERT INTO accounts_user_groups (user_id, group_id)
SELECT u.id, t.group_id FROM accounts_user u JOIN accounts_team t ON t.id = u.team_id
WHERE u.source = 'bench' AND u.role <> 'director'
UNION
SELECT u.id, t.group_id FROM accounts_user u JOIN accounts_team t ON t.parent_id = u.team_id
WHERE u.role = 'manager' AND u.source = 'bench';
"""

CUSTOMERS = """
CREATE TEMP TABLE words AS SELECT * FROM unnest(
    ARRAY['Aster','Borea','Cobalt','Delta','Ember','Fjord','Granit','Helio','Indus','Jasper',
          'Kestrel','Lumen','Meridian','Nordic','Orion','Pioneer','Quartz','Ridge','Summit','Tidal',
          'Umbra','Vector','Willow','Xenon','Yarrow','Zephyr','Alpine','Beacon','Cedar','Dynamo'],
    ARRAY['京能','华衡','东方','天行','远大','金石','海川','新港','长风','瑞和',
          '中联','宏图','鼎盛','安泰','恒通','启明','万象','嘉禾','北辰','南洋',
          '江海','云峰','泰和','凌云','华信','同方','银河','盛世','博远','卓越'],
    ARRAY['Systems','Energy','Works','Foods','Logistics','Medical','Steel','Optics','Textiles',
          'Chemie','Motors','Water','Power','Data','Paper','Glass','Tools','Air','Marine','Rail',
          'Bank','Labs','Mining','Farms','Press','Media','Cable','Robotics','Pharma','Retail'],
    ARRAY['设备','能源','科技','食品','物流','医疗','钢铁','光学','纺织','化工',
          '汽车','水务','电力','数据','造纸','玻璃','工具','航空','海运','轨道',
          '银行','研究','矿业','农业','出版','传媒','电缆','机器人','制药','零售']
) WITH ORDINALITY AS w (latin, hanzi, latin2, hanzi2, n);

INSERT INTO crm_customer
    (name, other_names, registration_number, tier, industry, region, country, website, address,
     team_id, state, pinyin, created_at, updated_at, source, external_id, is_demo)
SELECT CASE WHEN hashint4(i + 3) % 2 = 0 THEN a.latin || ' ' || b.latin2 || ' ' || i
            ELSE a.hanzi || b.hanzi2 || i || '有限公司' END,
       '', 'R' || lpad(i::text, 9, '0'), (ARRAY['S','A','B','C'])[1 + i % 4],
       (ARRAY['energy','machinery','food','medical','software'])[1 + i % 5],
       'Region ' || ((i % {teams}) % {regions} + 1), 'CN', '', '',
       (SELECT id FROM accounts_team WHERE external_id = 'team' || (i % {teams} + 1)),
       'active', '', now() - interval '2 years' + i * interval '1 second',
       now() - interval '1 year', 'bench', i::text, false
FROM generate_series(1, {customers}) AS i
JOIN words a ON a.n = 1 + (hashint4(i) & 1048575) % 30
JOIN words b ON b.n = 1 + (hashint4(i + 7) & 1048575) % 30;

INSERT INTO crm_customergrouppermission (content_object_id, group_id, permission_id, origin)
SELECT c.id, t.group_id, crm_view_customer(), 'team'
FROM crm_customer c JOIN accounts_team t ON t.id = c.team_id;

INSERT INTO crm_assignment (customer_id, user_id, part, starts_at, reason, end_reason)
SELECT c.id, u.id, 'primary', now() - interval '1 year', '', ''
FROM crm_customer c
JOIN accounts_user u ON u.team_id = c.team_id
    AND u.username LIKE 'rep%\\_' || (1 + (c.external_id::int / {teams}) % {reps});

INSERT INTO crm_customeruserpermission (content_object_id, user_id, permission_id, origin)
SELECT a.customer_id, a.user_id, p.id, 'assignment'
FROM crm_assignment a, auth_permission p JOIN django_content_type ct ON ct.id = p.content_type_id
WHERE ct.app_label = 'crm' AND ct.model = 'customer'
  AND p.codename IN ('view_customer', 'change_customer');

INSERT INTO crm_contact
    (customer_id, name, title, department, level, email, phone, state, created_at, updated_at,
     source, external_id)
SELECT c.id, CASE WHEN k = 1 THEN '王' ELSE 'Kim ' END || c.external_id || k, 'Head', 'IT', 3,
       '', '', 'active', now(), now(), '', ''
FROM crm_customer c, generate_series(1, 2) AS k;
"""

CHAINS = """
INSERT INTO crm_chain (customer_id, name, is_standing, revision, created_at, created_by_id)
SELECT a.customer_id, '', true, 1, a.starts_at, a.user_id FROM crm_assignment a
WHERE a.part = 'primary' AND a.ends_at IS NULL AND a.customer_id % 2 = 0;

INSERT INTO crm_stakeholder
    (chain_id, contact_id, formal_power, political, confidence, response_mode, adaptability,
     orientation, concerns, expectations, required_level, created_at, created_by_id, updated_at)
SELECT h.id, c.id, 3, 'outside', '', '', '', '', '', '', 2, h.created_at, h.created_by_id,
       h.created_at
FROM crm_chain h JOIN crm_contact c ON c.customer_id = h.customer_id;

INSERT INTO crm_stakeholderrole (chain_id, stakeholder_id, role, is_primary)
SELECT s.chain_id, s.id, r.role, r.place = 1
FROM crm_stakeholder s
JOIN crm_contact c ON c.id = s.contact_id
CROSS JOIN LATERAL unnest(CASE WHEN c.name LIKE '王%' THEN ARRAY['economic_buyer', 'approver']
    ELSE ARRAY['user_buyer', 'tech_evaluator'] END) WITH ORDINALITY AS r (role, place);

INSERT INTO crm_stakeholderspan
    (stakeholder_id, starts_at, contact_id, roles, formal_power, political, confidence,
     required_level)
SELECT s.id, s.created_at, s.contact_id, array_agg(r.role ORDER BY r.id), s.formal_power,
       s.political, s.confidence, s.required_level
FROM crm_stakeholder s JOIN crm_stakeholderrole r ON r.stakeholder_id = s.id GROUP BY s.id;
"""

SALES = """
INSERT INTO pipeline_opportunity
    (customer_id, name, owner_id, amount, currency, expected_close_date, problem, impact,
     budget_source, decision_procedure, success_metric, decision_criteria, differentiator,
     signature_plan, selection_statement, version_id, stage, state, ledger_seq, opened_at,
     closed_at, close_reason, updated_at, is_imported, birth_xact, source, external_id)
SELECT a.customer_id, 'Project ' || a.customer_id || '-' || k, a.user_id,
       1000 + (a.customer_id * 37 + k * 1009) % 900000, 'CNY',
       current_date + ((a.customer_id * 13 + k * 71) % 360 - 120)::int,
       '', '', '', '', '', '', '', '', '',
       v.id,
       (SELECT key FROM pipeline_stage s WHERE s.version_id = v.id AND s.kind = 'open'
        ORDER BY position OFFSET (a.customer_id + k) % 6 LIMIT 1),
       (ARRAY['open','open','won','lost','lost'])[k], CASE WHEN k <= 2 THEN 1 ELSE 2 END,
       now() - interval '200 days' + (a.customer_id % 190) * interval '1 day',
       CASE WHEN k > 2 THEN now() - interval '5 days' END, CASE WHEN k > 2 THEN 'x' ELSE '' END,
       now(), false, 1, 'bench', a.customer_id || '-' || k
FROM crm_assignment a, generate_series(1, 5) AS k,
     (SELECT id FROM pipeline_pipelineversion ORDER BY id DESC LIMIT 1) AS v
WHERE a.part = 'primary' AND a.ends_at IS NULL;

INSERT INTO pipeline_transition
    (opportunity_id, seq, name, from_stage, to_stage, from_state, to_state, at, by_id, reason,
     criteria_met, criteria_waived)
SELECT id, 1, 'open', '', stage, '', 'open', opened_at, owner_id, '',
       '{{}}'::bigint[], '{{}}'::bigint[]
FROM pipeline_opportunity
UNION ALL
SELECT id, 2, CASE state WHEN 'won' THEN 'win' ELSE 'lose' END, stage, stage, 'open', state,
       closed_at, owner_id, 'x', '{{}}'::bigint[], '{{}}'::bigint[]
FROM pipeline_opportunity WHERE closed_at IS NOT NULL;

INSERT INTO pipeline_stagevisit (opportunity_id, stage, entered_at, left_at, transition_id)
SELECT o.id, o.stage, o.opened_at, o.closed_at, t.id
FROM pipeline_opportunity o JOIN pipeline_transition t ON t.opportunity_id = o.id AND t.seq = 1;

INSERT INTO pipeline_stageclock
    (visit_id, opportunity_id, starts_at, limit_days, due_at, level_moments, next_level,
     next_level_at, provisional, paused_days)
SELECT v.id, v.opportunity_id, v.entered_at, 20, m.at[2], m.at, 0, m.at[1], false, 0
FROM pipeline_stagevisit v
CROSS JOIN LATERAL (SELECT ARRAY[
    v.entered_at + interval '300 days', v.entered_at + interval '328 days',
    v.entered_at + interval '342 days', v.entered_at + interval '356 days'] AS at) AS m
WHERE v.left_at IS NULL;
"""

ACTIVITIES = """
INSERT INTO crm_activity
    (customer_id, kind, subject, body, starts_at, ends_at, outcome, next_step, two_way, author_id,
     created_at, source, external_id)
SELECT a.customer_id, (ARRAY['call','meeting','visit','email','note'])[1 + k % 5],
       'Talked about point ' || k, '', s.at, s.at + interval '30 minutes', '', '', true, a.user_id,
       s.at, '', ''
FROM crm_assignment a, generate_series(1, 20) AS k
CROSS JOIN LATERAL (SELECT now() - k * interval '18 days'
    + ((a.customer_id * 7919) % 1555200) * interval '1 second' - interval '1 hour' AS at) AS s
WHERE a.part = 'primary';

UPDATE crm_customer c SET last_activity_at = latest.at
FROM (SELECT customer_id, max(starts_at) AS at FROM crm_activity GROUP BY customer_id) AS latest
WHERE latest.customer_id = c.id;

INSERT INTO core_event
    (name, subject_label, subject_id, scope_id, actor_id, actor_name, at, data, is_demo)
SELECT 'opportunity.opened', 'pipeline.opportunity', id, customer_id, owner_id, 'Rep', opened_at,
       '{{}}'::jsonb, false
FROM pipeline_opportunity;
"""


def filled(connection: psycopg.Connection, size: Size) -> bool:
    """Whether this database already holds the size."""
    row = connection.execute("SELECT count(*) FROM crm_activity").fetchone()
    return row is not None and row[0] >= size.activities


def fill(connection: psycopg.Connection, size: Size) -> None:
    """Insert everything, then let PostgreSQL learn its statistics; needs autocommit."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for part in (PEOPLE, CUSTOMERS, CHAINS, SALES, ACTIVITIES):
            connection.execute(
                part.format(
                    customers=size.customers,
                    teams=size.teams,
                    regions=size.regions,
                    reps=REPS_PER_TEAM,
                )
            )
    connection.execute("VACUUM ANALYZE")
