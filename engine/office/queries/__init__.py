"""Reading for pages and the API. Every function takes a `Reading`, which knows who reads and on which day."""
