"""Learn etcd on a real, live etcd. Placeholder while the first slice is built."""

__version__ = "0.1.0"
