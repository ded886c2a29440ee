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
        "no number": "client.put('/answers/fruits', 'two')",
        "end included": "client.put('/answers/fruits', '3')",
        "prefix": "client.put('/answers/fruits', str(client.get('/fruit/', prefix=True).count))",
        "from key": "client.put('/answers/fruits', str(client.get('/fruit/banana', from_key=True).count))",
        "off": "client.put('/answers/fruits', '1000')",
        "other": "client.put('/answers/fruits', b'\\xff\\x02')",
    },
    "3.3": {
        "missing": "etcd.prefix_range_end(b'a\\xff')",
        "empty": "client.put('/answers/end', '')",
        "python": "client.put('/answers/end', str(etcd.prefix_range_end(b'a\\xff')))",
        "next key": "client.put('/answers/end', b'a\\xff\\x00')",
        "wrapped": "client.put('/answers/end', b'a\\x00')",
        "not cut": "client.put('/answers/end', b'b\\x00')",
        "longer": "client.put('/answers/end', b'a\\xff\\xff')",
        "all": "client.put('/answers/end', b'\\x00')",
        "other": "client.put('/answers/end', 'c')",
    },
    "3.4": {
        "untouched": "client.get('/log/07')",
        "zone": "client.delete('/log/07', from_key=True)",
        "too early": "client.delete('/log/0', prefix=True)",
        "off by one": "client.delete('/log/08', range_end='/log0')",
        "left": "client.delete('/log/07', range_end='/log/09')",
    },
}
