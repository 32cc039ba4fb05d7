from hypothesis import settings

# No example is timed: the machine may be busy with other tests.
settings.register_profile("forms", deadline=None)
settings.load_profile("forms")
