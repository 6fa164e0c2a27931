"""The page a person reads: episodes and estimates as HTML, Markdown and LaTeX.

``page.build`` makes the content; ``html``, ``markdown`` and ``latex`` lay it out, ``figures`` draws
it for papers, ``transcripts`` writes what lies beside the page, ``command`` is the command line.
"""
