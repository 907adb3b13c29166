"""An optional second opinion by a language model. Off by default; it marks and suggests and moves no points."""
