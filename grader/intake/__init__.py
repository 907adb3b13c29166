"""Open a submission (folder, .zip, .tar.gz, git checkout) by strict rules, and pack a clean one."""
