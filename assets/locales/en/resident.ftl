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
