#!/bin/sh
# Turn a minimal Debian bookworm tree into what python:3.11-slim looks like from a Dockerfile.
# Argument: the tree. The official image has its own Python below /usr/local and none from Debian, so the
# files of Debian's packages are put there: Debian's own layout (dist-packages, /usr/local/local with
# --prefix, a second Python in apt's way) breaks ordinary multi-stage Dockerfiles.
set -eu
root=$1
lib=$root/usr/local/lib/python3.11
bundled=/usr/local/lib/python3.11/ensurepip/_bundled

mkdir "$root/tmp/debs"
chroot "$root" sh -c 'cd /tmp/debs && apt-get download -qq -o APT::Sandbox::User=root \
    python3.11-minimal libpython3.11-minimal libpython3.11-stdlib python3.11-venv python3-distutils \
    python3-lib2to3 python3-pip-whl python3-setuptools-whl libpython3.11-dev
    for deb in *.deb; do dpkg-deb -x "$deb" tree; done'
tree=$root/tmp/debs/tree

mkdir -p "$root/usr/local/include"
cp -a "$tree/usr/lib/python3.11" "$lib"
cp -a "$tree/usr/bin/python3.11" "$root/usr/local/bin/"
cp -a "$tree/usr/include/python3.11" "$root/usr/local/include/"
cp -a "$tree"/usr/include/*-linux-gnu/python3.11/pyconfig.h "$root/usr/local/include/python3.11/"
rm -rf "$lib/EXTERNALLY-MANAGED" "$lib/sitecustomize.py" "$lib"/config-*
mkdir -p "$lib/site-packages" "$root$bundled"
cp "$tree"/usr/share/python-wheels/*.whl "$root$bundled/"
ln -s python3.11 "$root/usr/local/bin/python3"
ln -s python3 "$root/usr/local/bin/python"
rm -rf "$root/tmp/debs"

# Install below site-packages, as upstream. The site module is compiled into Debian's interpreter and looks
# only into dist-packages, so that is another name of the folder. (A .pth line that leads on is not enough:
# pip's build isolation hides what site.getsitepackages() names, and old setuptools would shine through.)
sed -i "s/prefix_scheme = 'posix_local'/prefix_scheme = 'posix_prefix'/" "$lib/sysconfig.py"
ln -s site-packages "$lib/dist-packages"
sed -i -e "s#'/usr/include#'/usr/local/include#g" -e "s#'/usr/lib/python3#'/usr/local/lib/python3#g" \
    -e "s#\('\(exec_\)\?prefix': \)'/usr'#\1'/usr/local'#" \
    -e "s#\('WHEEL_PKG_DIR': \).*#\1'$bundled',#" "$lib"/_sysconfigdata__*.py

# The mirrors may be behind the host's own certificate. A local certificate survives a later
# `update-ca-certificates`; a copied bundle would not.
if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
    cp /etc/ssl/certs/ca-certificates.crt "$root/tmp/host.pem"
    chroot "$root" python3 -B - <<'PY'
import re
from pathlib import Path

block = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.S)


def certificates(path):
    return {"".join(text.split()): text for text in block.findall(Path(path).read_text(errors="replace"))}


known = certificates("/etc/ssl/certs/ca-certificates.crt")
extra = [text for key, text in certificates("/tmp/host.pem").items() if key not in known]
for number, text in enumerate(extra):
    Path(f"/usr/local/share/ca-certificates/host-{number}.crt").write_text(text + "\n")
PY
    rm "$root/tmp/host.pem"
    chroot "$root" update-ca-certificates >/dev/null 2>&1
fi

# Pip from the wheels Debian ships; nothing is downloaded.
wheel=$(cd "$root$bundled" && echo pip-*.whl)
chroot "$root" env PYTHONPATH="$bundled/$wheel" python3 -B -m pip install -q --no-index --no-compile \
    --root-user-action ignore --no-cache-dir --find-links "$bundled" pip setuptools

# As in official images: no service starts while a package is installed, no package archives are kept.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
echo 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };' >"$root/etc/apt/apt.conf.d/docker-clean"

chroot "$root" python -B - <<'PY'
import bz2, ctypes, curses, dbm, decimal, distutils.core, lzma, readline, sqlite3, ssl, uuid, venv, zlib, zoneinfo  # noqa
import os, site, sys, sysconfig

wanted = "/usr/local/lib/python3.11/site-packages"
assert sys.prefix == "/usr/local", sys.prefix
assert sysconfig.get_path("purelib") == wanted, sysconfig.get_path("purelib")
assert wanted in map(os.path.realpath, sys.path), sys.path
assert wanted in map(os.path.realpath, site.getsitepackages()), site.getsitepackages()
assert sysconfig.get_path("include") == "/usr/local/include/python3.11", sysconfig.get_path("include")
PY
chroot "$root" pip --version >/dev/null
find "$root/usr/local" -name __pycache__ -prune -exec rm -rf {} +
rm -rf "$root/root/.cache"
