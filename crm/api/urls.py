"""This app's part of `/api/v1/`."""

from django.urls import path

from crm.api import activities, assignments, customers

urlpatterns = [
    path("customers/", customers.Customers.as_view(), name="api-customers"),
    path("customers/<int:pk>/", customers.OneCustomer.as_view(), name="api-customer"),
    path("customers/<int:pk>/state/", customers.CustomerState.as_view(), name="api-customer-state"),
    path("customers/<int:pk>/move/", customers.CustomerMove.as_view(), name="api-customer-move"),
    path(
        "customers/<int:pk>/assign/", customers.CustomerAssign.as_view(), name="api-customer-assign"
    ),
    path(
        "customers/<int:pk>/timeline/",
        customers.CustomerTimeline.as_view(),
        name="api-customer-timeline",
    ),
    path("contacts/", customers.Contacts.as_view(), name="api-contacts"),
    path("contacts/<int:pk>/", customers.OneContact.as_view(), name="api-contact"),
    path("contacts/<int:pk>/left/", customers.ContactLeft.as_view(), name="api-contact-left"),
    path("activities/", activities.Activities.as_view(), name="api-activities"),
    path("activities/<int:pk>/", activities.OneActivity.as_view(), name="api-activity"),
    path(
        "activities/<int:pk>/take-back/",
        activities.ActivityTakeBack.as_view(),
        name="api-activity-take-back",
    ),
    path("actions/", activities.Actions.as_view(), name="api-actions"),
    path("actions/<int:pk>/", activities.OneAction.as_view(), name="api-action"),
    path(
        "actions/<int:pk>/complete/",
        activities.ActionComplete.as_view(),
        name="api-action-complete",
    ),
    path("actions/<int:pk>/cancel/", activities.ActionCancel.as_view(), name="api-action-cancel"),
    path("timeline/", activities.Timeline.as_view(), name="api-timeline"),
    path("assignments/", assignments.Assignments.as_view(), name="api-assignments"),
    path("assignments/<int:pk>/", assignments.OneAssignment.as_view(), name="api-assignment"),
    path(
        "assignments/<int:pk>/end/", assignments.AssignmentEnd.as_view(), name="api-assignment-end"
    ),
    path("reassignments/", assignments.Reassignments.as_view(), name="api-reassignments"),
    path(
        "reassignments/preview/",
        assignments.ReassignmentPreview.as_view(),
        name="api-reassignment-preview",
    ),
    path("reassignments/<int:pk>/", assignments.OneReassignment.as_view(), name="api-reassignment"),
]
