# Texts of the agencies' pages.
