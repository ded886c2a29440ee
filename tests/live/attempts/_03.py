"""Attempts at the exercises of lesson 03."""

ATTEMPTS = {
    "3.1": {
        "untouched": "client.get('/team/a/', prefix=True)",
        "half": "client.delete('/team/a/ann')",
        "neighbour": "client.delete('/team/a', prefix=True)",
        "too far": "client.delete('/team/a/', prefix=True)\nclient.delete('/team/b/dee')",
        "everybody": "client.delete('/team/', prefix=True)",
        "right": "client.delete('/team/a/ann')\nclient.delete('/team/a/bob')",
    },
    "3.2": {
        "missing": "client.get('/fruit/', prefix=True)",
        "empty": "client.put('/answers/fruits', '')",
        "no number": "client.put('/answers/fruits', 'three')",
        "end left out": "client.put('/answers/fruits', '2')",
        "below": (
            "end = etcd.prefix_range_end('/fruit/date')\n"
            "client.put('/answers/fruits', str(client.get('/fruit/banana', range_end=end).count))"
        ),
        "to the last fruit": (
            "client.put('/answers/fruits', str(client.get('/fruit/banana', range_end='/fruit0').count))"
        ),
        "prefix": "client.put('/answers/fruits', str(client.get('/fruit/', prefix=True).count))",
        "from key": "client.put('/answers/fruits', str(client.get('/fruit/banana', from_key=True).count))",
        "off": "client.put('/answers/fruits', '1000')",
        "other": "client.put('/answers/fruits', b'\\xff\\x02')",
        "right": "client.put('/answers/fruits', '3')",
    },
    "3.3": {
        "missing": "etcd.prefix_range_end(b'a\\xfe\\xff')",
        "empty": "client.put('/answers/end', '')",
        "python": "client.put('/answers/end', str(etcd.prefix_range_end(b'a\\xfe\\xff')))",
        "next key": "client.put('/answers/end', b'a\\xfe\\xff\\x00')",
        "wrapped": "client.put('/answers/end', b'a\\xfe\\x00')",
        "not cut": "client.put('/answers/end', b'a\\xff\\x00')",
        "longer": "client.put('/answers/end', b'a\\xfe\\xff\\xff')",
        "too far": "client.put('/answers/end', 'b')",
        "all": "client.put('/answers/end', b'\\x00')",
        "text": "client.put('/answers/end', etcd.prefix_range_end('a\\xfe\\xff'))",
        "other": "client.put('/answers/end', 'c')",
        "right": "client.put('/answers/end', b'a\\xff')",
    },
    "3.4": {
        "untouched": "client.get('/log/07')",
        "zone": "client.delete('/log/07', from_key=True)",
        "too early": "client.delete('/log/0', prefix=True)",
        "off by one": "client.delete('/log/08', range_end='/log0')",
        "left": "client.delete('/log/07', range_end='/log/09')",
        "right": "for number in (7, 8, 9):\n    client.delete(f'/log/0{number}')",
    },
    "3.5": {
        "missing": "client.get('/job/', prefix=True)",
        "empty": "client.put('/answers/page', '')",
        "late": (
            "page = client.get(first.kvs[-1].key + b'\\0', range_end='/job0', limit=2)\n"
            "client.put('/answers/page', ' '.join(kv.key_text for kv in page.kvs))"
        ),
        "first again": "client.put('/answers/page', ' '.join(kv.key_text for kv in first.kvs))",
        "repeated": (
            "page = client.get(first.kvs[-1].key, range_end='/job0', limit=2, revision=first.header.revision)\n"
            "client.put('/answers/page', ' '.join(kv.key_text for kv in page.kvs))"
        ),
        "size": (
            "page = client.get(first.kvs[-1].key + b'\\0', range_end='/job0', revision=first.header.revision)\n"
            "client.put('/answers/page', ' '.join(kv.key_text for kv in page.kvs))"
        ),
        "other": "client.put('/answers/page', b'\\xff\\x02')",
        "right": (
            "pages = client.kv.pages('/job/', prefix=True, page_size=2, revision=first.header.revision)\n"
            "page = list(pages)[1]\n"
            "client.put('/answers/page', f'{page.kvs[0].key_text}  {page.kvs[1].key_text}')"
        ),
    },
}
