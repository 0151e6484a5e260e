"""The process: its definition, the sales that run through it, and their clocks."""

from pipeline.models.approval import ApprovalRule
from pipeline.models.clock import Recount, Reminder, StageClock
from pipeline.models.commitment_link import OpportunityCommitment
from pipeline.models.confirmation import Confirmation
from pipeline.models.definition import ExitCriterion, Pipeline, PipelineVersion, Stage
from pipeline.models.draft import DefinitionDraft
from pipeline.models.forecast import ForecastOverride, StageOdds
from pipeline.models.gate import Gate, GateCondition, GateDecision, GateSeat, GateVote
from pipeline.models.ledger import StageVisit, Transition
from pipeline.models.meddpicc import MeddpiccScore
from pipeline.models.opportunity import Opportunity, OpportunityActivity
from pipeline.models.pain import PainPoint, SolutionLine
from pipeline.models.playbook import OpportunityAction, StandardAction
from pipeline.models.product import Product
from pipeline.models.proposal import Proposal
from pipeline.models.rival import Competitor, Rival
from pipeline.models.sale_clock import SaleClock, SaleReminder
from pipeline.models.waiver import Waiver

__all__ = [
    "ApprovalRule",
    "Competitor",
    "Confirmation",
    "DefinitionDraft",
    "ExitCriterion",
    "ForecastOverride",
    "Gate",
    "GateCondition",
    "GateDecision",
    "GateSeat",
    "GateVote",
    "MeddpiccScore",
    "Opportunity",
    "OpportunityAction",
    "OpportunityActivity",
    "OpportunityCommitment",
    "PainPoint",
    "Pipeline",
    "PipelineVersion",
    "Product",
    "Proposal",
    "Recount",
    "Reminder",
    "Rival",
    "SaleClock",
    "SaleReminder",
    "SolutionLine",
    "Stage",
    "StageClock",
    "StageOdds",
    "StageVisit",
    "StandardAction",
    "Transition",
    "Waiver",
]
