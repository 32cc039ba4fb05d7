"""An office behind the application, to which hostile requests are sent."""

from tests.web.conftest import app as app
from tests.web.conftest import office as office
from tests.web.conftest import pages as pages
from tests.web.conftest import program as program
from tests.web.conftest import visit as visit
