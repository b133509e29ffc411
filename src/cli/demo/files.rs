//! The demo's folder and settings file.
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::authority::folder::{Readers, write_atomically};

/// Makes the folder, readable by its owner alone, and gives its absolute path.
pub fn folder(path: &Path) -> Result<PathBuf, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    path.canonicalize().map_err(failed)
}

/// Writes the settings: anew at each start, for the agent's address and token are of this run.
pub fn settings(data: &Path, listen: SocketAddr, agent: Option<(&str, &str)>) -> Result<PathBuf, String> {
    let card = agent
        .map_or_else(String::new, |(origin, token)| format!("\n[card]\nagent = \"{origin}\"\npairing = \"{token}\"\n"));
    let text = format!(
        "# Written by `madoguchi demo` at each start.\n\
         [server]\nlisten = \"{listen}\"\npublic_origin = \"http://{listen}\"\n\n\
         [database]\nurl = \"sqlite:madoguchi.db\"\n\n\
         [documents]\nstore = \"file:documents\"\n\n\
         [trust]\nanchors = \"pki/anchors\"\nintermediates = \"pki/intermediates\"\n\n\
         [official]\nanchors = \"agency-pki/anchors\"\nintermediates = \"agency-pki/intermediates\"\n\
         crls = \"agency-pki/crls\"\n\n\
         [revocation]\ndirectory = \"pki/crls\"\n\n\
         [signature]\npolicy = \"jpki\"\n\n\
         [keys]\ndirectory = \"keys\"\n\n\
         {}[log]\nlevel = \"warn\"\n{card}",
        responders(data)
    );
    let path = data.join("madoguchi.toml");
    write_atomically(&path, text.as_bytes(), Readers::Owner).map_err(|error| error.to_string())?;
    Ok(path)
}

/// The demo's CAs have all their lists in the folder: their responders answer out of them.
fn responders(data: &Path) -> String {
    let mut files: Vec<_> = fs::read_dir(data.join("pki/responders"))
        .map(|entries| entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
        .unwrap_or_default();
    files.sort();
    let cas = files.iter().filter_map(|name| name.strip_suffix(".pem")).filter(|ca| !ca.ends_with(".key"));
    let table = |ca: &str| {
        format!(
            "[[ocsp.responders]]\ncertificate = \"pki/responders/{ca}.pem\"\nkey = \"pki/responders/{ca}.key.pem\"\n\n"
        )
    };
    format!("[ocsp]\nall_shards = true\n\n{}", cas.map(table).collect::<String>())
}
