"""Attempts at the exercises of lesson 01."""

ATTEMPTS = {
    "1.1": {
        "missing": "client.get('/desk/member').header",
        "empty": "client.put('/desk/member', '')",
        "cluster": "client.put('/desk/member', f\"{client.get('x').header.cluster_id:x}\")",
        "decimal": "client.put('/desk/member', str(client.get('x').header.member_id))",
        "other": "client.put('/desk/member', '8e9e05c52164694')",
        "right": "client.put('/desk/member', f\"0x{client.get('x').header.member_id:X}\")",
    },
    "1.2": {
        "missing": "client.put('/desk/revisoin', '3')",
        "empty": "client.put('/desk/revision', '')",
        "no number": "client.put('/desk/revision', 'revision 3')",
        "before": "client.put('/desk/revision', str(client.get('x').header.revision))",
        "version": "for number in '0', '2': client.put('/desk/revision', number)",
        "off": "client.put('/desk/revision', '1000')",
    },
    "1.3": {
        "missing": "client.get('/desk/order/8')",
        "twice": "client.put('/desk/order/7', 'tea')\nclient.put('/desk/order/8', 'rice')",
        "deleted": "client.delete('/desk/order/7')\nclient.put('/desk/order/7', 'tea')",
        "other": "client.put('/desk/order/8', 'tea')",
        "cannot: compacted": "client.compact(client.get('x').header.revision)",
    },
}
