"""What a capability looks like."""

from __future__ import annotations

from app.domain.capabilities import nothing_due
from app.render import view_of
from app.render.fields import Attr, Const, Derived, Ref
from app.render.view import View
from app.resources.capabilities.tables import Capability


@view_of(Capability)
class CapabilityView(View):
    id = Attr()
    object = Const("capability")
    account = Ref()
    future_requirements = Derived(lambda row: nothing_due())
    requested = Attr()
    requested_at = Attr()
    requirements = Attr()
    status = Attr()
