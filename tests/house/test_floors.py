from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models.fields.related import RelatedField

from tests.house.source import FLOORS


def test_foreign_keys_never_point_upward():
    """A floor knows the floors below it; only the user model may be named from anywhere."""
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for name in FLOORS
        for model in apps.get_app_config(name).get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, RelatedField)
        and field.related_model is not get_user_model()
        and FLOORS.get(field.related_model._meta.app_label, -1) > FLOORS[name]
    ]
    assert upward == []
