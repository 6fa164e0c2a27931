"""Asking the judge: which judgements an audit consists of, and making them one by one.

Judges that wait (models, servers, commands) run as tasks of one event loop: ``in_event_loop``.
Judges that compute run in threads, many items at a time, because a task and a wake-up for each
would cost more than an instant judge itself: ``in_threads``.
"""
