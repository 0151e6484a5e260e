from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hash every static file, the ES modules other modules import included."""

    support_js_module_import_aggregation = True
