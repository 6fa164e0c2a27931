"""How pages are drawn: numbers, axes, rows, bars, lines, heat, the shared style and chart macros.

Nothing here knows of episodes, estimates or judgements: the report and the page of an audit hand in
values and words. Geometry is in percent, so that text keeps its size on any screen.
"""
