# Filing for somebody else, deadlines, shared computers, the lost card, one's own data.

lives-for-whom-label = Filed for
lives-for-whom = { $name } ({ $capacity })
lives-signer-title = Who signs (you)
lives-signer-text = You sign with your own card, and these are your own particulars. Those of the person you file for stand among the answers.
lives-applicant-others = If you file for somebody else, such as a child under 15, read your own card here all the same. The next pages ask about the person you file for.
lives-locked-signer = From your card: about you, who sign, and not about the person you file for.
fault-same-as-signer = This is you, who sign. If it is for yourself, choose "Myself"; otherwise enter the other person's name and date of birth.
fault-not-under-age = On the day of filing this person is { $limit } or older and can sign with a card of their own. To file for them, file as a representative with a mandate.
lives-deadline-title = Deadline
lives-deadline-in-time = In time. The last day is { $day }.
lives-deadline-late = Days late: { $days }. The last day was { $day }. It is taken all the same.
lives-deadline-undecided = The last day is { $day }, or the next day on which the office is open. The holidays of that year are not known here yet, so the office decides whether it is in time. It is taken.
lives-deadline-moved = { $day } is a day on which offices are closed, so it moved to the next open day.
lives-office-title = Where to ask
lives-office-telephone = Telephone { $number }
lives-office-hours = Open: { $hours }
shared-title = On a computer that others use too
shared-lead = When you use a computer in a library, an office or the like, always wipe it here when you are done.
shared-finish-title = Finish and wipe
shared-finish-text = Signs you out, closes the application that is open here, and has this browser forget everything of this site: cookies, stored pages, the link to the card. What you filed, and drafts that open in another way, stay.
shared-finish-button = Finish and wipe
shared-only-here-title = Drafts that only this browser opens
shared-only-here-text = After wiping, these cannot be opened any more. To go on later, first make a private link or tie them to your card.
shared-only-here-keep = Keep “{ $title }”
shared-mode-title = Before you begin
shared-mode-on = In use as a shared computer
shared-mode-text = Say that it is shared, and everything is closed by itself after { $count } minutes without use, with a warning two minutes before. The link to the card is not kept in this browser.
shared-mode-on-button = This is a shared computer
shared-mode-off-button = It is mine alone
shared-finished-title = Finished and wiped
shared-finished-text = You are signed out, and this browser has forgotten what this site left in it.
shared-finished-close = Last, close every window of this browser. Files that you downloaded you have to delete yourself.
shared-late-title = Closed because the time was over
shared-late-text = There was no activity for a while, so it was closed. What you typed is kept up to what was last saved.
shared-back-title = To go on
shared-back-card = Sign in with your card: it opens the drafts and applications tied to it.
shared-back-link = A draft with a private link opens by that link.
shared-back-status = What you filed opens with its arrival number and access key.
shared-again = Sign in and go on where you were
ending-title = This will close soon
ending-text = There was no activity for a while. Extend the time to go on. What you typed is kept.
ending-left = # seconds left
ending-extend = Extend and go on
lost-title = If your card is lost
lost-lead = Call at once and have the card suspended. The line is open 24 hours, every day.
lost-call-title = Whom to call
lost-call-main = My Number free dial (free of charge; choose 2)
lost-call-languages = English, Chinese, Korean, Spanish, Portuguese
lost-call-fax = Fax, for people who cannot hear or speak
lost-call-source = The lines are those of the Japan Agency for Local Authority Information Systems (J-LIS).
lost-then = If you lost it outside, tell the police too. Ask your municipality for a new card.
lost-works-title = What still works here without a card
lost-works-status = With the arrival number and the access key: the status, receipt, messages and finished documents of what you filed.
lost-works-drafts = You can go on filling in drafts, in this browser or by their private link.
lost-works-filed = What arrived before the card was suspended stays filed.
lost-not-title = What needs the new card
lost-not-text = Filing, correcting and withdrawing take a signature. With your new card you can correct and withdraw what you filed with the old one. Signing in with it makes a new account.
lost-key-title = If you have no access key either
lost-key-text = Ask at the office that you filed with; bring the arrival number and proof of who you are.
home-lost-text = Whom to call, and what works without it.
home-shared-text = In a library or the like: how to wipe it when you are done.
own-title = What is held about you
own-lead = This is all that is held here about the card you are signed in with.
own-export = Save as a file (JSON)
own-account = Account
own-certificate = Digest of the authentication certificate (SHA-256)
own-serial = Number of the certificate
own-first = First sign-in
own-session = Sign-in (begun, last used)
own-filings = { $count ->
    [one] One application opens with this account. Records of applications cannot be deleted.
   *[other] { $count } applications open with this account. Records of applications cannot be deleted.
}
own-drafts = Drafts that your card holds
own-mail = Mail addresses for notices
own-links = Links to signature certificates
own-none = None.
own-all = Deleting the account
own-delete-drafts = Discard all drafts
own-delete-mail = Delete all mail addresses
own-delete-links = Undo all links
own-delete-account = Delete the account
own-delete-title = Do you really want to delete this?
own-delete-button = Delete
own-delete-back = Cancel
own-ask-drafts = Discards every draft that your card holds. For some days they can be restored from the page of drafts.
own-ask-mail = Deletes every mail address for notices. The notices themselves stay on this site.
own-ask-links = Undoes every link to a signature certificate. The applications stay open by arrival number and access key; that the links were undone stays on record.
own-ask-account = Deletes the account with its links, and ends every sign-in. This cannot be undone. What you filed stays, and opens with its arrival number and access key. Drafts that the card holds open with the same card until their time is over.
own-done-drafts = The drafts were discarded
own-undo-drafts = Undo: to the page of drafts
own-done-mail = The mail addresses were deleted
own-done-links = The links were undone
lives-days = { $count ->
    [one] one day
   *[other] { $count } days
}
lives-hours = { $count ->
    [one] one hour
   *[other] { $count } hours
}
lives-minutes = { $count ->
    [one] one minute
   *[other] { $count } minutes
}
privacy-why-title = Why it is kept
privacy-why-text = To take applications, deliver them, and be able to show later that each signature was valid; nothing more than that needs (Act on the Protection of Personal Information, Article 61; Act on the Promotion of Public Administration Using Information and Communications Technology, Article 6).
privacy-draft-text = What you type and attach is kept for { $life }, tied to this browser; for { $kept } where your card holds it or you made a private link. What you discard, or whose time is over, can be restored for { $restore } and is then deleted. Nobody else can see it.
privacy-filed-keep = This site never deletes a filed application by itself: the rules on public records of the office that got it decide. Of an application that was refused only one line without personal data is kept, for { $refusals }.
privacy-sessions = A sign-in ends after { $idle } without use, and { $most } after it began. An application that was opened with its access key is closed after { $filing } without use.
privacy-mail-title = Mail addresses
privacy-mail-text = An address that you gave for notices is kept until you delete it; one that was not confirmed is deleted after { $unconfirmed }.
privacy-who-title = Who sees it
privacy-who-text = An application is seen by the staff of the office that it was sent to and by you, or whoever has its access key. That staff opened it stays on record. Those who run the system do not see what applications say.
privacy-rights-title = Seeing, saving and deleting your own data
privacy-rights-text = Drafts are discarded on the page of drafts. Everything about an application can be saved on its own page. To have the record of an application disclosed, corrected or no longer used, ask the office that has it (Act on the Protection of Personal Information, Articles 76, 90 and 98).

## Who looked at one's record
accesses-title = Who looked at your record
accesses-lead = These offices looked at your record in the resident registry, and this is why.
accesses-unknown = Your record is not known yet by a filing of this account.
accesses-none = Nobody has looked at it.
accesses-when = When
accesses-who = Who
accesses-why = What for
accesses-basis = Legal basis
accesses-by-agency = Agency: { $name }
accesses-by-clerk = Counter of the municipality: { $name }
accesses-by-municipality = Another municipality: { $name }
accesses-by-office = Procedure of an office
