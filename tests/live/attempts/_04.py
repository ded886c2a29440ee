"""Attempts at the exercises of lesson 04."""

LAMPS = "('/desk/lamp/a', '/desk/lamp/b', '/desk/lamp/c')"
ALL = "client.lease.leases().leases"

ATTEMPTS = {
    "4.1": {
        "missing": "client.grant(300)",
        "no lease": "client.grant(300)\nclient.put('/desk/candle', 'lit')",
        "ttl": "client.put('/desk/candle', 'lit', lease=client.grant(30))",
        "other": "client.put('/desk/candle', 'out', lease=client.grant(300))",
        "right": "client.put('/desk/candle', 'lit')\n"
        "client.put('/desk/candle', '', ignore_value=True, lease=client.grant(300))",
    },
    "4.2": {
        "untouched": "client.get('/desk/lamp')",
        "gone": "client.revoke(client.get('/desk/lamp').kvs[0].lease)",
        "no lease": "client.put('/desk/lamp', 'dim')",
        "other lease": "client.put('/desk/lamp', 'dim', lease=client.grant(600))",
        "other": "client.put('/desk/lamp', 'dark', ignore_lease=True)",
        "right": "client.put('/desk/lamp', 'dim', lease=client.get('/desk/lamp').kvs[0].lease)",
        "cannot: compacted": "client.compact(client.get('/desk/lamp').header.revision)",
    },
    "4.3": {
        "went out": "one = client.grant(600)\n"
        "for kv in client.get('/desk/lamp/', prefix=True).kvs:\n"
        "    client.revoke(kv.lease)\n"
        "    client.put(kv.key, kv.value, lease=one)",
        "no lease": f"for key in {LAMPS}:\n    client.put(key, 'on')",
        "several": "client.get('/desk/lamp/', prefix=True)",
        "left": f"one = client.grant(600)\nfor key in {LAMPS}:\n    client.put(key, 'on', lease=one)",
        "other": f"one = client.grant(600)\nfor key in {LAMPS}:\n    client.put(key, 'off', lease=one)",
        "right": "first, *rest = client.get('/desk/lamp/', prefix=True).kvs\n"
        "for kv in rest:\n"
        "    client.put(kv.key, '', ignore_value=True, lease=first.lease)\n"
        "    client.revoke(kv.lease)",
        "cannot: unprepared": "client.delete('/desk/', prefix=True)",
    },
    "4.4": {
        "gone": f"for lease in {ALL}:\n    client.revoke(lease)",
        "put back": "things = [kv for kv in client.get('/desk/', prefix=True).kvs if kv.lease]\n"
        f"for lease in {ALL}:\n    client.revoke(lease)\n"
        "for kv in things:\n    client.put(kv.key, kv.value, lease=client.grant(600))",
        "no lease": "for key in ('/desk/pen', '/desk/ink'):\n    client.put(key, 'here')\n"
        f"for lease in {ALL}:\n    client.revoke(lease)",
        "idle": "client.lease.leases()",
        "right": "held = {kv.lease for kv in client.get('', prefix=True).kvs}\n"
        f"for lease in set({ALL}) - held:\n    client.revoke(lease)",
        "cannot: unprepared": "client.delete('/desk/', prefix=True)",
    },
}
