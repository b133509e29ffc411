//! Where a bucket is and with what it is opened, out of the settings.
use std::fmt;

use rusty_s3::{Bucket, Credentials, UrlStyle};
use url::Url;

use crate::settings::{DocumentSettings, Secret};

/// The region that stores with an endpoint of their own take where none is set.
const NO_REGION: &str = "us-east-1";

/// A bucket, the prefix of the documents in it, and the credentials for it.
#[derive(Clone)]
pub struct BucketOptions {
    pub(super) bucket: Bucket,
    pub(super) credentials: Credentials,
    /// Ends in a slash, or is empty.
    pub(super) prefix: String,
    endpoint: String,
}

impl fmt::Display for BucketOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{} at {}", self.bucket.name(), self.prefix, self.endpoint)
    }
}

impl fmt::Debug for BucketOptions {
    /// Without the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl BucketOptions {
    /// The bucket of `[documents]`.
    ///
    /// # Errors
    /// A sentence: which key is wrong or missing, and what is allowed.
    pub fn from_settings(settings: &DocumentSettings) -> Result<Self, String> {
        let (name, prefix) = name_and_prefix(&settings.store)?;
        let region = match (&settings.region, &settings.endpoint) {
            (Some(region), _) if is_plain(region, "-") => region.clone(),
            (Some(_), _) => return Err("documents.region: allowed: letters, digits and hyphens".to_owned()),
            (None, Some(_)) => NO_REGION.to_owned(),
            (None, None) => return Err("the bucket's region is missing: set documents.region or AWS_REGION".to_owned()),
        };
        let endpoint = endpoint(settings.endpoint.as_deref(), &region)?;
        // A dot in the name would make a host that no certificate of Amazon's covers.
        let style =
            if settings.endpoint.is_some() || name.contains('.') { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let shown = endpoint.origin().ascii_serialization();
        let bucket = Bucket::new(endpoint, style, name, region)
            .map_err(|_| "documents.store: no address can be made of this bucket's name".to_owned())?;
        Ok(Self { bucket, credentials: credentials(settings)?, prefix, endpoint: shown })
    }
}

fn name_and_prefix(store: &str) -> Result<(String, String), String> {
    let wrong = || format!("documents.store = {store:?}: allowed: \"file:FOLDER\" or \"s3://bucket/prefix\"");
    let (name, prefix) =
        store.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, ""))).ok_or_else(wrong)?;
    let prefix = prefix.trim_end_matches('/');
    let fits = |part: &str| is_plain(part, "-_.") && part != "." && part != "..";
    if !fits(name) || !(prefix.is_empty() || prefix.split('/').all(fits)) {
        return Err(format!("{} of letters, digits, hyphens, dots and underscores", wrong()));
    }
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    Ok((name.to_owned(), prefix))
}

/// Letters and digits of ASCII, and these signs.
fn is_plain(text: &str, signs: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || signs.contains(letter))
}

fn endpoint(set: Option<&str>, region: &str) -> Result<Url, String> {
    let text = set.map_or_else(|| format!("https://s3.{region}.amazonaws.com"), str::to_owned);
    // The value is not repeated: somebody may have written a password into it.
    let wrong = || "documents.endpoint: allowed: an http or https URL without user, query and fragment".to_owned();
    let url = Url::parse(&text).map_err(|_| wrong())?;
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() || !bare {
        return Err(wrong());
    }
    Ok(url)
}

fn credentials(settings: &DocumentSettings) -> Result<Credentials, String> {
    let token = settings.session_token.as_ref().map(Secret::expose);
    match (&settings.access_key_id, settings.secret_access_key.as_ref().map(Secret::expose)) {
        (Some(key), Some(secret)) if !key.is_empty() && !secret.is_empty() => Ok(match token {
            Some(token) => Credentials::new_with_token(key, secret, token),
            None => Credentials::new(key, secret),
        }),
        _ => Err("the bucket's credentials are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the \
                  environment, or documents.access_key_id and documents.secret_access_key"
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(store: &str, endpoint: Option<&str>, region: Option<&str>) -> Result<BucketOptions, String> {
        BucketOptions::from_settings(&DocumentSettings {
            store: store.to_owned(),
            endpoint: endpoint.map(str::to_owned),
            region: region.map(str::to_owned),
            access_key_id: Some("key".to_owned()),
            secret_access_key: Some(Secret::new("hush".to_owned())),
            session_token: None,
        })
    }

    #[test]
    fn an_endpoint_has_the_bucket_in_its_path_and_amazon_in_its_host() {
        let own = options("s3://bucket/a/b/", Some("http://127.0.0.1:9000"), None).unwrap();
        assert_eq!((own.bucket.base_url().as_str(), own.prefix.as_str()), ("http://127.0.0.1:9000/bucket/", "a/b/"));
        let amazon = options("s3://bucket", None, Some("ap-northeast-1")).unwrap();
        assert_eq!(amazon.bucket.base_url().as_str(), "https://bucket.s3.ap-northeast-1.amazonaws.com/");
        let dotted = options("s3://b.ucket", None, Some("ap-northeast-1")).unwrap();
        assert_eq!(dotted.bucket.base_url().as_str(), "https://s3.ap-northeast-1.amazonaws.com/b.ucket/");
        assert!(!format!("{own:?}").contains("hush"));
    }

    #[test]
    fn what_is_wrong_is_told_without_secrets() {
        for store in ["s4://bucket", "s3://", "s3:///prefix", "s3://bucket/a//b", "s3://bucket/../b", "s3://b cket"] {
            assert!(
                options(store, Some("http://127.0.0.1:9"), None).unwrap_err().contains("documents.store"),
                "{store}"
            );
        }
        assert!(options("s3://bucket", None, None).unwrap_err().contains("AWS_REGION"));
        for endpoint in ["ftp://a", "a", "https://me:hush@a", "https://a/?hush"] {
            let told = options("s3://bucket", Some(endpoint), None).unwrap_err();
            assert!(told.starts_with("documents.endpoint") && !told.contains("hush"), "{told}");
        }
        let nobody = DocumentSettings { store: "s3://bucket".to_owned(), ..DocumentSettings::default() };
        let nobody = DocumentSettings { region: Some("eu-west-1".to_owned()), ..nobody };
        assert!(BucketOptions::from_settings(&nobody).unwrap_err().contains("AWS_SECRET_ACCESS_KEY"));
    }
}
