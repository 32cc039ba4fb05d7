"""Measuring how fast an office is: `khenthuong bench`.

Everything is measured side by side in one run with what bounds it from below and what one would write without this
engine, so that a figure means the same on whatever machine: see `web.bench.run`. Nothing else imports this package.
"""
