"""Attempts at the exercises of lesson 07."""

# Another mirror than the solution's: only what differs is touched.
MIRROR = (
    "there = {kv.key_text[6:]: kv.value for kv in client.get('/list/', prefix=True).kvs}\n"
    "here = {kv.key_text[8:]: kv.value for kv in client.get('/mirror/', prefix=True).kvs}\n"
)

ATTEMPTS = {
    "7.1": {
        "missing": "client.get('/oven/heat')",
        "empty": "client.put('/answers/peak', '')",
        "newest": "client.put('/answers/peak', client.get('/oven/heat').kvs[0].value)",
        "first": (
            "heat = client.get('/oven/heat').kvs[0]\n"
            "with client.watch('/oven/heat', start_revision=heat.create_revision) as watch:\n"
            "    client.put('/answers/peak', watch.get(timeout=5).events[0].kv.value)"
        ),
        "earlier life": (
            "heat = client.get('/oven/heat').kvs[0]\n"
            "with client.watch('/oven/heat', start_revision=heat.create_revision - 3) as watch:\n"
            "    values = [event.kv.value for event in watch.get(timeout=5).events if event.type == 'PUT']\n"
            "client.put('/answers/peak', max(values, key=int))"
        ),
        "python": "client.put('/answers/peak', str(b'220'))",
        "other": "client.put('/answers/peak', '150')",
        "right": (
            "with client.watch('/oven/heat', start_revision=1) as watch:\n"
            "    events = watch.get(timeout=5).events\n"
            "off = max(place for place, event in enumerate(events) if event.type == 'DELETE')\n"
            "client.put('/answers/peak', max((event.kv.value for event in events[off + 1:]), key=int))"
        ),
    },
    "7.2": {
        "missing": "client.get('/order/', prefix=True)",
        "empty": "client.put('/answers/missed', '')",
        "again": (
            "with client.watch('/order/', prefix=True, start_revision=seen) as watch:\n"
            "    events = watch.get(timeout=5).events\n"
            "marks = ['+-'[event.type == 'DELETE'] + event.kv.key_text[-1] for event in events]\n"
            "client.put('/answers/missed', ' '.join(marks))"
        ),
        "first again": (
            "with client.watch('/order/', prefix=True, start_revision=seen) as watch:\n"
            "    event = watch.get(timeout=5).events[0]\n"
            "client.put('/answers/missed', '+' + event.kv.key_text[-1])"
        ),
        "first only": (
            "with client.watch('/order/', prefix=True, start_revision=seen + 1) as watch:\n"
            "    event = watch.get(timeout=5).events[0]\n"
            "client.put('/answers/missed', '+' + event.kv.key_text[-1])"
        ),
        "no deletes": (
            "with client.watch('/order/', prefix=True, start_revision=seen + 1, filters=['nodelete']) as watch:\n"
            "    events = watch.get(timeout=5).events\n"
            "client.put('/answers/missed', ' '.join('+' + event.kv.key_text[-1] for event in events))"
        ),
        "no puts": (
            "with client.watch('/order/', prefix=True, start_revision=seen + 1, filters=['noput']) as watch:\n"
            "    events = watch.get(timeout=5).events\n"
            "client.put('/answers/missed', ' '.join('-' + event.kv.key_text[-1] for event in events))"
        ),
        "late": (
            "with client.watch('/order/', prefix=True, start_revision=seen + 2) as watch:\n"
            "    events = watch.get(timeout=5).events\n"
            "marks = ['+-'[event.type == 'DELETE'] + event.kv.key_text[-1] for event in events]\n"
            "client.put('/answers/missed', ' '.join(marks))"
        ),
        "state": (
            "kvs = client.get('/order/', prefix=True).kvs\n"
            "client.put('/answers/missed', ' '.join('+' + kv.key_text[-1] for kv in kvs))"
        ),
        "no signs": (
            "with client.watch('/order/', prefix=True, start_revision=seen + 1) as watch:\n"
            "    events = watch.get(timeout=5).events\n"
            "client.put('/answers/missed', ' '.join(event.kv.key_text[-1] for event in events))"
        ),
        "other": "client.put('/answers/missed', b'\\xff\\x02')",
        "right": "client.put('/answers/missed', '+/order/c  +/order/a -/order/c +/order/b\\n')",
    },
    "7.3": {
        "missing": "client.get('/job/', prefix=True)",
        "empty": "client.put('/answers/start', '')",
        "no number": "client.put('/answers/start', 'eleven')",
        "zero": "client.put('/answers/start', '0')",
        "early": "client.put('/answers/start', str(now.kvs[-1].mod_revision))",
        "again": "client.put('/answers/start', str(now.header.revision))",
        "late": (
            "with client.watch('/job/', prefix=True) as watch:\n"
            "    client.put('/answers/start', str(watch.start_revision))"
        ),
        "other": "client.put('/answers/start', b'\\xff\\x02')",
        "right": "client.put('/answers/start', str(client.get('/job/d').kvs[0].create_revision))",
    },
    "7.4": {
        "untouched": "client.get('/list/', prefix=True)",
        "from the compaction": (
            "watch = client.watch('/list/', prefix=True, start_revision=1)\n"
            "try:\n"
            "    watch.get(timeout=5)\n"
            "except etcd.CompactedError as error:\n"
            "    watch = client.watch('/list/', prefix=True, start_revision=error.compact_revision)\n"
            "for event in watch.get(timeout=5).events:\n"
            "    client.put(event.kv.key_text.replace('/list/', '/mirror/'), event.kv.value)"
        ),
        "ghost": (
            "for kv in client.get('/list/', prefix=True).kvs:\n"
            "    client.put(kv.key_text.replace('/list/', '/mirror/'), kv.value)"
        ),
        "stranger": (
            "client.delete('/mirror/', prefix=True)\n"
            "for kv in client.get('/list/', prefix=True).kvs:\n"
            "    client.put('/mirror/' + kv.key_text[6:], kv.value)\n"
            "    client.put(b'/mirror/\\xff' + kv.key, kv.value)"
        ),
        "gap": "client.delete('/mirror/', prefix=True)",
        "value": "client.delete('/mirror/ann')\nclient.put('/mirror/cid', 'on')",
        "list": (
            "client.delete('/list/', prefix=True)\n"
            "for kv in client.get('/mirror/', prefix=True).kvs:\n"
            "    client.put(kv.key_text.replace('/mirror/', '/list/'), kv.value)"
        ),
        "right": (
            f"{MIRROR}"
            "for name in here.keys() - there.keys():\n"
            "    client.delete('/mirror/' + name)\n"
            "for name in there.keys() - {name for name in here if here[name] == there.get(name)}:\n"
            "    client.put('/mirror/' + name, there[name])"
        ),
    },
}
