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
operator-link-quarantine = Quarantine
operator-quarantine-title = Quarantined lists
operator-quarantine-text = These lists are good by themselves, but contradict what is known. The list in use stays in use. Two operators can let one in together; ask the CA first.
operator-quarantine-none = No list is or was quarantined.
operator-quarantine-notice = { $count ->
    [one] { $count } list is quarantined
   *[other] { $count } lists are quarantined
}
operator-quarantine-notice-link = Look at what speaks against it
operator-quarantine-waiting = Waiting
operator-quarantine-released = Let in, on its way
operator-quarantine-let-in = Let in
operator-quarantine-discarded = Refused for good
operator-quarantine-overtaken = Overtaken by a newer list
operator-quarantined-title = A quarantined list
operator-quarantine-back = All quarantined lists
operator-quarantine-conflict = The list stands elsewhere now, or what speaks against it is another by now. Look at it again.
operator-quarantine-done = It is done. A list that two operators have let in is taken in within a minute.
operator-quarantine-issuer = Issuer
operator-quarantine-scope = Scope
operator-quarantine-issued = Issued
operator-quarantine-since = Quarantined
operator-quarantine-compared = Compared with
operator-quarantine-digest = SHA-256
operator-quarantine-why = What speaks against it
operator-quarantine-lost = Entries that are missing
operator-quarantine-changed = Entries with another date or reason
operator-quarantine-added = New entries
operator-quarantine-ended = Entries that ended as they may
operator-quarantine-lost-entries = The missing entries ({ $count })
operator-quarantine-changed-entries = The changed entries ({ $count })
operator-quarantine-added-entries = The new entries ({ $count })
operator-quarantine-serial = Serial
operator-quarantine-was = Was
operator-quarantine-is = Is
operator-quarantine-releases = Who lets it in
operator-quarantine-releases-none = Nobody yet. Two operators are needed.
operator-quarantine-does-not-count = Does not count: the account is locked or gone
operator-quarantine-act = Decide
operator-quarantine-act-release = Let the list in (as one of two)
operator-quarantine-act-take-back = Take my release back
operator-quarantine-act-discard = Refuse the list for good
operator-quarantine-act-reopen = Look at the list again
operator-quarantine-act-missing = Choose one.
operator-quarantine-reason = Reason
operator-quarantine-reason-hint = The other operators see it. What did the CA say, and who asked?
operator-quarantine-reason-missing = Give a reason.
operator-quarantine-reason-long = At most { $count } characters.
operator-quarantine-button = Decide
operator-quarantine-lints = Where it departs from RFC 5280
operator-quarantine-lints-none = Nowhere.
operator-quarantine-lints-not-here = The list is too large to be looked through here, or cannot be read back: use madoguchi crl inspect.
operator-opinions = Second opinions that differ
operator-opinions-none = None.
operator-opinions-filing = Filing
operator-opinion-disagrees = Says otherwise
operator-opinion-failed = Could not be formed

operator-sources = Sources
operator-sources-text = Lists are fetched from here by themselves; what comes is verified as an upload is.
operator-column-source-state = State
operator-column-fetched = Last fetched
operator-column-asked-next = Asked next
operator-source-new = Not asked yet
operator-source-good = Works
operator-source-failing = Fails
operator-source-fetch = Fetch now
operator-source-fetch-of = Fetch now: { $name }
operator-source-asked = It is asked within a few seconds; load the page again to see what came of it.
operator-source-do-allow = If this address is meant, name its network in allow of the settings.
operator-source-do-wait = It is tried again by itself. If it lasts, ask the CA, or put the list into the watched folder.
operator-source-do-url = Compare the URL in the settings with what the CA says.
operator-source-do-tls = The server's certificate is not one that this machine trusts; ask the CA, or add its root to the system's.
operator-source-do-size = Raise max_size in the settings if a list of that size is expected.
operator-source-do-sign-in = Compare user and password in the settings with the directory's.
operator-source-do-list = The list came and was refused; the reason stands below among the refused lists.
