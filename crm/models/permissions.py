"""django-guardian's rows for customers, with a direct key to the customer.

Rows of origin `team` are written by the trigger on crm_customer alone; rows of origin
`assignment` by the assignment commands, in the transaction of the assignment.
"""

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from crm.models.customer import Customer


class Origin(models.TextChoices):
    TEAM = "team"
    ASSIGNMENT = "assignment"
    GRANT = "grant"


class CustomerGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="group_permissions"
    )
    group = models.ForeignKey(Group, on_delete=models.CASCADE, db_index=False)
    permission = models.ForeignKey(Permission, on_delete=models.CASCADE, db_index=False)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.GRANT)

    class Meta(GroupObjectPermissionBase.Meta):
        indexes = [
            models.Index(
                fields=["group", "permission", "content_object"],
                condition=~models.Q(origin="team"),
                name="customer_group_grants",
            )
        ]


class CustomerUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="user_permissions"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    permission = models.ForeignKey(Permission, on_delete=models.CASCADE, db_index=False)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.GRANT)

    class Meta(UserObjectPermissionBase.Meta):
        pass
