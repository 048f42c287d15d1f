"""A form as an XLSForm workbook (https://xlsform.org): read with every cell judged, and written."""

from types import MappingProxyType

from field_app.forms.definition import Choice, Form, Kind, Question

_TEXTS = (
    "hint",
    "relevant",
    "constraint",
    "constraint_message",
    "choice_filter",
    "default",
)
_OWN_COLUMNS = ("list_name", "name", "label", "say")


def rows_to_form(
    survey: list[dict[str, str]], choices: list[dict[str, str]], settings: dict[str, str]
) -> Form:
    """The form of rows that are known to be right: those of the product itself."""
    questions = []
    section = ""
    for row in survey:
        command, _, list_name = row["type"].partition(" ")
        if command == "begin_group":
            section = row["label"]
        elif command == "end_group":
            section = ""
        else:
            questions.append(
                Question(
                    row["name"],
                    Kind(command),
                    row["label"],
                    section=section,
                    required="true()" if row["required"] == "yes" else row["required"],
                    list_name=list_name,
                    say=tuple(filter(None, row["say"].split("|"))),
                    **{column: row[column] for column in _TEXTS},
                )
            )
    lists: dict[str, list[Choice]] = {}
    for row in choices:
        columns = {k: v for k, v in row.items() if k not in _OWN_COLUMNS and v}
        lists.setdefault(row["list_name"], []).append(
            Choice(
                row["name"],
                row["label"],
                tuple(filter(None, row.get("say", "").split("|"))),
                MappingProxyType(columns),
            )
        )
    return Form(
        settings["form_id"],
        settings["form_title"],
        settings["version"],
        tuple(questions),
        MappingProxyType({name: tuple(rows) for name, rows in lists.items()}),
    )
