"""Which text is judged."""

from grader.readme.claims import read_claims
from grader.readme.facts import Facts
from grader.readme.text import judged_text

README = """# Churn

Intro.

## Installation
pip install it, PSI 0.2.

### Details
More of it.

## Monitoring
We watch it.

```bash
make run
```

## Project layout
- src

## Running in production
Alerts go to the desk.
"""


def test_production_file_wins() -> None:
    """PRODUCTION.md is judged where it exists."""
    assert judged_text({"README.md": README, "PRODUCTION.md": "Plan."}) == ("PRODUCTION.md", "Plan.")


def test_running_sections_and_shell_blocks_are_left_out() -> None:
    """Install, layout and shell blocks go; monitoring and production stay."""
    name, text = judged_text({"src/app.py": "", "README.md": README})
    assert name == "README.md"
    assert "Intro." in text
    assert "We watch it." in text
    assert "Alerts go to the desk." in text
    for gone in ("pip install", "More of it", "make run", "- src"):
        assert gone not in text


def test_the_nearest_readme_is_taken() -> None:
    """A README in a sub-folder does not stand for the one at the root."""
    assert judged_text({"docs/README.md": "inner", "readme.md": "outer"}) == ("readme.md", "outer")


def test_no_text_is_an_empty_text() -> None:
    """A submission without a README is judged as empty, not as an error."""
    assert judged_text({"a.py": "x"}) == ("", "")


def test_an_entry_of_endless_lines_is_cut() -> None:
    """Joining the lines of one settings entry took time with the square of their number; an entry has an end now."""
    claims = read_claims("```yaml\n- a:\n" + "    b: limit\n" * 2000 + "```\n", Facts()).claims
    assert max(len(claim.text) for claim in claims) < 5000
