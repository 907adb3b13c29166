"""How the README judge is fitted and measured; nothing here is needed to judge a text."""
