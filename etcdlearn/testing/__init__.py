"""What tests of programs that speak to etcd need: a network that fails on command, and servers that are none.

    with etcdlearn.server() as etcd, Proxy(etcd.endpoints[0]) as proxy, Client(proxy.endpoint) as client:
        client.put("k", "v")
        proxy.reset()

Nothing here is a stand-in for etcd: what the proxy carries comes from a real one.
"""

from etcdlearn.testing.proxy import Proxy
from etcdlearn.testing.stranger import Stranger

__all__ = ["Proxy", "Stranger"]
