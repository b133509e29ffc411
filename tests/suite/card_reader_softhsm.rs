//! Any PKCS#11 module: SoftHSM2 with RSA and elliptic keys.
use crate::support::client::Client;
use crate::support::softhsm::{PIN, Token, module};

#[test]
fn keys_of_each_kind_sign_what_is_accepted() {
    for (card, policy) in
        [("sign-yamada", "jpki"), ("rsa3072-bob", "generic"), ("p256-carol", "generic"), ("p384-dave", "generic")]
    {
        let token = Token::with(card);
        let client = Client::new().with("SOFTHSM2_CONF", token.config());
        let request = client.request("a.mgreq");
        client.sign(&request, &["--pkcs11", module()], PIN).worked().told("demo");
        client.accepted(&request, policy);
    }
}

#[test]
fn a_wrong_pin_and_a_key_for_signing_in_are_refused() {
    let token = Token::with("sign-yamada");
    let client = Client::new().with("SOFTHSM2_CONF", token.config());
    let request = client.request("a.mgreq");
    client.sign(&request, &["--pkcs11", module()], "wrong").refused("pin-wrong").told("fewer than all");
    client.not_signed(&request);
    // The authentication certificate must not sign applications, nor the signature certificate sign in.
    let arguments = ["read-certificate", "--purpose", "authentication", "--pin-stdin", "--pkcs11", module()];
    client.run(&arguments, &format!("{PIN}\n")).refused("no-certificate");
    let token = Token::with("auth-yamada");
    let client = Client::new().with("SOFTHSM2_CONF", token.config());
    client.sign(&client.request("a.mgreq"), &["--pkcs11", module()], PIN).refused("no-certificate");
}
