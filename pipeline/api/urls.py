"""What this app answers under `/api/v1/`."""

from django.urls import path

from pipeline.api.board import OpportunityBoard
from pipeline.api.chain import OpportunityChain
from pipeline.api.confirmations import ConfirmationTakeBack, OpportunityConfirmations
from pipeline.api.definitions import Definition, Pipelines, Products
from pipeline.api.drafts import BringBack, DraftPreview, DraftPublish, Drafts, OneDraft, Retire
from pipeline.api.exposure import CompanyExposure, PersonExposure
from pipeline.api.forecast import OpportunityForecast, Probabilities
from pipeline.api.gates import (
    ApprovalRules,
    GateConditionDone,
    GateDecide,
    GateInvite,
    Gates,
    GateSchedule,
    GateSpeak,
    GateWithdraw,
    OneApprovalRule,
    OneGate,
)
from pipeline.api.meddpicc import OpportunityMeddpicc, OpportunityMeddpiccScores
from pipeline.api.opportunities import OneOpportunity, Opportunities, OpportunityTransitions
from pipeline.api.pains import (
    OnePain,
    OneSolutionLine,
    PainConfirm,
    PainDrop,
    Pains,
    SolutionLineConfirm,
    SolutionLineDrop,
    SolutionLines,
)
from pipeline.api.proposals import (
    OneProposal,
    ProposalApprove,
    ProposalCurrent,
    Proposals,
    ProposalSend,
)
from pipeline.api.rivals import Competitors, OneCompetitor, OneRival, Rivals
from pipeline.api.steps import OpportunitySteps
from pipeline.api.waivers import (
    OneWaiver,
    OpportunityWaivers,
    WaiverEnd,
    WaiverGrant,
    WaiverRefuse,
    Waivers,
    WaiverWithdraw,
)

urlpatterns = [
    path("opportunities/", Opportunities.as_view(), name="api-opportunities"),
    path("opportunities/board/", OpportunityBoard.as_view(), name="api-opportunity-board"),
    path("opportunities/<int:pk>/", OneOpportunity.as_view(), name="api-opportunity"),
    path("opportunities/<int:pk>/chain/", OpportunityChain.as_view(), name="api-opportunity-chain"),
    path(
        "opportunities/<int:pk>/transitions/",
        OpportunityTransitions.as_view(),
        name="api-opportunity-transitions",
    ),
    path(
        "opportunities/<int:pk>/forecast/",
        OpportunityForecast.as_view(),
        name="api-opportunity-forecast",
    ),
    path("opportunities/<int:pk>/steps/", OpportunitySteps.as_view(), name="api-opportunity-steps"),
    path(
        "opportunities/<int:pk>/meddpicc/",
        OpportunityMeddpicc.as_view(),
        name="api-opportunity-meddpicc",
    ),
    path(
        "opportunities/<int:pk>/meddpicc/scores/",
        OpportunityMeddpiccScores.as_view(),
        name="api-opportunity-meddpicc-scores",
    ),
    path("pains/", Pains.as_view(), name="api-pains"),
    path("pains/<int:pk>/", OnePain.as_view(), name="api-pain"),
    path("pains/<int:pk>/confirm/", PainConfirm.as_view(), name="api-pain-confirm"),
    path("pains/<int:pk>/drop/", PainDrop.as_view(), name="api-pain-drop"),
    path("solution-lines/", SolutionLines.as_view(), name="api-solution-lines"),
    path("solution-lines/<int:pk>/", OneSolutionLine.as_view(), name="api-solution-line"),
    path(
        "solution-lines/<int:pk>/confirm/",
        SolutionLineConfirm.as_view(),
        name="api-solution-line-confirm",
    ),
    path(
        "solution-lines/<int:pk>/drop/", SolutionLineDrop.as_view(), name="api-solution-line-drop"
    ),
    path(
        "opportunities/<int:pk>/waivers/",
        OpportunityWaivers.as_view(),
        name="api-opportunity-waivers",
    ),
    path("waivers/", Waivers.as_view(), name="api-waivers"),
    path("waivers/<int:pk>/", OneWaiver.as_view(), name="api-waiver"),
    path("waivers/<int:pk>/grant/", WaiverGrant.as_view(), name="api-waiver-grant"),
    path("waivers/<int:pk>/refuse/", WaiverRefuse.as_view(), name="api-waiver-refuse"),
    path("waivers/<int:pk>/withdraw/", WaiverWithdraw.as_view(), name="api-waiver-withdraw"),
    path("waivers/<int:pk>/end/", WaiverEnd.as_view(), name="api-waiver-end"),
    path(
        "opportunities/<int:pk>/confirmations/",
        OpportunityConfirmations.as_view(),
        name="api-opportunity-confirmations",
    ),
    path(
        "confirmations/<int:pk>/take-back/",
        ConfirmationTakeBack.as_view(),
        name="api-confirmation-take-back",
    ),
    path("competitors/", Competitors.as_view(), name="api-competitors"),
    path("competitors/<int:pk>/", OneCompetitor.as_view(), name="api-competitor"),
    path("rivals/", Rivals.as_view(), name="api-rivals"),
    path("rivals/<int:pk>/", OneRival.as_view(), name="api-rival"),
    path("proposals/", Proposals.as_view(), name="api-proposals"),
    path("proposals/<int:pk>/", OneProposal.as_view(), name="api-proposal"),
    path("proposals/<int:pk>/current/", ProposalCurrent.as_view(), name="api-proposal-current"),
    path("proposals/<int:pk>/approve/", ProposalApprove.as_view(), name="api-proposal-approve"),
    path("proposals/<int:pk>/send/", ProposalSend.as_view(), name="api-proposal-send"),
    path("gates/", Gates.as_view(), name="api-gates"),
    path("gates/<int:pk>/", OneGate.as_view(), name="api-gate"),
    path("gates/<int:pk>/invite/", GateInvite.as_view(), name="api-gate-invite"),
    path("gates/<int:pk>/schedule/", GateSchedule.as_view(), name="api-gate-schedule"),
    path("gates/<int:pk>/vote/", GateSpeak.as_view(), name="api-gate-vote"),
    path("gates/<int:pk>/withdraw/", GateWithdraw.as_view(), name="api-gate-withdraw"),
    path("gates/<int:pk>/decide/", GateDecide.as_view(), name="api-gate-decide"),
    path(
        "gate-conditions/<int:pk>/done/",
        GateConditionDone.as_view(),
        name="api-gate-condition-done",
    ),
    path("approval-rules/", ApprovalRules.as_view(), name="api-approval-rules"),
    path("approval-rules/<int:pk>/", OneApprovalRule.as_view(), name="api-approval-rule"),
    path("exposure/", CompanyExposure.as_view(), name="api-exposure"),
    path("exposure/people/<int:pk>/", PersonExposure.as_view(), name="api-exposure-of"),
    path("probabilities/", Probabilities.as_view(), name="api-probabilities"),
    path("pipelines/", Pipelines.as_view(), name="api-pipelines"),
    path("pipelines/<slug:key>/definition/", Definition.as_view(), name="api-pipeline-definition"),
    path(
        "pipelines/<slug:key>/versions/<int:number>/definition/",
        Definition.as_view(),
        name="api-pipeline-version-definition",
    ),
    path("pipelines/<slug:key>/retire/", Retire.as_view(), name="api-pipeline-retire"),
    path("pipelines/<slug:key>/bring-back/", BringBack.as_view(), name="api-pipeline-bring-back"),
    path("pipeline-drafts/", Drafts.as_view(), name="api-pipeline-drafts"),
    path("pipeline-drafts/<slug:key>/", OneDraft.as_view(), name="api-pipeline-draft"),
    path(
        "pipeline-drafts/<slug:key>/preview/",
        DraftPreview.as_view(),
        name="api-pipeline-draft-preview",
    ),
    path(
        "pipeline-drafts/<slug:key>/publish/",
        DraftPublish.as_view(),
        name="api-pipeline-draft-publish",
    ),
    path("products/", Products.as_view(), name="api-products"),
]
