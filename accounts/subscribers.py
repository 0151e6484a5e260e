"""What follows from facts about people."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.commands.mail import absolute
from accounts.queries.users import user_by_id
from core.events import subscribe
from core.models import Event

DAY = 24 * 3600


@subscribe("user.password_link_asked", key="accounts.password_link")
def mail_password_link(event: Event) -> None:
    """Send a link to set a password. The link is made here, so that no table ever holds it."""
    user = user_by_id(event.subject_id)
    if user is None or not user.is_active or not user.email:
        return
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    with translation.override(user.language):
        context = {
            "name": user.name,
            "username": user.username,
            "by": event.actor_name,
            "days": max(1, settings.PASSWORD_RESET_TIMEOUT // DAY),
            "url": absolute(reverse("account_reset_password_from_key", kwargs=parts)),
        }
        body = render_to_string("accounts/mail/password_link.txt", context)
        subject = _("Set your password for Baton")
    EmailMessage(subject=subject, body=body, to=[user.email]).send()
