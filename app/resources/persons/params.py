"""What the persons endpoints take."""

from app.resources.legal_shapes import PersonParams
from app.wire.params import Boolean, Hash, ListParams, Params, RetrieveParams, Text


class PersonWrite(PersonParams, RetrieveParams):
    """The same for a new person as for one that is changed."""

    person_token = Text()


class RolesParams(Params):
    director = Boolean()
    executive = Boolean()
    owner = Boolean()
    representative = Boolean()


class PersonList(ListParams):
    relationship = Hash(RolesParams)
