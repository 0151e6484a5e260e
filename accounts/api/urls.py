"""What accounts answers under `/api/v1/`."""

from django.urls import path

from accounts.api import calendars, inbox, teams, tokens, users

urlpatterns = [
    path("calendar-days/", calendars.CalendarDays.as_view(), name="api-calendar-days"),
    path("calendar-days/<int:pk>/", calendars.OneCalendarDay.as_view(), name="api-calendar-day"),
    path("users/", users.Users.as_view(), name="api-users"),
    path("users/me/", users.Me.as_view(), name="api-me"),
    path("users/<int:pk>/", users.OneUser.as_view(), name="api-user"),
    path("users/<int:pk>/freeze/", users.Freeze.as_view(), name="api-user-freeze"),
    path("users/<int:pk>/unfreeze/", users.Unfreeze.as_view(), name="api-user-unfreeze"),
    path("users/<int:pk>/close/", users.Close.as_view(), name="api-user-close"),
    path("users/<int:pk>/reopen/", users.Reopen.as_view(), name="api-user-reopen"),
    path("users/<int:pk>/end-sessions/", users.EndSessions.as_view(), name="api-user-sessions"),
    path("users/<int:pk>/password-link/", users.PasswordLink.as_view(), name="api-user-password"),
    path("teams/", teams.Teams.as_view(), name="api-teams"),
    path("teams/<int:pk>/", teams.OneTeam.as_view(), name="api-team"),
    path("inbox/", inbox.Inbox.as_view(), name="api-inbox"),
    path("inbox/read/", inbox.Read.as_view(), name="api-inbox-read"),
    path("inbox/<int:pk>/", inbox.OneItem.as_view(), name="api-inbox-item"),
    path("inbox/<int:pk>/acknowledge/", inbox.Acknowledge.as_view(), name="api-inbox-acknowledge"),
    path("inbox/<int:pk>/read/", inbox.ReadItem.as_view(), name="api-inbox-item-read"),
    path("inbox/<int:pk>/unread/", inbox.UnreadItem.as_view(), name="api-inbox-item-unread"),
    path("tokens/", tokens.Tokens.as_view(), name="api-tokens"),
    path("tokens/<int:pk>/", tokens.OneToken.as_view(), name="api-token"),
]
