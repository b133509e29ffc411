//! Reading declarations and checking that what they refer to is there.
use std::collections::{BTreeMap, BTreeSet};

use super::AuthorityError;
use super::declaration::{CaDeclaration, CardDeclaration, CrlDeclaration, Declaration, Municipality, Profile};

/// Reads one declaration; `origin` names it in errors.
///
/// # Errors
/// With the unknown key or wrong value, its line, and what is allowed.
pub fn parse(origin: &str, text: &str) -> Result<Declaration, AuthorityError> {
    toml::from_str(text).map_err(|error| AuthorityError::Declaration(format!("{origin}: {error}")))
}

/// Every declaration of an authority, by id.
#[derive(Debug, Clone, Default)]
pub struct Declarations {
    /// CAs, an issuer before what it issued.
    pub cas: Vec<CaDeclaration>,
    /// Profiles.
    pub profiles: BTreeMap<String, Profile>,
    /// Municipalities by code.
    pub municipalities: BTreeMap<String, Municipality>,
    /// Cards.
    pub cards: Vec<CardDeclaration>,
    /// Lists, each with the municipalities of its family that it has a shard for.
    pub crls: Vec<(CrlDeclaration, Vec<String>)>,
}

impl Declarations {
    /// Puts families together.
    ///
    /// # Errors
    /// When an id is taken twice or unfit for a file name, or something referred to is not there.
    pub fn gather(families: Vec<Declaration>) -> Result<Self, AuthorityError> {
        let mut all = Self::default();
        let mut ids = BTreeSet::new();
        for family in families {
            let codes: Vec<String> = family.municipality.iter().map(|place| place.code.clone()).collect();
            all.municipalities.extend(family.municipality.into_iter().map(|place| (place.code.clone(), place)));
            for (name, profile) in family.profile {
                if all.profiles.insert(name.clone(), profile).is_some() {
                    return Err(wrong(format!("profile `{name}` is declared twice")));
                }
            }
            for ca in family.ca {
                take_id(&mut ids, &ca.id)?;
                all.check_issuer(&ca.id, ca.issuer.as_deref())?;
                all.cas.push(ca);
            }
            for card in family.card {
                take_id(&mut ids, &card.id)?;
                all.check_card(&card)?;
                all.cards.push(card);
            }
            for crl in family.crl {
                all.check_crl(&crl)?;
                all.crls.push((crl, codes.clone()));
            }
        }
        Ok(all)
    }

    /// A CA.
    pub fn ca(&self, id: &str) -> Option<&CaDeclaration> {
        self.cas.iter().find(|ca| ca.id == id)
    }

    /// A card.
    pub fn card(&self, id: &str) -> Option<&CardDeclaration> {
        self.cards.iter().find(|card| card.id == id)
    }

    /// Checks a card against what is declared.
    ///
    /// # Errors
    /// When its profile, issuer or municipality is not there, or its PIN unfit.
    pub fn check_card(&self, card: &CardDeclaration) -> Result<(), AuthorityError> {
        let id = &card.id;
        check_id(id)?;
        self.check_issuer(id, Some(&card.issuer))?;
        if !self.profiles.contains_key(&card.profile) {
            let known = list(self.profiles.keys());
            return Err(wrong(format!("card `{id}`: there is no profile `{}`; there are {known}", card.profile)));
        }
        if let Some(code) = card.municipality.as_ref().filter(|code| !self.municipalities.contains_key(*code)) {
            let known = list(self.municipalities.keys());
            return Err(wrong(format!("card `{id}`: there is no municipality `{code}`; there are {known}")));
        }
        if card.pin.is_empty() || card.pin.len() > 64 || card.pin.chars().any(char::is_control) {
            return Err(wrong(format!("card `{id}`: the PIN must have 1 to 64 characters and no control characters")));
        }
        Ok(())
    }

    fn check_issuer(&self, id: &str, issuer: Option<&str>) -> Result<(), AuthorityError> {
        match issuer {
            Some(issuer) if self.ca(issuer).is_none() => {
                let known = list(self.cas.iter().map(|ca| &ca.id));
                Err(wrong(format!("`{id}`: its issuer `{issuer}` is not declared before it; there are {known}")))
            }
            _ => Ok(()),
        }
    }

    fn check_crl(&self, crl: &CrlDeclaration) -> Result<(), AuthorityError> {
        check_id(&crl.id)?;
        self.check_issuer(&crl.id, Some(&crl.issuer))?;
        if self.crls.iter().any(|(known, _)| known.id == crl.id) {
            return Err(wrong(format!("CRL `{}` is declared twice", crl.id)));
        }
        let Some(name) = &crl.covers else {
            return match crl.each_municipality {
                true => Err(wrong(format!("CRL `{}`: each_municipality needs `covers`", crl.id))),
                false => Ok(()),
            };
        };
        match self.profiles.get(name) {
            Some(profile) if profile.distribution_point.is_some() => Ok(()),
            Some(_) => Err(wrong(format!("CRL `{}`: profile `{name}` has no distribution_point to cover", crl.id))),
            None => {
                let known = list(self.profiles.keys());
                Err(wrong(format!("CRL `{}`: there is no profile `{name}`; there are {known}", crl.id)))
            }
        }
    }
}

fn take_id(ids: &mut BTreeSet<String>, id: &str) -> Result<(), AuthorityError> {
    check_id(id)?;
    match ids.insert(id.to_owned()) {
        true => Ok(()),
        false => Err(wrong(format!("the id `{id}` is taken twice"))),
    }
}

/// Ids become file names.
fn check_id(id: &str) -> Result<(), AuthorityError> {
    let fits = !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    match fits {
        true => Ok(()),
        false => Err(wrong(format!("the id `{id}` must be 1 to 64 of a-z, 0-9 and -"))),
    }
}

fn wrong(what: String) -> AuthorityError {
    AuthorityError::Declaration(what)
}

fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
