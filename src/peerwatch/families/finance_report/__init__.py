"""The family finance_report."""
