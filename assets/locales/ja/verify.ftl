# Verdicts in words.
