import pytest

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def anna(db, django_user_model):
    """A rep."""
    return django_user_model.objects.create_user("anna", name="Anna")


@pytest.fixture
def boris(db, django_user_model):
    """Somebody else."""
    return django_user_model.objects.create_user("boris", name="Boris")


@pytest.fixture
def api(client, anna):
    """A client signed in as Anna."""
    client.force_login(anna, backend=BACKEND)
    return client
