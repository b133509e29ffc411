//! `madoguchi account`: who may sign in, and the API tokens of agencies and operators. A password is asked for on the terminal, read
//! from standard input or generated; it never stands in the arguments, where every process could read it.

use std::future::Future;
use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{ArgGroup, Subcommand};
use zeroize::Zeroizing;

use super::exit;
use super::failure::Failure;
use crate::clock::{Clock, SystemClock};
use crate::gateway::open::store_options;
use crate::ids::AgencyCode;
use crate::settings::Settings;
use crate::store::accounts::{Account, AccountError, Role, parse_login};
use crate::store::agency_tokens::{AgencyToken, OperatorToken};
use crate::store::audit::AuditEntry;
use crate::store::password::NewPassword;
use crate::store::{Store, StoreError, StoreOptions};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The gateway's settings
    #[arg(long, global = true, default_value = "madoguchi.toml")]
    config: PathBuf,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make an account
    #[command(group = ArgGroup::new("role").required(true))]
    Add {
        /// The name to sign in by
        login: String,
        /// For an agency, by its municipality code
        #[arg(long, group = "role", value_name = "CODE")]
        agency: Option<AgencyCode>,
        /// For a PKI operator
        #[arg(long, group = "role")]
        operator: bool,
        /// For a clerk who keeps the resident registry of a municipality, by its code
        #[arg(long, group = "role", value_name = "CODE")]
        clerk: Option<AgencyCode>,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// List the accounts
    List,
    /// Set an account's password, which ends its sessions
    Passwd {
        /// The account
        login: String,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Lock an account, which ends its sessions
    Lock {
        /// The account
        login: String,
    },
    /// Unlock an account, and forget its failed sign-ins
    Unlock {
        /// The account
        login: String,
    },
    /// The API tokens of agencies and operators
    #[command(subcommand)]
    Token(TokenAction),
}

#[derive(Debug, Subcommand)]
enum TokenAction {
    /// Make a token; it is shown once
    Add {
        /// For an agency, by its municipality code
        #[arg(long, value_name = "CODE", required_unless_present = "operator")]
        agency: Option<AgencyCode>,
        /// For programs of the PKI operators, which upload revocation lists
        #[arg(long, conflicts_with = "agency")]
        operator: bool,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List the tokens (not the secrets, which are not kept)
    List,
    /// Take a token back
    Revoke {
        /// The token's identifier, as listed
        id: String,
    },
}

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct PasswordFrom {
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    /// Make one, show it once, and ask for another at the first sign-in
    #[arg(long)]
    generate: bool,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(exit::SOFTWARE, error.to_string())
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        let status = match error {
            AccountError::Store(_) => exit::SOFTWARE,
            AccountError::Login | AccountError::Password(_) => exit::USAGE,
            AccountError::Taken | AccountError::Unknown => exit::FAILED,
        };
        Self(status, error.to_string())
    }
}

/// Runs the command.
pub fn run(args: Args) -> ExitCode {
    match open(&args.config).and_then(|store| act(&store, args.action)) {
        Ok(()) => ExitCode::from(exit::OK),
        Err(Failure(status, sentence)) => {
            eprintln!("madoguchi account: {sentence}");
            ExitCode::from(status)
        }
    }
}

fn open(config: &Path) -> Result<Store, Failure> {
    let settings = Settings::load(config)?;
    let options = StoreOptions { connections: 2, ..store_options(&settings)? };
    Ok(Store::open(&options)?)
}

fn wait<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    Ok(runtime.map_err(|error| Failure(exit::SOFTWARE, error.to_string()))?.block_on(work))
}

fn act(store: &Store, action: Action) -> Result<(), Failure> {
    let now = SystemClock.now();
    match action {
        Action::Add { login, agency, operator: _, clerk, password } => {
            let role = clerk.map(Role::Clerk).or(agency.map(Role::Agency)).unwrap_or(Role::Operator);
            let chosen = password.get(&login)?;
            let account = wait(store.account_add(&login, role, chosen, password.generate, now))??;
            note(store, "add_account", &account.login)?;
            eprintln!("The account {} ({}) is made.", account.login, role_words(&account));
        }
        Action::List => wait(store.account_list())??.iter().for_each(print_account),
        Action::Passwd { login, password } => {
            let chosen = password.get(&login)?;
            wait(store.account_set_password(&login, chosen, password.generate, None, now))??;
            note(store, "set_password", &login)?;
            eprintln!("The password of {login} is set, and its sessions have ended.");
        }
        Action::Lock { login } => {
            wait(store.account_set_locked(&login, true))??;
            note(store, "lock_account", &login)?;
            eprintln!("{login} is locked.");
        }
        Action::Unlock { login } => {
            wait(store.account_set_locked(&login, false))??;
            note(store, "unlock_account", &login)?;
            eprintln!("{login} is unlocked.");
        }
        Action::Token(action) => return act_on_token(store, action),
    }
    Ok(())
}

fn act_on_token(store: &Store, action: TokenAction) -> Result<(), Failure> {
    let now = SystemClock.now();
    match action {
        TokenAction::Add { agency: Some(agency), label, .. } => {
            let issued = wait(store.agency_token_add(agency, &label, now))??;
            show_token(store, &issued.token.id, &format!("agency {agency}"), &issued.secret)?;
        }
        TokenAction::Add { agency: None, label, .. } => {
            let issued = wait(store.operator_token_add(&label, now))??;
            show_token(store, &issued.token.id, "operators", &issued.secret)?;
        }
        TokenAction::List => {
            wait(store.agency_token_list())??.iter().for_each(print_token);
            wait(store.operator_token_list())??.iter().for_each(print_operator_token);
        }
        TokenAction::Revoke { id } => {
            if !wait(store.agency_token_revoke(&id, now))?? {
                return Err(Failure(exit::FAILED, "there is no such token, or it is not taken any more".to_owned()));
            }
            note(store, "revoke_token", &id)?;
            eprintln!("The token is not taken any more.");
        }
    }
    Ok(())
}

fn show_token(store: &Store, id: &str, whose: &str, secret: &str) -> Result<(), Failure> {
    note(store, "add_token", id)?;
    eprintln!("Token {id} for {whose}. It is shown this once:");
    println!("{secret}");
    Ok(())
}

/// Who has the command line is not known to the gateway: the line says that it was used.
fn note(store: &Store, action: &'static str, subject: &str) -> Result<(), Failure> {
    let entry = AuditEntry {
        at: SystemClock.now(),
        actor: "command line".to_owned(),
        action,
        subject: subject.to_owned(),
        outcome: "done".to_owned(),
        request_id: None,
    };
    Ok(wait(store.audit_append(entry))??)
}

impl PasswordFrom {
    fn get(&self, login: &str) -> Result<NewPassword, Failure> {
        let login = parse_login(login)?;
        if self.generate {
            let made = NewPassword::generated()?;
            eprintln!("The password is shown this once; it is changed at the first sign-in:");
            println!("{}", made.reveal());
            return Ok(made);
        }
        let text = if self.password_stdin { from_stdin()? } else { from_terminal()? };
        Ok(NewPassword::chosen(&text, &login).map_err(AccountError::from)?)
    }
}

fn from_stdin() -> Result<Zeroizing<String>, Failure> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(|error| Failure(exit::NO_INPUT, error.to_string()))?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn from_terminal() -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        let sentence = "there is no terminal to ask for a password: use --password-stdin or --generate";
        return Err(Failure(exit::USAGE, sentence.to_owned()));
    }
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .map_err(|error| Failure(exit::NO_INPUT, error.to_string()))
    };
    let (first, second) = (ask("Password: ")?, ask("Once more: ")?);
    if *first != *second {
        return Err(Failure(exit::USAGE, "the two passwords are not the same".to_owned()));
    }
    Ok(first)
}

fn role_words(account: &Account) -> String {
    match account.role {
        Role::Agency(agency) => format!("agency {agency}"),
        Role::Operator => "operator".to_owned(),
        Role::Clerk(municipality) => format!("clerk {municipality}"),
    }
}

fn print_account(account: &Account) {
    let state = match (account.locked, account.must_change) {
        (true, _) => "locked",
        (false, true) => "password to be changed",
        (false, false) => "active",
    };
    println!(
        "{}\t{}\t{state}\t{}",
        account.login,
        role_words(account),
        account.created_at.format("%Y-%m-%dT%H:%M:%SZ")
    );
}

fn print_token(token: &AgencyToken) {
    print_token_line(
        &token.id,
        &format!("agency {}", token.agency),
        (token.created_at, token.revoked_at),
        &token.label,
    );
}

fn print_operator_token(token: &OperatorToken) {
    print_token_line(&token.id, "operator", (token.created_at, token.revoked_at), &token.label);
}

fn print_token_line(id: &str, whose: &str, (made, revoked): (DateTime<Utc>, Option<DateTime<Utc>>), label: &str) {
    let state = revoked.map_or_else(|| "active".to_owned(), |at| format!("revoked {}", at.format("%Y-%m-%d")));
    println!("{id}\t{whose}\t{state}\t{}\t{label}", made.format("%Y-%m-%dT%H:%M:%SZ"));
}
