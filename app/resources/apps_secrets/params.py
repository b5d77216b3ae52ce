"""What the endpoints of apps' secrets take."""

from app.wire.params import Enum, Hash, ListParams, Params, RetrieveParams, Text, Timestamp


class Scope(Params):
    type = Enum(("account", "user"), required=True)
    # Our choice: an id has 255 characters at the most, as everywhere here.
    user = Text(max=255)


class SecretSet(RetrieveParams):
    expires_at = Timestamp()
    name = Text(required=True)
    payload = Text(required=True)
    scope = Hash(Scope, required=True)


class SecretFind(RetrieveParams):
    name = Text(required=True)
    scope = Hash(Scope, required=True)


class SecretList(ListParams):
    scope = Hash(Scope, required=True)
