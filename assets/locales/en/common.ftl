# What every page has.
service-name = Madoguchi
service-tagline = Online applications, signed with your card
skip-to-content = Skip to main content
title-error = Error:{" "}
language-choice = Language
sign-out = Sign out
nav-label = Main pages
nav-procedures = Find a procedure
nav-status = Check your application
nav-verify = Check a signature
nav-account = My filings
nav-agency-queue = Filings
nav-agency-procedures = Procedures
nav-operator-crls = Revocation lists
footer-privacy = What you type is kept for a short time, tied to this browser, until you sign and submit it, and is deleted automatically afterwards. Your PIN is never sent to this site.
footer-privacy-more = How we handle personal data
footer-help = How to use this service
footer-problems = Error messages explained
footer-api = API for developers
footer-agency = For government staff
error-summary-title = There is a problem
field-required = Required
field-optional = Optional
field-error-prefix = Error:{" "}
field-left = You can enter # more characters
field-over = This is # characters too long
select-choose = Choose one
files-count = { $count ->
    [one] { $count } file
   *[other] { $count } files
}
