import pytest

REQUEST_ID = "a-request-of-a-test"
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
    """A client signed in as Anna, whose requests have a name."""
    client.force_login(anna, backend=BACKEND)
    client.defaults["HTTP_X_REQUEST_ID"] = REQUEST_ID
    return client
