"""The page a person reads: episodes and estimates as HTML, Markdown and LaTeX.

``report_page`` makes the content as plain values, a module a section beside it; ``html_page``,
``markdown`` and ``latex`` lay it out, ``figures`` draws it for papers, ``transcripts`` writes what
lies beside the page. Geometry, macros and the shared style are in ``peerwatch.charts``.
"""
