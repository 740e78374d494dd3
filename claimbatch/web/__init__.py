"""The local web page: what an exam officer does, in the browser, for people who never see a terminal.

It calls the same functions as the commands (:mod:`claimbatch.office`), and adds only what a page needs: a door that
lets nobody in who does not belong there, forms that work without JavaScript, and words around tables.
How to add a page stands in ``docs/web.md``.
"""
