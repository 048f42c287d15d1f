"""The form that comes with the product: `visit/*.csv`, its code lists from the taxonomy."""

import csv
from functools import lru_cache
from importlib import resources

from field_app.forms.definition import Form
from field_app.forms.xlsform import rows_to_form
from models import taxonomy

Rows = list[dict[str, str]]
# The classes a visit meets most stand first, cultivated ones before the others; ours, by what
# the plan looks for.
_USUAL = ("0103", "0102", "0101", "0201", "0301", "0305", "0404", "1104", "1202", "0702")


def _sheet(name: str) -> Rows:
    file = resources.files(__package__).joinpath("visit", f"{name}.csv")
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def _codes(list_name: str, code_list: str) -> Rows:
    codes = taxonomy.codes(code_list).values()
    return [{"list_name": list_name, "name": c.code, "label": c.name} for c in codes]


def _land_classes() -> list[taxonomy.LandClass]:
    known = taxonomy.land_classes()
    return list(({code: known[code] for code in _USUAL} | known).values())


def _choices() -> Rows:
    return [
        *_sheet("choices"),
        *(
            {"list_name": "land_class", "name": c.code, "label": f"{c.name}（{c.code}）"}
            for c in _land_classes()
        ),
        *_codes("planting", taxonomy.PLANTING),
        *(
            {"list_name": "category", "name": str(c.no), "label": f"{c.no} {c.name}"}
            for c in taxonomy.categories().values()
        ),
        *(
            {
                "list_name": "problem_type",
                "name": t.code,
                "label": f"{t.code} {t.name}",
                "category": str(t.category),
            }
            for t in taxonomy.problem_types().values()
        ),
        *_codes("no_photo", taxonomy.NO_PHOTO),
    ]


@lru_cache(maxsize=1)
def shipped() -> Form:
    """The form of a county that has not changed it."""
    return rows_to_form(_sheet("survey"), _choices(), _sheet("settings")[0])
