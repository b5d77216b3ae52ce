"""What the disputes endpoints take."""

from __future__ import annotations

from typing import cast

from app.domain.disputes import EVIDENCE, TEXTS
from app.wire.params import Boolean, Hash, ListParams, Metadata, Params, RangeQuery, RetrieveParams, Text

EvidenceParams = cast(type[Params], Params.from_dict(
    {name: Text(max=TEXTS.get(name, 5_000), unsettable=True) for name in EVIDENCE}, name="EvidenceParams"))
"""Texts, and ids of files; an empty value takes one back."""


class DisputeUpdate(RetrieveParams):
    evidence = Hash(EvidenceParams)
    metadata = Metadata()
    submit = Boolean()


class DisputeList(ListParams):
    charge = Text()
    created = RangeQuery()
    payment_intent = Text()
