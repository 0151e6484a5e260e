"""This app's part of `/api/v1/`."""

from django.urls import path

from crm.api import (
    activities,
    assessments,
    assignments,
    chain,
    commitments,
    concerns,
    contact_rules,
    coverage,
    customers,
    measures,
    peer_pairs,
    proofs,
    who_knows,
)

urlpatterns = [
    path("customers/", customers.Customers.as_view(), name="api-customers"),
    path("customers/<int:pk>/", customers.OneCustomer.as_view(), name="api-customer"),
    path("customers/<int:pk>/state/", customers.CustomerState.as_view(), name="api-customer-state"),
    path("customers/<int:pk>/move/", customers.CustomerMove.as_view(), name="api-customer-move"),
    path(
        "customers/<int:pk>/assign/", customers.CustomerAssign.as_view(), name="api-customer-assign"
    ),
    path(
        "customers/<int:pk>/timeline/",
        customers.CustomerTimeline.as_view(),
        name="api-customer-timeline",
    ),
    path(
        "customers/<int:pk>/coverage/",
        coverage.CustomerCoverage.as_view(),
        name="api-customer-coverage",
    ),
    path(
        "customers/<int:pk>/coverage/proposals/",
        coverage.CoverageProposal.as_view(),
        name="api-coverage-proposal",
    ),
    path(
        "customers/<int:pk>/measures/",
        measures.CustomerMeasures.as_view(),
        name="api-customer-measures",
    ),
    path("chains/<int:pk>/measures/", measures.ChainMeasures.as_view(), name="api-chain-measures"),
    path("contacts/", customers.Contacts.as_view(), name="api-contacts"),
    path("contacts/<int:pk>/", customers.OneContact.as_view(), name="api-contact"),
    path("contacts/<int:pk>/left/", customers.ContactLeft.as_view(), name="api-contact-left"),
    path("contacts/<int:pk>/move/", customers.ContactMove.as_view(), name="api-contact-move"),
    path("contacts/<int:pk>/merge/", customers.ContactMerge.as_view(), name="api-contact-merge"),
    path(
        "contacts/<int:pk>/known-by/",
        who_knows.ContactKnownBy.as_view(),
        name="api-contact-known-by",
    ),
    path("colleagues/", who_knows.Colleagues.as_view(), name="api-colleagues"),
    path(
        "contacts/<int:pk>/standing/",
        contact_rules.ContactStanding.as_view(),
        name="api-contact-standing",
    ),
    path(
        "contacts/<int:pk>/limits/",
        contact_rules.ContactLimit.as_view(),
        name="api-contact-limits",
    ),
    path("contact-bans/", contact_rules.ContactBans.as_view(), name="api-contact-bans"),
    path("contact-bans/<int:pk>/", contact_rules.OneContactBan.as_view(), name="api-contact-ban"),
    path(
        "contact-bans/<int:pk>/lift/",
        contact_rules.ContactBanLift.as_view(),
        name="api-contact-ban-lift",
    ),
    path("customers/<int:pk>/chain/", chain.CustomerChain.as_view(), name="api-customer-chain"),
    path("chains/", chain.Chains.as_view(), name="api-chains"),
    path("chains/<int:pk>/", chain.OneChain.as_view(), name="api-chain"),
    path(
        "chains/<int:pk>/take-latest/",
        chain.ChainTakeLatest.as_view(),
        name="api-chain-take-latest",
    ),
    path(
        "chains/<int:pk>/stakeholders/",
        chain.Stakeholders.as_view(),
        name="api-chain-stakeholders",
    ),
    path("chains/<int:pk>/lines/", chain.Lines.as_view(), name="api-chain-lines"),
    path("chains/<int:pk>/steps/", chain.Steps.as_view(), name="api-chain-steps"),
    path("chain-lines/<int:pk>/", chain.OneLine.as_view(), name="api-chain-line"),
    path("chain-steps/<int:pk>/", chain.OneStep.as_view(), name="api-chain-step"),
    path("stakeholders/<int:pk>/", chain.OneStakeholder.as_view(), name="api-stakeholder"),
    path(
        "stakeholders/<int:pk>/fill/", chain.StakeholderFill.as_view(), name="api-stakeholder-fill"
    ),
    path(
        "stakeholders/<int:pk>/attitude/",
        chain.StakeholderAttitude.as_view(),
        name="api-stakeholder-attitude",
    ),
    path(
        "stakeholders/<int:pk>/history/",
        chain.StakeholderHistory.as_view(),
        name="api-stakeholder-history",
    ),
    path("evidence/", proofs.EvidenceList.as_view(), name="api-evidence"),
    path("evidence/<int:pk>/", proofs.OneEvidence.as_view(), name="api-evidence-one"),
    path("ties/", proofs.Ties.as_view(), name="api-ties"),
    path("activities/", activities.Activities.as_view(), name="api-activities"),
    path("activities/<int:pk>/", activities.OneActivity.as_view(), name="api-activity"),
    path(
        "activities/<int:pk>/take-back/",
        activities.ActivityTakeBack.as_view(),
        name="api-activity-take-back",
    ),
    path("actions/", activities.Actions.as_view(), name="api-actions"),
    path("actions/<int:pk>/", activities.OneAction.as_view(), name="api-action"),
    path(
        "actions/<int:pk>/complete/",
        activities.ActionComplete.as_view(),
        name="api-action-complete",
    ),
    path("actions/<int:pk>/cancel/", activities.ActionCancel.as_view(), name="api-action-cancel"),
    path("commitments/", commitments.Commitments.as_view(), name="api-commitments"),
    path(
        "commitments/capture/",
        commitments.CommitmentCapture.as_view(),
        name="api-commitment-capture",
    ),
    path("commitments/<int:pk>/", commitments.OneCommitment.as_view(), name="api-commitment"),
    path(
        "commitments/<int:pk>/make/",
        commitments.CommitmentMake.as_view(),
        name="api-commitment-make",
    ),
    path(
        "commitments/<int:pk>/renegotiate/",
        commitments.CommitmentRenegotiate.as_view(),
        name="api-commitment-renegotiate",
    ),
    path(
        "commitments/<int:pk>/keep/",
        commitments.CommitmentKeep.as_view(),
        name="api-commitment-keep",
    ),
    path(
        "commitments/<int:pk>/break/",
        commitments.CommitmentBreak.as_view(),
        name="api-commitment-break",
    ),
    path(
        "commitments/<int:pk>/cancel/",
        commitments.CommitmentCancel.as_view(),
        name="api-commitment-cancel",
    ),
    path(
        "commitments/<int:pk>/hand-on/",
        commitments.CommitmentHandOn.as_view(),
        name="api-commitment-hand-on",
    ),
    path("concerns/", concerns.Concerns.as_view(), name="api-concerns"),
    path("concerns/<int:pk>/", concerns.OneConcern.as_view(), name="api-concern"),
    path("concerns/<int:pk>/answer/", concerns.ConcernAnswer.as_view(), name="api-concern-answer"),
    path(
        "concerns/<int:pk>/resolve/",
        concerns.ConcernResolve.as_view(),
        name="api-concern-resolve",
    ),
    path(
        "concerns/<int:pk>/withdraw/",
        concerns.ConcernWithdraw.as_view(),
        name="api-concern-withdraw",
    ),
    path(
        "concerns/<int:pk>/hand-on/",
        concerns.ConcernHandOn.as_view(),
        name="api-concern-hand-on",
    ),
    path("expectations/", commitments.Expectations.as_view(), name="api-expectations"),
    path("expectations/<int:pk>/", commitments.OneExpectation.as_view(), name="api-expectation"),
    path(
        "expectations/<int:pk>/answer/",
        commitments.ExpectationAnswer.as_view(),
        name="api-expectation-answer",
    ),
    path(
        "expectations/<int:pk>/decline/",
        commitments.ExpectationDecline.as_view(),
        name="api-expectation-decline",
    ),
    path("timeline/", activities.Timeline.as_view(), name="api-timeline"),
    path("assignments/", assignments.Assignments.as_view(), name="api-assignments"),
    path("assignments/<int:pk>/", assignments.OneAssignment.as_view(), name="api-assignment"),
    path(
        "assignments/<int:pk>/end/", assignments.AssignmentEnd.as_view(), name="api-assignment-end"
    ),
    path("peer-pairs/", peer_pairs.PeerPairs.as_view(), name="api-peer-pairs"),
    path("peer-pairs/<int:pk>/", peer_pairs.OnePeerPair.as_view(), name="api-peer-pair"),
    path("peer-pairs/<int:pk>/end/", peer_pairs.PeerPairEnd.as_view(), name="api-peer-pair-end"),
    path("reassignments/", assignments.Reassignments.as_view(), name="api-reassignments"),
    path(
        "reassignments/preview/",
        assignments.ReassignmentPreview.as_view(),
        name="api-reassignment-preview",
    ),
    path("reassignments/<int:pk>/", assignments.OneReassignment.as_view(), name="api-reassignment"),
    path("chains/<int:pk>/assessments/", assessments.Assessments.as_view(), name="api-assessments"),
    path("assessments/<int:pk>/", assessments.OneAssessment.as_view(), name="api-assessment"),
    path(
        "assessments/<int:pk>/judgements/",
        assessments.AssessmentJudge.as_view(),
        name="api-assessment-judge",
    ),
    path(
        "assessments/<int:pk>/drop/",
        assessments.AssessmentDrop.as_view(),
        name="api-assessment-drop",
    ),
    path(
        "assessments/<int:pk>/talk/",
        assessments.AssessmentTalk.as_view(),
        name="api-assessment-talk",
    ),
]
