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
