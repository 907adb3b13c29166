"""The message that a bundle is sent with: what the brief promises to be in it, for the sender to complete."""

from __future__ import annotations

MESSAGE = """Complete what stands in [brackets], attach {who}.zip and nothing else of this folder, and send it.

--------------------------------------------------------------------------------

Dear [name],

your take-home is attached. Start with README.md in {who}.zip: it says what to hand in and how it is graded.
Plan for six hours and stop there; any tool is allowed, AI assistants included.

Hand in by:              [date and time, with the time zone]
Send it to:              [address], as {who}.zip or with that word in its name, and without your own name:
                         whoever grades it knows you as {who} only
Receipt:                 [from whom, within how many days] after it arrived
Result:                  [date], with your points and what to improve
Talk:                    [date or week], 30 minutes; you explain your work and change a piece of it
Who decides:             [name and role]; a program measures and proposes, a person decides
If it is judged wrongly: answer the report, or write to [address], until [date]; somebody other than the first
                         reviewer, [name or role], looks again and answers within [days]
Questions on the brief:  [address]

[your name]
"""


def message_to(who: str) -> str:
    """Return the message to a candidate known by the pseudonym `who`; it holds nothing that the bundle does not."""
    return MESSAGE.format(who=who)
