//! The sign-ins of the demo's agency and operator: made once with passwords of their own, kept beside the database.
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::authority::folder::{Readers, read, write_atomically};
use crate::gateway::open::store_options;
use crate::ids::AgencyCode;
use crate::settings::Settings;
use crate::store::Store;
use crate::store::accounts::{AccountError, Role};
use crate::store::password::NewPassword;

/// The municipality whose agency can be tried.
pub const AGENCY: &str = "131016";
/// The name that its account signs in with.
pub const AGENCY_LOGIN: &str = "chiyoda";

/// Somebody who can sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignIn {
    /// `Agency` or `Operator`.
    pub role: String,
    /// Where.
    pub page: String,
    /// The name.
    pub login: String,
    /// The password.
    pub password: String,
}

/// Makes sure that both accounts are there; gives them with their passwords.
pub fn ready(data: &Path, config: &Path, now: DateTime<Utc>) -> Result<Vec<SignIn>, String> {
    let path = data.join("sign-ins.json");
    let sign_ins: Vec<SignIn> = if path.exists() {
        let content = read(&path).map_err(|error| error.to_string())?;
        serde_json::from_slice(&content).map_err(|error| format!("{}: {error}", path.display()))?
    } else {
        let made =
            vec![new("Agency", "/agency/sign-in", AGENCY_LOGIN)?, new("Operator", "/operator/sign-in", "operator")?];
        let content = serde_json::to_vec_pretty(&made).map_err(|error| error.to_string())?;
        // On disk before the accounts are made: a password that is nowhere written would lock the demo out.
        write_atomically(&path, &content, Readers::Owner).map_err(|error| error.to_string())?;
        made
    };
    let settings = Settings::load(config).map_err(|error| error.to_string())?;
    let store = Store::open(&store_options(&settings).map_err(|error| error.to_string())?)
        .map_err(|error| error.to_string())?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    eprintln!("Opening the record and the agency's and the operator's accounts ...");
    for sign_in in &sign_ins {
        runtime.block_on(add(&store, sign_in, now))?;
    }
    Ok(sign_ins)
}

fn new(role: &str, page: &str, login: &str) -> Result<SignIn, String> {
    let password = NewPassword::generated().map_err(|error| error.to_string())?;
    Ok(SignIn {
        role: role.to_owned(),
        page: page.to_owned(),
        login: login.to_owned(),
        password: password.reveal().to_owned(),
    })
}

/// An account that is there already keeps the password that its owner may have given it.
async fn add(store: &Store, sign_in: &SignIn, now: DateTime<Utc>) -> Result<(), String> {
    let agency: AgencyCode = AGENCY.parse().map_err(|_| "the demo's agency code is not one".to_owned())?;
    let role = if sign_in.role == "Agency" { Role::Agency(agency) } else { Role::Operator };
    let password = NewPassword::chosen(&sign_in.password, &sign_in.login).map_err(|error| error.to_string())?;
    match store.account_add(&sign_in.login, role, password, false, now).await {
        Ok(_) | Err(AccountError::Taken) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}
