"""What a test clock looks like."""

from app.db.roots import TestClock
from app.render import view_of
from app.render.fields import Attr, Const
from app.render.view import View


@view_of(TestClock)
class TestClockView(View):
    __test__ = False

    id = Attr()
    object = Const("test_helpers.test_clock")
    created = Attr()
    deletes_after = Attr()
    frozen_time = Attr()
    livemode = Const(False)
    name = Attr()
    status = Attr()
