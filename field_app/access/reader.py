"""Who reads from outside: a program with a token, or a person whose role sees all of it."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from field_app import roles
from field_app.access import tokens
from field_app.access.layers import Layer
from field_app.access.tokens import Scope
from field_app.problems import NOT_ALLOWED, OUT_OF_SCOPE, PASSWORD_CHANGE_NEEDED, TOKEN_NEEDED
from field_app.roles import Who


@dataclass(frozen=True, slots=True)
class Reader:
    """Either `scopes` of a token or `who` of a session."""

    scopes: frozenset[Scope] = frozenset()
    who: Who | None = None

    def may(self, layer: Layer) -> bool:
        """Whether all of a layer may be read. A person who sees only part of the records reads
        none of it here: the app shows that part."""
        if self.who is not None:
            return roles.scope(self.who, layer.action) == roles.Scope.ALL
        return layer.scope in self.scopes

    def require(self, layer: Layer) -> None:
        """Raises OUT_OF_SCOPE, or NOT_ALLOWED for a person."""
        if self.may(layer):
            return
        if self.who is not None:
            raise NOT_ALLOWED(role=str(self.who.role), action=f"从接口读取{layer.title}")
        raise OUT_OF_SCOPE(what=layer.title)


def reader(authorization: str, who: Who | None, *, address: str, now: datetime) -> Reader:
    """Who is behind a request. A token goes before a session: a program that sends one means it.
    Raises TOKEN_NEEDED, TOO_MANY_TRIES, PASSWORD_CHANGE_NEEDED."""
    token = token_of(authorization)
    if token:
        return Reader(scopes=tokens.scopes_of(token, address=address, now=now))
    if who is None:
        raise TOKEN_NEEDED()
    if who.must_change_password:
        raise PASSWORD_CHANGE_NEEDED()
    return Reader(who=who)


def token_of(authorization: str) -> str:
    """The token in an `Authorization` header: of Bearer, or the password of Basic, which is what
    programs for maps can send; any user name will do. Empty where there is none.

    >>> token_of("Bearer hc_1"), token_of("basic OmhjXzE="), token_of("Digest x")
    ('hc_1', 'hc_1', '')
    """
    kind, _, given = authorization.strip().partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    if kind.lower() != "basic" or len(given) > 1000:
        return ""
    try:
        decoded = base64.b64decode(given.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
    return decoded.partition(":")[2]
