//! `request-certificate` and `install-certificate`: for the municipality's counter, where a key is made in the resident's token.
use std::path::PathBuf;

use base64::Engine as _;

use super::print;
use crate::card_client::ClientError;
use crate::card_client::folder::{DataFolder, read_bounded, write_new};
use crate::card_client::pin::Pin;
use crate::card_client::texts::Language;
use crate::card_client::token::pkcs11::Pkcs11Source;

/// The largest certificate that is read, in octets.
const MAX_CERTIFICATE: u64 = 16 << 10;

/// Where the token is.
#[derive(Debug, Clone, clap::Args)]
pub struct TokenArgs {
    /// The token's PKCS#11 module (/usr/lib/softhsm/libsofthsm2.so)
    #[arg(long, value_name = "MODULE")]
    pkcs11: PathBuf,
    /// Which token, where several are there: a part of its label or reader
    #[arg(long, value_name = "NAME")]
    card: Option<String>,
    /// Read the PIN from the first line of standard input
    #[arg(long)]
    pin_stdin: bool,
}

/// Arguments of `request-certificate`.
#[derive(Debug, clap::Args)]
pub struct RequestArgs {
    #[command(flatten)]
    token: TokenArgs,
    /// Where the request goes (PKCS#10, PEM); by default to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Arguments of `install-certificate`.
#[derive(Debug, clap::Args)]
pub struct InstallArgs {
    #[command(flatten)]
    token: TokenArgs,
    /// The certificate (PEM or DER)
    #[arg(value_name = "CERTIFICATE")]
    certificate: PathBuf,
}

impl TokenArgs {
    fn pin(&self) -> Result<Pin, ClientError> {
        match self.pin_stdin {
            true => Pin::from_stdin(),
            false => Pin::ask(Language::of_environment().texts().pin_prompt),
        }
    }
}

/// Makes a key in the token and writes the request that it signed.
pub fn request(args: &RequestArgs, folder: &DataFolder) -> Result<(), ClientError> {
    let source = Pkcs11Source::new(&args.token.pkcs11, folder);
    let der = source.personalise(args.token.card.as_deref(), &args.token.pin()?)?.request()?;
    let pem = pem(&der);
    match &args.out {
        Some(path) => write_new(path, pem.as_bytes(), 0o644),
        None => print(&pem),
    }
}

/// Writes a certificate into the token that has its key.
pub fn install(args: &InstallArgs, folder: &DataFolder) -> Result<(), ClientError> {
    let bytes = read_bounded(&args.certificate, MAX_CERTIFICATE)?;
    let der = match openssl::x509::X509::from_pem(&bytes).and_then(|certificate| certificate.to_der()) {
        Ok(der) => der,
        Err(_) => bytes,
    };
    let source = Pkcs11Source::new(&args.token.pkcs11, folder);
    source.personalise(args.token.card.as_deref(), &args.token.pin()?)?.install(&der)?;
    Ok(())
}

fn pem(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).filter_map(|at| text.get(at..text.len().min(at + 64))).collect();
    format!("-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n", lines.join("\n"))
}
