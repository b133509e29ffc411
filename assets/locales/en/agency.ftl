# Texts of the agencies' pages, and of what both desks share.

## Signing in, for agencies and operators
staff-sign-in-agency = Sign in: agency staff
staff-sign-in-operator = Sign in: PKI operators
staff-login = Sign-in name
staff-password = Password
staff-sign-in-button = Sign in
staff-sign-in-failed = You are not signed in
staff-sign-in-refused = The sign-in name or the password is wrong. After several failures the name is stopped for a while.
staff-sign-in-stopped = Too many failures: nobody can sign in under this name until { $until }.
staff-sign-in-help = Accounts are made by whoever runs this service. If you have forgotten your password, ask them for a new one.

## Changing the password
staff-password-title = Change your password
staff-password-current = Present password
staff-password-new = New password
staff-password-repeat = New password, once more
staff-password-hint = At least { $count } characters. Several words in a row are easy to remember and hard to guess.
staff-password-button = Change password
staff-password-done = Your password is changed
staff-password-back = Back to your desk
staff-password-must-title = Choose a password of your own first
staff-password-must = The present one was given to you by somebody else.
staff-password-wrong = The present password is not right.
staff-password-same = The new password is the present one.
staff-password-differs = The two new passwords are not the same.
staff-password-short = A password has at least { $count } characters.
staff-password-long = A password has at most { $count } bytes.
staff-password-guessable = This is too easy to guess: it repeats a few characters, or holds your sign-in name.
staff-change-password = Change password

## The queue
agency-queue-title = Filings
agency-queue-caption = Newest first
agency-queue-none = No application has been filed with your agency yet.
agency-queue-none-filtered = No filing fits this filter.
agency-queue-older = Older filings
agency-queue-newest = Newest filings
agency-queue-export = Download as CSV
agency-counts = Filings by status
agency-column-title = Application
agency-column-applicant = Applicant
agency-column-received = Received
agency-column-status = Status
agency-filter = Filter
agency-filter-status = Status
agency-filter-procedure = Procedure
agency-filter-certificate = Certificate
agency-filter-from = Received from
agency-filter-to = Received until
agency-filter-date-hint = For example 2026-11-22
agency-filter-date-wrong = Write the date as 2026-11-22.
agency-filter-number = Arrival number, or a part of it
agency-filter-button = Show
agency-filter-clear = Show all

## One filing
agency-back = Filings
agency-corrects = Corrects
agency-applicant = Applicant, as signed
agency-applicant-name = Name
agency-applicant-birth = Date of birth
agency-applicant-sex = Sex
agency-applicant-address = Address
agency-sex-male = Male
agency-sex-female = Female
agency-sex-unknown = Not stated
agency-answers = Application, as signed
agency-files = Files
agency-file-what = Download
agency-file-name = Name
agency-file-size = Size
agency-file-application = Application document
agency-file-signature = Signature
agency-file-attachment = Attachment
agency-file-back = Back to the filing
agency-file-refused-title = This file is not handed out
agency-file-harmful = The malware scanner found something harmful in it. Ask the applicant for a clean copy.
agency-file-unscanned = The malware scanner does not answer, and no attachment is handed out unscanned. Try again soon, and tell whoever runs this service.
agency-decide = Decide
agency-decide-what = What is to be done
agency-decide-review = Take it up for review
agency-decide-accept = Accept
agency-decide-reject = Reject
agency-decide-complete = Complete: the result has been delivered
agency-decide-reason = Reason
agency-decide-reason-hint = The applicant sees it. Needed for a rejection.
agency-decide-reason-missing = A rejection needs a reason.
agency-decide-reason-long = A reason has at most { $count } characters.
agency-decide-missing = Choose what is to be done.
agency-decide-button = Decide
agency-decision-done = Done. The filing is now: { $status }
agency-decision-conflict = Somebody was quicker: the filing is now “{ $status }”. Nothing of yours was recorded; your reason is kept below where it can still be used.
agency-verdict = Verification
agency-verdict-first = Verdict at receipt
agency-verdict-held = Decided after it was held
agency-verdict-confirmed = Confirmed by a later revocation list
agency-verdict-contested = Contested by a later revocation list
agency-verdict-policy = policy { $policy }
agency-verdict-crl = Revocation list
agency-verdict-checks = { $count ->
    [one] { $count } check
   *[other] All { $count } checks
}
agency-crl-number = No. { $number }
agency-crl-issued = issued { $time }
agency-crl-next = next due { $time }
agency-revocation = Revocation
agency-signer-subject = Signer's certificate
agency-signer-serial = Serial number
agency-signer-algorithm = Algorithm
agency-signer-claimed = Signing time (claimed)
agency-history = History

## Statuses and states
agency-dyn-status-held = Held
agency-dyn-status-received = Received
agency-dyn-status-under-review = Under review
agency-dyn-status-correction-requested = Correction requested
agency-dyn-status-corrected = Corrected
agency-dyn-status-accepted = Accepted
agency-dyn-status-rejected = Rejected
agency-dyn-status-completed = Completed
agency-dyn-status-withdrawn = Withdrawn
agency-dyn-status-refused = Refused
agency-dyn-revocation-none = Not decided yet
agency-dyn-revocation-provisional = Not revoked by the newest list at receipt
agency-dyn-revocation-confirmed = Not revoked, confirmed by a list issued after receipt
agency-dyn-revocation-contested = A later list says that the certificate had ended before receipt

## The export
agency-csv-number = Arrival number
agency-csv-received = Received
agency-csv-procedure = Procedure
agency-csv-title = Title
agency-csv-applicant = Applicant
agency-csv-birth = Date of birth
agency-csv-status = Status
agency-csv-status-at = Status since
agency-csv-revocation = Revocation
agency-questioned-title = A second opinion says otherwise
agency-questioned = An independent check of this filing's signature came to another result at { $time }. The operators of the gateway are looking into it: do not decide before you have asked them.

# Looking at procedures before they are published.
agency-procedures-title = Procedures
agency-procedures-lead = The procedures that your agency takes. Drafts too can be gone through as residents will see them.
agency-procedures-caption = Procedures and their versions
agency-procedures-name = Procedure
agency-procedures-version = Version
agency-procedures-state = State
agency-procedures-dates = Taken
agency-procedure-draft = Draft
agency-procedure-taken = Taken now
agency-procedure-later = Taken later
agency-procedure-over = Not taken now
agency-preview-draft = This is a draft.
agency-preview-draft-text = Residents do not see it, and it cannot be filed.
agency-preview-version = version { $version }
agency-preview-start = Go through its pages
agency-preview-pages = Questions
agency-preview-schema = JSON Schema of the answers
agency-preview-title = Preview
agency-preview-text = Nothing that you type is kept or filed.
agency-preview-leave = Leave the preview
agency-preview-end-title = End of the preview
agency-preview-answers = The answers that would be signed
agency-preview-again = Begin again
agency-preview-faults = What is missing yet
agency-signer = Who signed (who files)
agency-corrected-by = Corrected by
agency-superseded-title = This filing was corrected
agency-superseded-text = Decide on the corrected filing; this one stays on record.
agency-superseded-link = Go to the corrected filing { $number }
