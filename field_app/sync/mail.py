"""Reminders by e-mail: one attempt of one message, by the standard library's SMTP.

SMTP has no receipt by which a repetition is known: where an answer is lost after the server has
taken a mail, it comes twice, under the same Message-ID.
"""

import logging
import smtplib
from email.message import EmailMessage
from email.utils import format_datetime

from field_app import clock, outward
from field_app.reminding import digest
from field_app.settings import settings
from field_app.sync.states import Ending, Message, Outcome

log = logging.getLogger(__name__)
EVERYBODY = "*"
_STEP_S = 7.0  # for each word with the server; a claim holds for all of them
_REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


def send(message: Message, _handed: bool) -> Outcome:
    """One attempt, to the addresses of the unit, or to those under `*`."""
    to = recipients(str(message.body.get("unit", "")))
    if not to:
        return Outcome(Ending.DROPPED, "MAIL_TO 里没有这个单位的邮箱，没有发")
    try:
        _deliver(_mail(message, to))
    except smtplib.SMTPAuthenticationError:
        return Outcome(Ending.PASSING, "邮件服务器不认 MAIL_USER 或 MAIL_PASSWORD")
    except _REFUSED as error:
        code = _code(error)
        ending = Ending.REFUSED if 500 <= code < 600 else Ending.PASSING
        return Outcome(ending, f"邮件服务器没有收（{code}）")
    except (smtplib.SMTPException, OSError, ValueError) as error:
        log.info("a mail could not be sent: %s", type(error).__name__)
        return Outcome(Ending.PASSING, "连不上邮件服务器，或它中途断开")
    return Outcome(Ending.TAKEN)


def recipients(unit: str) -> list[str]:
    """The addresses that a unit's reminders go to."""
    known = settings().mail_to
    said = known.get(unit) or known.get(EVERYBODY, "")
    return [address.strip() for address in said.split(",") if address.strip()]


def _mail(message: Message, to: list[str]) -> EmailMessage:
    sender = settings().mail_from
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Subject"] = digest.subject(message.body)
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{message.key.replace('/', '.')}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(digest.text(message.body, settings().public_url))
    return mail


def _deliver(mail: EmailMessage) -> None:
    limits = settings()
    server: smtplib.SMTP
    if limits.mail_tls == "ssl":
        server = smtplib.SMTP_SSL(
            limits.mail_host, limits.mail_port, timeout=_STEP_S, context=outward.trust()
        )
    else:
        server = smtplib.SMTP(limits.mail_host, limits.mail_port, timeout=_STEP_S)
    with server:
        if limits.mail_tls == "starttls":
            server.starttls(context=outward.trust())
        if limits.mail_user:
            server.login(limits.mail_user, limits.mail_password.get_secret_value())
        refused = server.send_message(mail)
    if refused:  # some of several; the others have it
        log.warning("%s of the addresses of a reminder were refused", len(refused))


def _code(error: smtplib.SMTPException) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((code for code, _ in error.recipients.values()), default=0)
    return int(getattr(error, "smtp_code", 0))
