"""Live pictures of what etcd did; each is one module with a pure scene function, all are drawn by one stage."""

from etcdlearn.widgets.clock import LeaseClock
from etcdlearn.widgets.ruler import RangeRuler
from etcdlearn.widgets.tape import WatchTape
from etcdlearn.widgets.timeline import RevisionTimeline

__all__ = ["LeaseClock", "RangeRuler", "RevisionTimeline", "WatchTape"]
