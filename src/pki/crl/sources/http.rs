//! Lists over HTTP: one URL holds one list, or several in PEM.
use super::super::parse;
use super::super::refusal::{CrlRefusal, code};
use super::remote::{Obtained, SourceError};
use crate::fetch::{Conditions, Fetcher};

/// Gets what `url` holds, where that is another than what `conditions` stand for.
pub(super) fn obtain(fetcher: &Fetcher, url: &str, conditions: &Conditions) -> Result<Obtained, SourceError> {
    let fetched = fetcher.get(url, conditions).map_err(SourceError::Fetch)?;
    if fetched.is_unchanged() {
        return Ok(Obtained { lists: None, conditions: conditions.clone() });
    }
    let objects = match parse::objects(&fetched.body) {
        // One list in DER is hundreds of megabytes at times: it is not copied.
        Ok(objects) if objects.len() == 1 && objects.iter().all(|der| der.len() == fetched.body.len()) => None,
        Ok(objects) => Some(objects.into_iter().map(std::borrow::Cow::into_owned).collect()),
        Err(error) => return Err(SourceError::Refused(CrlRefusal::new(code::NOT_A_CRL, error.to_string()))),
    };
    Ok(Obtained { lists: Some(objects.unwrap_or_else(|| vec![fetched.body])), conditions: fetched.conditions })
}
