# Residents' pages.

## Home
home-title = Apply to your town hall, signed with your card
home-lead = Sign your application with the signature certificate on your My Number Card and submit it at any hour. It reaches the office it is meant for exactly as you signed it.
home-start = Start an application
home-how-title = How it works
home-how-1 = Choose a procedure, fill in the form and add the files it needs.
home-how-2 = Check exactly what you are about to sign, word for word.
home-how-3 = Sign with your card. You type the PIN into the signing app on your own computer; it is never sent to this site.
home-how-4 = Keep the receipt with your arrival number. With the number and your access key you can see how far your application has come.
home-also-title = Other things you can do here
home-status-text = See how far your application has come, with its arrival number and access key.
home-verify-text = Anyone with a document and its signature can check them here. Nothing is stored.
home-help-text = What you need, what to do without a card reader, and common questions.

## Help and privacy
help-title = How to use this service
help-need-title = What you need
help-need-1 = Your My Number Card with a signature certificate on it, and its PIN of 6 to 16 letters and digits
help-need-2 = A computer with a card reader, and the signing app “madoguchi-card”
help-need-3 = The files to attach: up to 20, of up to 10 MiB each
help-file-title = If the browser cannot sign directly
help-file-text = On the signing page, download the signing request (.mgreq), sign it with the command below and upload the signature file that it makes. No JavaScript is needed.
help-openssl-text = Other signing programs work too. Make a detached CAdES signature over the exact bytes of application.json, for example:
help-pin-title = About your PIN
help-pin-text = Type your PIN only into the signing app's own window. This site never asks for it. After five wrong tries in a row it is locked, and your municipality must reset it.
help-moved-title = If you moved or changed your name
help-moved-text = A signature certificate ends by itself when your address or name changes. Your municipality will issue a new one.
help-receipt-title = Receipt and access key
help-receipt-text = When you submit, you get a receipt with an arrival number, and an access key. The key is shown once. You can also save the receipt as signed data that anyone can check.
privacy-title = How we handle personal data
privacy-draft-title = While you fill in an application
privacy-draft-text = What you type and attach is kept for up to 24 hours, tied to this browser. It is deleted when you submit it, discard it, or the time is over. Nobody else, and no other browser, can see it.
privacy-filed-title = After you submit
privacy-filed-text = The application, its signature, the attachments and the verdict are recorded, to be delivered to the office that it is meant for.
privacy-never-title = What we never collect
privacy-never-text = We do not receive your PIN or your My Number. Names and the contents of certificates never appear in access logs, statistics or page addresses.
privacy-cookies-title = Cookies
privacy-cookies-text = We use one cookie that ties your application to this browser and one that remembers your language. None is for tracking or advertising.
