"""URLs of our people: language and theme, inbox, settings."""

from django.urls import path

from accounts.views import absences, inbox, people, preferences, profile, system, teams

urlpatterns = [
    path("language/", preferences.set_language, name="language"),
    path("theme/", preferences.set_theme, name="theme"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="inbox-read-all"),
    path("inbox/<int:pk>/", inbox.open_item, name="inbox-open"),
    path("inbox/<int:pk>/acknowledge/", inbox.acknowledge, name="inbox-acknowledge"),
    path("inbox/<int:pk>/read/", inbox.read, name="inbox-read"),
    path("inbox/<int:pk>/unread/", inbox.unread, name="inbox-unread"),
    path("settings/", profile.profile, name="settings"),
    path("settings/security/", profile.security, name="settings-security"),
    path("settings/security/sign-out/", profile.sign_out_everywhere, name="settings-sign-out"),
    path("settings/tokens/", profile.tokens, name="settings-tokens"),
    path("settings/tokens/<int:pk>/revoke/", profile.revoke, name="settings-token-revoke"),
    path("settings/people/", people.people, name="settings-people"),
    path("settings/people/new/", people.new, name="settings-person-new"),
    path("settings/people/<int:pk>/", people.person, name="settings-person"),
    path("settings/people/<int:pk>/freeze/", people.freeze, name="user-freeze"),
    path("settings/people/<int:pk>/unfreeze/", people.unfreeze, name="user-unfreeze"),
    path("settings/people/<int:pk>/close/", people.close, name="user-close"),
    path("settings/people/<int:pk>/reopen/", people.reopen, name="user-reopen"),
    path("settings/people/<int:pk>/password/", people.password_link, name="user-password-link"),
    path("settings/people/<int:pk>/sign-out/", people.end_sessions, name="user-end-sessions"),
    path("settings/absence/", absences.absences, name="settings-absence"),
    path("settings/absence/<int:pk>/", absences.absences, name="settings-absence-of"),
    path("settings/absence/<int:pk>/end/<int:absence>/", absences.end, name="settings-absence-end"),
    path("settings/system/", system.system, name="settings-system"),
    path("settings/teams/", teams.teams, name="settings-teams"),
    path("settings/teams/new/", teams.new, name="settings-team-new"),
    path("settings/teams/<int:pk>/", teams.team, name="settings-team"),
]
