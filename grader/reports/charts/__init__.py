"""Plots as inline SVG: pure functions of the numbers in `Figures`, coloured by the page's style."""
