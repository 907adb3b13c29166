"""The rules of the JUnit schema that the Jenkins readers validate against (junit-10.xsd), as a table."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

COUNT = re.compile(r"\d+")
ANY = re.compile(r"[\s\S]*")
TIME = re.compile(r"((\d{0,3},)*\d{3}|\d{0,3})*(\.\d*)?")
TEXT = {"message": ANY, "type": ANY}
RULES: dict[str, tuple[dict[str, re.Pattern[str]], set[str], set[str], bool]] = {
    # element: (attributes, required, children, may hold text)
    "testsuites": (
        {"name": ANY, "time": TIME, "tests": COUNT, "failures": COUNT, "errors": COUNT}, set(), {"testsuite"}, False,
    ),
    "testsuite": (
        {"name": ANY, "tests": COUNT, "failures": COUNT, "errors": COUNT, "group": ANY, "time": TIME, "skipped": COUNT,
         "timestamp": ANY, "hostname": ANY, "id": ANY, "package": ANY, "file": ANY, "log": ANY, "url": ANY},
        {"name", "tests", "failures", "errors"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        False,
    ),
    "properties": ({}, set(), {"property"}, False),
    "property": ({"name": ANY, "value": ANY}, {"name", "value"}, set(), False),
    "testcase": (
        {"name": ANY, "time": ANY, "classname": ANY, "group": ANY}, {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"}, False,
    ),
    "failure": (TEXT, set(), set(), True),
    "error": (TEXT, set(), set(), True),
    "skipped": (TEXT, set(), set(), True),
    "system-out": ({}, set(), set(), True),
    "system-err": ({}, set(), set(), True),
}  # fmt: skip


def violations(document: str) -> list[str]:
    """What in an XML document breaks the schema."""
    root = ET.fromstring(document.encode("utf-8"))
    found = [] if root.tag in ("testsuites", "testsuite") else [f"root {root.tag}"]
    for element in root.iter():
        if element.tag not in RULES:
            found.append(f"element {element.tag}")
            continue
        attributes, required, children, text = RULES[element.tag]
        found += [f"{element.tag}@{name}" for name in element.attrib if name not in attributes]
        found += [f"{element.tag} lacks @{name}" for name in required - set(element.attrib)]
        found += [
            f"{element.tag}@{name}={value}"
            for name, value in element.attrib.items()
            if name in attributes and not attributes[name].fullmatch(value)
        ]
        found += [f"{element.tag}/{child.tag}" for child in element if child.tag not in children]
        between = [element.text, *(child.tail for child in element)]
        if not text and any((piece or "").strip() for piece in between):
            found.append(f"text in {element.tag}")
    return found
