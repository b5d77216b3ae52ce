"""Events as they are read; they are born in `app.events`."""
