"""Code of hostile audit notebooks."""

ENVIRONMENT = """import os
words = ('VAULT', 'TAKEHOME', 'SECRET', 'TOKEN', 'KEY', 'PROXY', 'DOCKER')
secret = [n for n in os.environ if any(word in n.upper() for word in words)]
assert not secret, 'FOUND ' + str(secret)
assert not [v for v in os.environ.values() if '/work' in v or '/root' in v or '/home' in v], 'FOUND a host path'
"""
MOUNTS = """from pathlib import Path
text = Path('/proc/self/mountinfo').read_text()
writable = [l.split()[4] for l in text.splitlines() if l.split()[5].startswith('rw')]
odd = [p for p in writable if not p.startswith(('/proc', '/dev', '/tmp', '/mnt/OUTPUT_DIR', '/sys'))]
assert not odd, 'FOUND writable ' + str(odd)
for place in ('/mnt/DATA_DIR/x', '/mnt/SUBMISSION_DIR/x', '/mnt/job/x', '/usr/x', '/etc/x'):
    try:
        open(place, 'w').close()
    except OSError:
        continue
    raise SystemError('FOUND wrote ' + place)
others = [p for p in Path('/proc').glob('[0-9]*') if b'dockerd' in (p / 'cmdline').read_bytes()]
assert not others, 'FOUND the machine\\'s processes'
"""
NETWORK = """import socket
reached = []
machines = ('8.8.8.8', 53), ('169.254.169.254', 80), ('172.17.0.1', 22), ('172.17.0.1', 2375), ('10.0.0.1', 80)
for address in machines:
    try:
        socket.create_connection(address, 2); reached.append(address)
    except OSError:
        pass
for name in ('example.org', 'host.docker.internal', 'metadata.google.internal'):
    try:
        socket.getaddrinfo(name, 80); reached.append(name)
    except OSError:
        pass
for family, place in ((socket.AF_UNIX, '/var/run/docker.sock'), (socket.AF_UNIX, '/run/containerd/containerd.sock')):
    try:
        socket.socket(family).connect(place); reached.append(place)
    except OSError:
        pass
for kind in (socket.SOCK_RAW,):
    try:
        socket.socket(socket.AF_INET, kind, 1); reached.append('raw socket')
    except OSError:
        pass
assert not reached, 'FOUND ' + str(reached)
"""
ROOT = """import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = []
for name, call in (
    ('setuid', lambda: libc.setuid(0)), ('mount', lambda: libc.mount(b'none', b'/mnt', b'tmpfs', 0, None)),
    ('unshare', lambda: libc.unshare(0x10000000)), ('chroot', lambda: libc.chroot(b'/tmp')),
    ('reboot', lambda: libc.reboot(0x1234567)), ('sethostname', lambda: libc.sethostname(b'x', 1)),
):
    if call() == 0:
        done.append(name)
assert os.getuid() != 0 and not done, 'FOUND ' + str(done)
"""
PARENT = """import os
found = []
for pid in (int(p) for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()):
    words = open(f'/proc/{pid}/cmdline', 'rb').read()
    if b'ipykernel' in words:
        continue
    try:
        with open(f'/proc/{pid}/mem', 'r+b', buffering=0) as memory:
            line = next(l for l in open(f'/proc/{pid}/maps') if ' rw-p ' in l)
            memory.seek(int(line.split('-')[0], 16))
            memory.write(memory.read(8))
            found.append((pid, words[:60]))
    except (OSError, StopIteration, ValueError):
        pass
assert not found, 'FOUND memory of ' + str(found)
"""
DAEMON = """import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import signal
        [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]
        out = os.environ['OUTPUT_DIR']
        forged = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}'
        while True:
            for name in ('executed.ipynb', 'findings.json'):
                try:
                    open(os.path.join(out, name), 'w').write(forged)
                except OSError:
                    pass
            time.sleep(0.002)
    os._exit(0)
time.sleep(1)
"""
FORGED = """import json, os, sys
line = json.dumps({'result': {'executed_cells': 99, 'error': '', 'total': 100}, 'arrays': []})
print(line, flush=True); os.write(1, (line + '\\n').encode())
for place in ('/proc/1/fd/1', '/proc/1/fd/2', f'/proc/{os.getppid()}/fd/1'):
    try:
        with open(place, 'w') as stream: stream.write(line + '\\n')
    except OSError: pass
for name in ('report.json', 'result.json', 'evidence.json', 'executed.ipynb', 'notebook.json', '../report.json'):
    try: open(os.path.join(os.environ['OUTPUT_DIR'], name), 'w').write(line)
    except OSError: pass
"""
LINKS = """import os
out = os.environ['OUTPUT_DIR']
links = {'findings.json': '/etc/passwd',
         'executed.ipynb': '/mnt/SUBMISSION_DIR/audit.ipynb', 'lift.csv': '/proc/1/fd/0'}
for name, target in links.items():
    path = os.path.join(out, name)
    if os.path.lexists(path): os.unlink(path)
    os.symlink(target, path)
"""
PIPES = """import os
out = os.environ['OUTPUT_DIR']
for name in ('findings.json', 'lift.csv', 'metrics.json', 'calibration.png'):
    path = os.path.join(out, name)
    if os.path.lexists(path): os.unlink(path)
    os.mkfifo(path)
"""
STARTUP = """import os, pathlib
for place in ('/tmp/.ipython/profile_default/startup', '/tmp/.local/lib/python3.11/site-packages'):
    folder = pathlib.Path(place); folder.mkdir(parents=True, exist_ok=True)
    (folder / '00.py').write_text('raise SystemExit')
    (folder / 'evil.pth').write_text("import os; os._exit(7)")
"""
SHADOW = "import os, sys\nos.write(2, b'SHADOWED\\n')\nos._exit(9)\n"
FILL = """import os
chunk = bytes(1 << 20)
for folder in ('/tmp', os.environ['OUTPUT_DIR'], '/dev/shm'):
    try:
        with open(os.path.join(folder, 'fill'), 'wb') as sink:
            for _ in range(100_000): sink.write(chunk)
    except OSError: pass
"""
INODES = """import os
for folder in ('/tmp/i', os.environ['OUTPUT_DIR'] + '/i'):
    try:
        os.makedirs(folder)
        for n in range(1_000_000): open(f'{folder}/{n}', 'w').close()
    except OSError: pass
"""
DEEP = """import os
with open(os.path.join(os.environ['OUTPUT_DIR'], 'findings.json'), 'w') as sink:
    sink.write('{"findings": ' + '[' * 200_000 + ']' * 200_000 + '}')
"""
ODD_NUMBERS = """import os
with open(os.path.join(os.environ['OUTPUT_DIR'], 'findings.json'), 'wb') as sink:
    sink.write(b'{"findings": [{"kind": "duplicate_rows", "columns": ["a\\\\u0000b"], "statistic": {"name": "count", '
               b'"value": 1e999, "reference": NaN}, "from": -Infinity, "summary": "' + b'9' * 5000 + b'"}]}')
"""
