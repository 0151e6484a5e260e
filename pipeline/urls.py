"""URLs of the sales pages."""

from django.urls import path

from pipeline.views import (
    board,
    chain,
    deal,
    exposure,
    facts,
    forecast,
    meddpicc,
    moves,
    panel,
    pipelines,
    steps,
    table,
    today,
)

urlpatterns = [
    path("", today.today, name="today"),
    path("opportunities/", table.table, name="opportunity-list"),
    path("opportunities/board/", board.board, name="opportunity-board"),
    path("opportunities/board/more/", board.more, name="opportunity-board-more"),
    path("opportunities/board/move/", board.move, name="opportunity-board-move"),
    path("opportunities/new/", deal.new, name="opportunity-new"),
    path("opportunities/<int:pk>/", deal.opportunity, name="opportunity"),
    path("opportunities/<int:pk>/chain/", chain.chain, name="opportunity-chain"),
    path("opportunities/<int:pk>/facts/", facts.facts, name="opportunity-facts"),
    path("opportunities/<int:pk>/facts/<slug:name>/", facts.fact, name="opportunity-fact"),
    path("opportunities/<int:pk>/step/", today.plan_step, name="opportunity-step"),
    path("opportunities/<int:pk>/steps/", steps.steps, name="opportunity-steps"),
    path("opportunities/<int:pk>/steps/plan/", steps.plan_missing, name="opportunity-plan-steps"),
    path(
        "opportunities/<int:pk>/promises/",
        panel.opportunity_promises,
        name="opportunity-promises",
    ),
    path("opportunities/<int:pk>/meddpicc/", meddpicc.card, name="opportunity-meddpicc"),
    path(
        "opportunities/<int:pk>/meddpicc/score/", meddpicc.score, name="opportunity-meddpicc-score"
    ),
    path("opportunities/<int:pk>/forecast/", forecast.forecast, name="opportunity-forecast"),
    path(
        "opportunities/<int:pk>/forecast/set/",
        forecast.set_own,
        name="opportunity-forecast-set",
    ),
    path("opportunities/<int:pk>/advance/", moves.advance, name="opportunity-advance"),
    path("opportunities/<int:pk>/send-back/", moves.send_back, name="opportunity-send-back"),
    path("opportunities/<int:pk>/hold/", moves.hold, name="opportunity-hold"),
    path("opportunities/<int:pk>/resume/", moves.resume, name="opportunity-resume"),
    path("opportunities/<int:pk>/win/", moves.win, name="opportunity-win"),
    path("opportunities/<int:pk>/lose/", moves.lose, name="opportunity-lose"),
    path("opportunities/<int:pk>/reopen/", moves.reopen, name="opportunity-reopen"),
    path("opportunities/<int:pk>/undo/", moves.undo, name="opportunity-undo"),
    path("pipelines/<slug:key>/definition.yaml", pipelines.definition, name="pipeline-definition"),
    path("exposure/", exposure.exposure, name="exposure"),
    path("exposure/<int:pk>/", exposure.of_person, name="exposure-of"),
    path(
        "customers/<int:pk>/opportunities/",
        panel.customer_opportunities,
        name="customer-opportunities",
    ),
]
