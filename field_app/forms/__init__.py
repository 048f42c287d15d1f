"""Forms: what a visit is asked, as data. Read and written as XLSForm, kept with each record.

`versions` and `office` are not imported here: they know the database, and the rest of this package does not.
"""

from field_app.forms.definition import Choice, Form, Kind, Question
from field_app.forms.shipped import shipped

__all__ = ["Choice", "Form", "Kind", "Question", "shipped"]
