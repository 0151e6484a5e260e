"""Pages about customers."""

from django.urls import path

from crm.views import activities, assessments, customers, palette, people, reassign

urlpatterns = [
    path("customers/", customers.customer_list, name="customer-list"),
    path("customers/new/", customers.new, name="customer-new"),
    path("customers/options/", customers.options, name="customer-options"),
    path("customers/words/", customers.words, name="customer-words"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/edit/", customers.edit, name="customer-edit"),
    path("customers/<int:pk>/facts/<slug:name>/", customers.fact, name="customer-fact"),
    path("customers/<int:pk>/state/", customers.state, name="customer-state"),
    path("customers/<int:pk>/timeline/", customers.customer_timeline, name="customer-timeline"),
    path("customers/<int:pk>/contacts/new/", people.new_contact, name="contact-new"),
    path("customers/<int:pk>/assign/", people.assign, name="customer-assign"),
    path("customers/<int:pk>/actions/", activities.new_action, name="action-new"),
    path("contacts/<int:pk>/edit/", people.edit_contact, name="contact-edit"),
    path("contacts/<int:pk>/left/", people.contact_left, name="contact-left"),
    path("assignments/<int:pk>/end/", people.end_assignment, name="assignment-end"),
    path("people/options/", people.options, name="person-options"),
    path(
        "actions/<int:pk>/complete/",
        activities.close_action,
        {"verb": "complete"},
        name="action-complete",
    ),
    path(
        "actions/<int:pk>/cancel/",
        activities.close_action,
        {"verb": "cancel"},
        name="action-cancel",
    ),
    path("actions/<int:pk>/due/", activities.move_action, name="action-due"),
    path("log/", activities.quick_log, name="quick-log"),
    path("log/people/", activities.log_people, name="quick-log-people"),
    path("activities/<int:pk>/edit/", activities.edit, name="activity-edit"),
    path("activities/<int:pk>/take-back/", activities.take_back, name="activity-take-back"),
    path("timeline/", activities.everywhere, name="timeline"),
    path("reassign/", reassign.reassign, name="reassign"),
    path("reassign/preview/", reassign.preview, name="reassign-preview"),
    path("reassignments/<int:pk>/", reassign.receipt, name="reassignment"),
    path("palette/", palette.show, name="palette"),
    path("chains/<int:pk>/assessment/", assessments.assessment, name="assessment"),
    path("chains/<int:pk>/assessment/open/", assessments.open_round, name="assessment-open"),
    path("assessments/<int:pk>/judge/", assessments.judge, name="assessment-judge"),
    path("assessments/<int:pk>/drop/", assessments.drop, name="assessment-drop"),
    path("assessments/<int:pk>/talk/", assessments.talk, name="assessment-talk"),
]
