from django.db import models


class Heartbeat(models.Model):
    """When a task that beat starts was last done without an error."""

    task = models.CharField(max_length=120, primary_key=True)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.task} at {self.last_at}"
