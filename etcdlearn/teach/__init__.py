"""What a lesson stands on: the lab."""

from etcdlearn.teach.lab import Lab, lab

__all__ = ["Lab", "lab"]
