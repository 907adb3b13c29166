"""Every path of a user, by the real command: the commands of README and pages run as they stand there."""
