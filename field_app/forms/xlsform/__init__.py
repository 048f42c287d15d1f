"""A form as an XLSForm workbook (https://xlsform.org): read with every cell judged, and written."""

from field_app.forms.xlsform.findings import CellProblem
from field_app.forms.xlsform.reading import Read, read_xlsform, rows_to_form
from field_app.forms.xlsform.writing import write_xlsform

__all__ = ["CellProblem", "Read", "read_xlsform", "rows_to_form", "write_xlsform"]
