"""Accounts: who is there, signing in and out, and the link for the first administrator."""

from field_app.accounts.credentials import PASSWORD_MIN, clean_name
from field_app.accounts.persons import (
    NewPerson,
    PersonRow,
    add_person,
    anybody,
    people,
    reset_password,
    set_active,
    team_names,
    unit_names,
)
from field_app.accounts.sessions import (
    change_password,
    sign_in,
    sign_out,
    who_by_sign_in,
    who_by_token,
    who_is,
)
from field_app.accounts.setup_link import make_setup_link, setup_link_lives, use_setup_link

__all__ = [
    "PASSWORD_MIN",
    "NewPerson",
    "PersonRow",
    "add_person",
    "anybody",
    "change_password",
    "clean_name",
    "make_setup_link",
    "people",
    "reset_password",
    "set_active",
    "setup_link_lives",
    "sign_in",
    "sign_out",
    "team_names",
    "unit_names",
    "use_setup_link",
    "who_by_sign_in",
    "who_by_token",
    "who_is",
]
