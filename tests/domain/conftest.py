from hypothesis import settings

# The same examples on every run, however busy the machine is, and nothing left behind in the working directory.
settings.register_profile("domain", max_examples=60, derandomize=True, deadline=None, database=None)
settings.load_profile("domain")
