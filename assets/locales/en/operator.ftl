# Texts of the operators' pages.
operator-title = Revocation lists
operator-link-lists = Revocation lists
operator-link-anchors = Trust anchors
operator-link-audit = Audit trail
operator-in = in { $length }
operator-ago = { $length } ago
operator-days = { $number } d
operator-hours = { $number } h
operator-minutes = { $number } min
operator-none = None
operator-state-fresh = Fresh
operator-state-soon = Soon stale
operator-state-stale = Stale
operator-stale-text = Filings that need a stale list are held or refused. Take the next list in.
operator-soon-text = Take the next list in before its time runs out.
operator-lists-none-title = There is no revocation list
operator-lists-none = Nothing can be verified as not revoked: filings are held or refused.
operator-column-list = Issuer and scope
operator-column-state = State
operator-column-next = Next due
operator-column-age = Age
operator-column-number = CRL number
operator-column-entries = Entries
operator-archived-since = Archived since { $time }
operator-not-archived = Not archived
operator-column-when = When
operator-column-source = From
operator-column-why = Why
operator-upload = Take a list in
operator-upload-file = CRL file (DER or PEM)
operator-upload-hint = It is verified first: signature, issuer, scope, dates, number, entries. Larger lists than an upload may hold go into the watched folder.
operator-upload-button = Verify and take in
operator-upload-done = The list is taken in
operator-upload-refused = The list was refused
operator-refusals = Refused lists and warnings
operator-refusals-none = None since this gateway was started.
operator-numbers = Filings
operator-numbers-none = No filing has been recorded yet.
operator-held-oldest = The oldest has waited for { $length }.
operator-held-none = No filing is held.
operator-anchors-title = Trust anchors and intermediates
operator-trust-state = Trust state
operator-anchors = Trust anchors
operator-intermediates = Intermediates
operator-column-subject = Subject
operator-column-until = Valid until
operator-ended = Ended
operator-audit-title = Audit trail
operator-audit-older = Older lines
operator-column-who = Who
operator-column-what = What
operator-column-subject-of = On
operator-column-outcome = Outcome
operator-stale-title = { $count ->
    [one] { $count } list is stale
   *[other] { $count } lists are stale
}
operator-soon-title = { $count ->
    [one] { $count } list will soon be stale
   *[other] { $count } lists will soon be stale
}
operator-held = { $count ->
    [one] { $count } filing is held.
   *[other] { $count } filings are held.
}
