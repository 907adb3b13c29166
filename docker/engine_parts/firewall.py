"""Undo an engine's bridge and packet filter rules, which it leaves behind when it ends."""

import array
import fcntl
import re
import socket
import subprocess
from typing import Any

from .install import find

SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCBRDELBR = 0x8913, 0x8914, 0x89A1
IFF_UP = 1
OURS = re.compile(r"DOCKER|\bdocker0\b|\bbr-[0-9a-f]{12}\b")
TABLES = ("filter", "nat")


def saved(table: str) -> str:
    """Return the rules of a table as text; empty where there is no iptables or no permission."""
    program = find("iptables-save")
    if program is None:
        return ""
    done = subprocess.run([program, "-t", table], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def before(bridge: str) -> dict[str, Any]:
    """Record what `stop` must leave: whether the bridge and Docker's rules were there before us."""
    rules = {table: saved(table) for table in TABLES}
    return {
        "bridge": exists(bridge),
        "rules": any("DOCKER" in text for text in rules.values()),
        "forward": forward_policy(rules["filter"]),
    }


def forward_policy(rules: str) -> str:
    """Return the policy of the FORWARD chain, which an engine sets to DROP."""
    found = re.search(r"^:FORWARD (\w+)", rules, re.MULTILINE)
    return found.group(1) if found else "ACCEPT"


def without_engine(rules: str, forward: str) -> str:
    """Return the rules without Docker's chains and every rule that names them or its bridges."""
    lines = [line for line in rules.splitlines() if not OURS.search(line)]
    text = "\n".join(lines) + "\n"
    return re.sub(r"^:FORWARD \w+", f":FORWARD {forward}", text, flags=re.MULTILINE)


def restore(bridge: str, state: dict[str, Any]) -> None:
    """Remove bridge and rules that were not there before; leaves them where they were."""
    if bridge == "none":
        return
    program = find("iptables-restore")
    for table in TABLES:
        rules = saved(table)
        if program and OURS.search(rules) and not state.get("rules"):
            text = without_engine(rules, str(state.get("forward", "ACCEPT")))
            subprocess.run([program], input=text, text=True, capture_output=True, check=False)
    if not state.get("bridge"):
        remove_bridge(bridge)


def exists(name: str) -> bool:
    """Tell whether a network interface of that name is there."""
    return name in {found for _, found in socket.if_nameindex()}


def remove_bridge(name: str) -> None:
    """Take a bridge down and delete it, as `ip link delete` does; nothing where it is gone."""
    if not exists(name):
        return
    word = name.encode().ljust(16, b"\0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, SIOCGIFFLAGS, word + bytes(24))
        flags = array.array("H", answer[16:18])[0] & ~IFF_UP
        fcntl.ioctl(control, SIOCSIFFLAGS, word + array.array("H", [flags]).tobytes() + bytes(22))
        fcntl.ioctl(control, SIOCBRDELBR, word)
