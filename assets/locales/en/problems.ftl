# Explanations of every refusal, /problems/{code}: title, what happened, what to do.

problems-title = Error messages explained
problems-lead = The reasons that may be given when an application or a signature is not accepted.
problem-heading-what = What happened
problem-heading-kept = What is kept
problem-heading-do = What to do
problem-heading-checks = Checks that did not pass
problem-code = Code
problem-status = HTTP status
problem-request = Request number
problem-detail = Details
problem-home = Go to the home page
problem-kept-nothing = Nothing was filed and nothing was recorded. An application that you are still filling in stays as it is until it expires.
problem-kept-unknown = What you sent may or may not have been recorded. If it was, sending the same again gives the same receipt. An application that you are still filling in stays as it is until it expires.
problem-kept-first = The filing that was recorded first stays as it is.
problem-kept-unchanged = Filings that were submitted are not changed.

problem-title-bad-multipart = The upload could not be read
problem-what-bad-multipart = What was sent is not readable as multipart/form-data. It may have been cut off on the way.
problem-do-bad-multipart = Reload the page and send it again. If a program sent it, check the names of the parts and the boundary.

problem-title-part-missing = A part of the upload is missing
problem-what-part-missing = One of the parts that must be sent, such as the application or the signature, was not there.
problem-do-part-missing = Look at which part is named in the message, and send all parts together.

problem-title-part-twice = A part was sent twice
problem-what-part-twice = A part that may be there once was there twice. We do not guess which of the two was meant.
problem-do-part-twice = Send each part once.

problem-title-bad-request = The request could not be read
problem-what-bad-request = What was sent is not in a form that we can read.
problem-do-bad-request = Reload the page and try again.

problem-title-unauthorized = Sign in, or give the access key
problem-what-unauthorized = This can be seen only by someone who signed in or holds the access key. You also see this when the key does not fit.
problem-do-unauthorized = Check the access key and enter it again. It was shown once, when the application was submitted.

problem-title-forbidden = You are not allowed to do this
problem-what-forbidden = Your account may not see or do this, or the form was not sent from a page of this site.
problem-do-forbidden = Go back, reload the page and try again. If your account lacks a right that you need, ask your administrator.

problem-title-not-found = Page not found
problem-what-not-found = There is nothing at this address. It may be mistyped, or what was here was deleted when its time was over.
problem-do-not-found = Check the address, or start from the home page.

problem-title-method-not-allowed = That is not possible at this address
problem-what-method-not-allowed = This address does not take that kind of request.
problem-do-method-not-allowed = Use the links and buttons of the pages.

problem-title-application-id-taken = Another document was filed under this identifier
problem-what-application-id-taken = A different document is already recorded under this application_id.
problem-do-application-id-taken = The filing that is recorded is not changed. Make a new application and sign that.

problem-title-status-conflict = This is not possible in the application's present state
problem-what-status-conflict = The application has moved on, and this cannot be done any more.
problem-do-status-conflict = Look at its status, and ask the office it was sent to if you need to.

problem-title-request-timeout = Sending took too long
problem-what-request-timeout = The time limit passed before everything had arrived.
problem-do-request-timeout = Check your connection and send it again.

problem-title-too-large = What was sent is too large
problem-what-too-large = A file, or everything together, is larger than allowed.
problem-do-too-large = Make the files smaller. One attachment may have up to 10 MB.

problem-title-unsupported-media-type = This kind of data is not taken
problem-what-unsupported-media-type = Data of this kind is not taken at this address.
problem-do-unsupported-media-type = Send it in the form that the documentation names.

problem-title-document-not-json = The application cannot be read
problem-what-document-not-json = The application is not a JSON document of the form that is asked for.
problem-do-document-not-json = Sign and submit the application as it was made, without editing it.

problem-title-document-duplicate-name = The application names a field twice
problem-what-document-duplicate-name = The same name stands twice in the application. Two readers could understand it differently, so it is refused.
problem-do-document-duplicate-name = Make the application again.

problem-title-document-unknown-field = The application has a field that is not known
problem-what-document-unknown-field = The application holds a field that the form does not have.
problem-do-document-unknown-field = Make the application again.

problem-title-document-format = The application is of another format
problem-what-document-format = The application is not of the format madoguchi/application/1.
problem-do-document-format = Make the application on this site.

problem-title-wrong-gateway = The application is meant for another site
problem-what-wrong-gateway = This application was made to be submitted on another site.
problem-do-wrong-gateway = Submit it there, or make a new one here.

problem-title-document-expired = The time to submit this application has passed
problem-what-document-expired = An application must be submitted within a certain time after it was made. That time is over.
problem-do-document-expired = Check what you entered and sign a new application.

problem-title-document-life-too-long = The application may be filed for too long
problem-what-document-life-too-long = The time from creation to expiry is longer than this site allows.
problem-do-document-life-too-long = Make it again with at most 24 hours between the two.

problem-title-document-not-yet-valid = The application claims to be made in the future
problem-what-document-not-yet-valid = The time of creation in the application has not come yet.
problem-do-document-not-yet-valid = Check your computer's clock and make the application again.

problem-title-unknown-procedure = This procedure is not offered here
problem-what-unknown-procedure = The procedure that is named is not in the list of this site.
problem-do-unknown-procedure = Choose one from the list of procedures.

problem-title-form-version = The form has changed
problem-what-form-version = The form of this procedure was renewed after the application was made.
problem-do-form-version = Make the application again with the new form.

problem-title-unknown-recipient = This office does not take this procedure
problem-what-unknown-recipient = The office that the application names does not handle this procedure.
problem-do-unknown-recipient = Check which municipality it should go to.

problem-title-answers-invalid = Some answers do not fit the form
problem-what-answers-invalid = Something required is empty, or is too long or of another kind than the form asks for.
problem-do-answers-invalid = Correct the answers that are named.

problem-title-applicant-not-signer = The applicant is not the person who signed
problem-what-applicant-not-signer = Name, date of birth, sex or address in the application differ from those in the certificate that signed. A different kind of character is enough.
problem-do-applicant-not-signer = Fill in the applicant from the certificate with “Read certificate”, or type it exactly as it stands there. After moving or changing your name you may need a new certificate.

problem-title-holder-deceased = By the resident registry the certificate’s holder has died
problem-what-holder-deceased = The resident registry says that the holder of this certificate has died. Nothing can be filed with it any more.
problem-do-holder-deceased = If you act for the family, ask at the counter of the municipality. If the entry is wrong, ask the municipality where you are registered.

problem-title-attachment-missing = An attachment is missing
problem-what-attachment-missing = A file that the application lists was not sent with it.
problem-do-attachment-missing = Send every file that the application lists.

problem-title-attachments-wanted = Attachments are missing
problem-what-attachments-wanted = With these answers the procedure asks for more attachments than the application lists.
problem-do-attachments-wanted = Go back to the attachments, add the documents that are named there, and sign again.

problem-title-attachment-not-listed = An attachment is not listed in the application
problem-what-attachment-not-listed = A file was sent that the application does not list. What was not signed is not taken.
problem-do-attachment-not-listed = Leave it out, or add it to the application and sign again.

problem-title-attachment-mismatch = An attachment is not the file that was signed
problem-what-attachment-mismatch = The file sent differs from the one that the application lists.
problem-do-attachment-mismatch = Send the very file that was listed. If you changed it, make the application again and sign that.

problem-title-attachment-too-large = An attachment is too large
problem-what-attachment-too-large = One of the attached files is larger than allowed.
problem-do-attachment-too-large = Keep each file within 10 MB.

problem-title-attachment-refused = An attachment was refused by the malware check
problem-what-attachment-refused = The check found that the file may hold a harmful program.
problem-do-attachment-refused = Make the file again, or check it on a computer that you trust.

problem-title-attachment-twice = Two attachments have the same name
problem-what-attachment-twice = Two of the files have the same name and cannot be told apart.
problem-do-attachment-twice = Rename one of them.

problem-title-too-many-attachments = There are too many attachments
problem-what-too-many-attachments = There are more files than may be attached.
problem-do-too-many-attachments = Keep to 20 files.

problem-title-withdrawal-format = The withdrawal cannot be read
problem-what-withdrawal-format = The withdrawal is not of the format madoguchi/withdrawal/1.
problem-do-withdrawal-format = Make the withdrawal again.

problem-title-withdrawal-mismatch = The withdrawal is meant for another filing
problem-what-withdrawal-mismatch = The arrival number or document named in the withdrawal is not that of this filing.
problem-do-withdrawal-mismatch = Check the arrival number and make the withdrawal again.

problem-title-not-the-applicant = This was not signed by the person who filed
problem-what-not-the-applicant = A correction or withdrawal must be signed by the person who signed the filing.
problem-do-not-the-applicant = Sign with the same person's card.

problem-title-correction-beyond-marked = The correction changes more than what was marked
problem-what-correction-beyond-marked = The agency asked for a correction of the marked fields alone, and others were changed too.
problem-do-correction-beyond-marked = Correct the marked fields and leave the others as they were filed.
problem-title-corrects-unknown = The filing to be corrected is not known
problem-what-corrects-unknown = The filing that the correction names is not recorded here.
problem-do-corrects-unknown = Check the arrival number.

problem-title-signature-refused = The signature was not accepted
problem-what-signature-refused = Some checks of the signature did not pass. Most often the certificate has ended because its holder moved or changed their name, another certificate than the one for signing was used, or the document changed after it was signed.
problem-do-signature-refused = Look at the checks that are named. If your certificate has ended, your municipality will issue a new signature certificate.

problem-title-several-signers = A filing is signed by one person
problem-what-several-signers = The signature file holds the signatures of more than one person.
problem-do-several-signers = Let only the applicant sign.

problem-title-too-many-drafts = You have begun too many applications
problem-what-too-many-drafts = In this browser there are as many applications that are begun and not submitted as may be kept.
problem-do-too-many-drafts = Submit or discard one of them, which the page of its procedure lists, and begin again.

problem-title-too-many-requests = Too many requests
problem-what-too-many-requests = Too many requests came from your network within a short time.
problem-do-too-many-requests = Wait about a minute and try again.

problem-title-revocation-undecided = Whether your certificate is valid cannot be checked now
problem-what-revocation-undecided = The list that tells which certificates have ended has not reached this site yet. Nothing is wrong with your signature.
problem-do-revocation-undecided = Wait a while and submit the same signature again.

problem-title-storage-unavailable = The record cannot be written just now
problem-what-storage-unavailable = The record could not be reached. If you were filing an application, it may or may not be recorded; the receipt tells.
problem-do-storage-unavailable = Wait a few minutes and send the same application again. If it was recorded you get the same receipt; it is filed only once, however often you send it.

problem-title-scanner-unavailable = The malware check does not answer
problem-what-scanner-unavailable = Attachments are handed out only after they were checked, and the check does not answer now. The filing itself is recorded and unchanged.
problem-do-scanner-unavailable = Wait a few minutes and ask for the file again. If it goes on, tell whoever runs this site.

problem-title-overloaded = Too much is being uploaded just now
problem-what-overloaded = This site receives as many files as it has room for, so yours was not taken.
problem-do-overloaded = Wait a minute and send it again.

problem-title-drafts-full = No further applications can be kept just now
problem-what-drafts-full = The room for applications that are being filled in is used up.
problem-do-drafts-full = Wait a while and try again.

problem-title-internal = Something went wrong on our side
problem-what-internal = This site met a fault. It was not caused by what you did.
problem-do-internal = Wait a while and try again. If it happens again, tell us the request number shown on the page.

problem-title-list-refused = The revocation list was refused
problem-what-list-refused = It does not pass the checks that every list passes: signature, issuer, scope, dates, numbers, entries.
problem-do-list-refused = See the code and the sentence that came with the answer; get the present list from the CA and send it again.

problem-title-sign-in-token = The sign-in token cannot be read
problem-what-sign-in-token = What the card client sent is not a token of the form that is asked for.
problem-do-sign-in-token = Try again. If it happens again, update the card client and the browser extension.

problem-title-sign-in-format = The sign-in token is of a version that is not taken
problem-what-sign-in-format = This site takes tokens of the format web-eid:1 and its minor versions.
problem-do-sign-in-format = Update the card client and the browser extension, and try again.

problem-title-sign-in-challenge = The sign-in took too long, or was begun elsewhere
problem-what-sign-in-challenge = A sign-in is begun and finished in the same browser within five minutes, and each try counts once. There was none open for this browser.
problem-do-sign-in-challenge = Press the sign-in button again. Cookies of this site must be allowed.

problem-title-sign-in-signature = The card's answer does not fit
problem-what-sign-in-signature = What the card signed is not this site's address and the question that this browser was given last. Another window may have begun a sign-in meanwhile.
problem-do-sign-in-signature = Close other sign-in windows, check that the address in the address bar is right, and press the sign-in button again.

problem-title-sign-in-wrong-certificate = This is not the certificate for signing in
problem-what-sign-in-wrong-certificate = A card has two certificates. The one for signing documents was used, or the certificate is not one that this site takes for signing in.
problem-do-sign-in-wrong-certificate = Choose the certificate for user authentication (its PIN has four digits), and try again.

problem-title-sign-in-certificate-ended = The card's certificate for signing in is not valid
problem-what-sign-in-certificate-ended = Its period is over or has not begun, or it was ended because the card was reported lost or was returned.
problem-do-sign-in-certificate-ended = Your municipality's counter renews it. Applications can still be filed without signing in, with the certificate for signatures.

problem-title-sign-in-not-trusted = The card's authority is not known here
problem-what-sign-in-not-trusted = The certificate was not issued by an authority that this site relies on for signing in.
problem-do-sign-in-not-trusted = Use the card that this site asks for. If it is that card, tell whoever runs this site.

problem-title-sign-in-undecided = Whether your certificate is valid cannot be checked now
problem-what-sign-in-undecided = The list that tells which certificates have ended has not reached this site yet, or the certificate is suspended. Nobody is signed in meanwhile.
problem-do-sign-in-undecided = Try again later. Applications can still be filed without signing in.

problem-title-link-another-person = The account belongs to somebody else
problem-what-link-another-person = The account is linked to the signature certificate of a person with another name or date of birth.
problem-do-link-another-person = Do not link it, and keep the access key of that filing. If your name has changed, undo the old link first.

problem-title-link-raced = The certificate was linked elsewhere just now
problem-what-link-raced = Somebody linked the same signature certificate to another account in this very moment.
problem-do-link-raced = Go back to “My filings” and answer again. If somebody else has your card, call the card’s help line and have it suspended.
problem-heading-where = Where to ask
problem-where-general = The counter of the municipality that you file with (Monday to Friday, 8:30 to 17:00; it differs between municipalities). Tell them the request number.
problem-where-online = On this site you can file at any hour.
problem-when = When this reached us
problem-arrival = Deadlines are reckoned by when a filing that is taken arrived, also one that is held. What was not taken does not count.
problem-typed-title = What you typed
problem-typed-text = This was not saved. Copy it, open the page again and enter it there.
problem-draft-away = This draft is not open in this browser. If you made a private link, open it by that; if your card holds it, sign in.
