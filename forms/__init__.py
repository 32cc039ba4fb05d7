"""Forms of the office: definitions as data, checked, compiled to marshmallow, shown and spoken of in Vietnamese.

`catalog` is the front door for checking and loading, `view` prepares a form for the page, `messages` holds every
sentence an official reads. This package knows nothing of the engine: it returns and raises its own types
(`Loaded`, `Variable`, `FormProblem`, `InvalidValues`), which `web.catalog` turns into the engine's.
"""
