"""What an account needs before it may take and pay out money: a pure function of what is known of it.

`facts` goes in, `needs` compares it with what the country asks for, `checks` verifies, `assessment` draws the conclusions.
"""

from app.domain.requirements.assessment import Assessment, PersonAssessment, assess, demand_more, preview
from app.domain.requirements.checks import DOCUMENT_FAILED, IDENTITY_FAILED, identity_outcome, next_step, tax_id_outcome
from app.domain.requirements.facts import ROLES, AccountFacts, Check, PersonFacts, Standing
from app.domain.requirements.needs import GIVEN_AS

__all__ = [
    "DOCUMENT_FAILED",
    "GIVEN_AS",
    "IDENTITY_FAILED",
    "ROLES",
    "AccountFacts",
    "Assessment",
    "Check",
    "PersonAssessment",
    "PersonFacts",
    "Standing",
    "assess",
    "demand_more",
    "identity_outcome",
    "next_step",
    "preview",
    "tax_id_outcome",
]
