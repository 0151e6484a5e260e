"""The sentences about promises, concerns, and customers nobody serves."""

from django.utils.translation import gettext_noop

from accounts.notices import register

register(
    "promise.0",
    gettext_noop("“{text}” is promised to {contact} ({customer}) for {due_date}."),
    "handshake",
)
register(
    "promise.1",
    gettext_noop("“{text}” is due at {contact} ({customer}) today. {holder} delivers it."),
    "handshake",
)
register(
    "promise.2",
    gettext_noop(
        "“{text}”, promised to {contact} ({customer}) for {due_date}, is broken for three working "
        "days. {holder} was to deliver it. Bring together who can make it good."
    ),
    "heart-crack",
)
register(
    "promise.3",
    gettext_noop(
        "“{text}”, promised to {contact} ({customer}) for {due_date}, is broken for five working "
        "days. {holder} was to deliver it. Decide who apologises to the customer."
    ),
    "heart-crack",
)
register(
    "promise.not_kept",
    gettext_noop("{contact} ({customer}) has not kept “{text}”, promised for {due_date}. Ask."),
    "heart-crack",
)
register(
    "promise.yours",
    gettext_noop("{by} asked you to see to “{text}” for {contact} ({customer}) by {due_date}."),
    "handshake",
)

for _level, _sentence in enumerate(
    (
        gettext_noop("{contact} ({customer}) waits for an answer: “{text}”. It was due {due_at}."),
        gettext_noop(
            "{contact} ({customer}) has waited for an answer of {holder} since {due_at}: “{text}”."
        ),
        gettext_noop("“{text}” of {contact} ({customer}) was to be resolved by {due_at}."),
        gettext_noop("{holder} was to resolve “{text}” of {contact} ({customer}) by {due_at}."),
    )
):
    register(f"concern.{_level}", _sentence, "message-circle-warning")
register(
    "concern.yours",
    gettext_noop("{by} asked you to see to “{text}” of {contact} ({customer})."),
    "message-circle-warning",
)

for _level, _sentence in enumerate(
    (
        gettext_noop("Nobody serves {customer} any more. Say who does."),
        gettext_noop("Nobody has served {customer} for two working days. Say who does."),
        gettext_noop("Nobody has served {customer} for five working days. Decide who does."),
    ),
    start=1,
):
    register(f"orphan.{_level}", _sentence, "user-x")
