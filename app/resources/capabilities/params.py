"""What the capabilities endpoints take."""

from app.wire.params import Boolean, RetrieveParams


class CapabilityUpdate(RetrieveParams):
    requested = Boolean()
