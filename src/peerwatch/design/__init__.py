"""The design: factors and their wordings, arms, contrasts, seeds. It knows no family."""
