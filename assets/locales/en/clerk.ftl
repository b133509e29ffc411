# The clerk's pages: the resident registry.
nav-clerk-records = Residents
nav-clerk-new = Enter a resident
nav-clerk-notices = Code letters
nav-clerk-accesses = Who looked
staff-sign-in-clerk = Sign in: municipality's registry
