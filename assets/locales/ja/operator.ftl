# Texts of the operators' pages.
