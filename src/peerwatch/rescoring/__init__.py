"""Old logs under the detectors of today: new logs, new verdicts, and what changed."""
