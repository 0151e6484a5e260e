from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "pipeline"

    def ready(self) -> None:
        from pipeline import criteria  # noqa: PLC0415 - criteria need the models

        criteria.load()
