# The second step of a verdict (confirmed, contested) and the impact of revocation lists.
steps-dyn-resident-none = Whether your certificate was valid could not be found out yet. Your application keeps the time at which it arrived.
steps-dyn-resident-provisional = By the newest word there was when your application arrived, your certificate was valid. It is checked once more against the next word from the issuer. You need not do anything.
steps-dyn-resident-confirmed = Your certificate was checked again with what became known after your application arrived: it was valid when it arrived.
steps-dyn-resident-contested = What became known later says that your certificate had already ended when your application arrived. That happens by itself after a change of name or address. Your application is not refused by this alone: the office decides what follows, and you will see it here.
steps-dyn-step-held-decision = Decided after the hold
steps-dyn-step-confirmed = Certificate confirmed
steps-dyn-step-contested = Certificate contested
steps-statements = Show the signed statements on your certificate (JWS)
steps-statements-hint = Each names the one before it, and the first names your receipt. Keep the file: with it you can show at any time what was found out and when.
steps-statements-save = Save receipt and statements
steps-dyn-agency-none = Whether the certificate was valid is not known yet.
steps-dyn-agency-provisional = Decided by the newest list at receipt. The first list issued later than the receipt by the grace period confirms it, or shows that the certificate had ended before. You may decide now or wait.
steps-dyn-agency-confirmed = A list issued after receipt confirms that the certificate was valid when the filing arrived.
steps-dyn-agency-contested = A later list says that the certificate had ended before the filing arrived. The gateway does not refuse the filing for that: what follows is yours to decide. The applicant sees that it is contested.
steps-contested = Contested
steps-contested-title = The applicant’s certificate is contested
steps-impacts = The certificate on revocation lists
steps-column-reason = Reason
steps-column-since = Ended on
steps-column-then = Verdict then
steps-column-follows = What follows
steps-dyn-follows-contested = The verdict is contested
steps-dyn-follows-was-contested = It was contested before
steps-dyn-follows-ended-after-receipt = Nothing: the certificate ended after the filing arrived
steps-dyn-follows-still-good = Nothing: judged again, the filing passes
steps-dyn-follows-on-hold = Nothing yet: the certificate is suspended
steps-dyn-follows-hold-ended = Nothing: the suspension has ended
steps-dyn-follows-held = The filing is held and is decided by itself
steps-follows-open = Is being judged again
steps-dyn-state-none = not decided
steps-dyn-state-provisional = provisional
steps-dyn-state-confirmed = confirmed
steps-dyn-state-contested = contested
steps-dyn-reason-unspecified = not said
steps-dyn-reason-keyCompromise = card or key in other hands
steps-dyn-reason-cACompromise = key of the authority in other hands
steps-dyn-reason-affiliationChanged = name or address changed
steps-dyn-reason-superseded = replaced by another certificate
steps-dyn-reason-cessationOfOperation = needed no more
steps-dyn-reason-certificateHold = suspended
steps-dyn-reason-removeFromCRL = no longer suspended
steps-dyn-reason-privilegeWithdrawn = withdrawn
steps-dyn-reason-aACompromise = key of the attribute authority in other hands
operator-link-impacts = Impact of lists
operator-impacts-title = Impact of revocation lists
operator-impacts-lead = Each accepted list is run against the filings: which signers are on it now, what was decided then, and what follows. Entries that an earlier list had are left out, and so are lists that touch no filing; madoguchi crl impact shows those too.
operator-impacts-none = No accepted list touches a filing so far.
operator-impacts-count = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
operator-impact-title = Impact of a revocation list
operator-impact-back = All lists
operator-impact-list = List
operator-impact-before = Compared with
operator-impact-first = Nothing: it is the first of its kind, and all its entries were looked up
operator-impact-ran = Run
operator-impact-took = { $count } ms
operator-impact-entries = New or changed
operator-impact-filings = Filings touched
operator-impact-column-filing = Arrival number
operator-impact-column-received = Arrived
operator-impact-only = The first { $count } are shown; madoguchi crl impact shows all.
operator-awaiting = { $count ->
    [one] { $count } filing awaits a list issued after its receipt.
   *[other] { $count } filings await a list issued after their receipt.
}
operator-contested = { $count ->
    [one] { $count } filing is contested.
   *[other] { $count } filings are contested.
}
operator-impact-failed = { $count ->
    [one] { $count } list cannot be run against the filings
   *[other] { $count } lists cannot be run against the filings
}
operator-impact-failed-text = The archived list cannot be read, so that it is not known which filings it touches. Restore its file from a backup; the gateway then goes on by itself.
