//! Style sheets and scripts, embedded in the binary and served under a name that holds their digest, so that browsers
//! may keep them for good.
use std::sync::OnceLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpResponse, web};
use ring::digest::{SHA256, digest};

/// An embedded file.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const fn asset(name: &'static str, media_type: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { name, media_type, bytes }
}

const JS: &str = "text/javascript; charset=utf-8";

/// Every embedded file.
const ASSETS: &[Asset] = &[
    asset("app.css", "text/css; charset=utf-8", include_bytes!("../../assets/css/app.css")),
    asset("app.js", JS, include_bytes!("../../assets/js/app.js")),
    asset("card-agent.js", JS, include_bytes!("../../assets/js/card-agent.js")),
    asset("card-extension.js", JS, include_bytes!("../../assets/js/card-extension.js")),
    asset("card-panel.js", JS, include_bytes!("../../assets/js/card-panel.js")),
    asset("attachments.js", JS, include_bytes!("../../assets/js/attachments.js")),
    asset("draft.js", JS, include_bytes!("../../assets/js/draft.js")),
    asset("ending.js", JS, include_bytes!("../../assets/js/ending.js")),
    asset("agent.js", JS, include_bytes!("../../assets/js/agent.js")),
    asset("sign_in.js", JS, include_bytes!("../../assets/js/sign_in.js")),
    asset("mark.svg", "image/svg+xml", include_bytes!("../../assets/mark.svg")),
];

/// `app.css` as it is asked for: `/assets/app.0123456789abcdef.css`.
///
/// A name that is not embedded gives the address of the name itself, which is answered with 404.
pub fn address(name: &str) -> String {
    let named = addresses().iter().find(|(asset, _)| asset.name == name);
    format!("/assets/{}", named.map_or(name, |(_, address)| address))
}

fn addresses() -> &'static [(&'static Asset, String)] {
    static ADDRESSES: OnceLock<Vec<(&'static Asset, String)>> = OnceLock::new();
    ADDRESSES.get_or_init(|| ASSETS.iter().map(|asset| (asset, with_digest(asset))).collect())
}

fn with_digest(asset: &Asset) -> String {
    let digest = hex::encode(digest(&SHA256, asset.bytes).as_ref());
    let short = digest.get(..16).unwrap_or_default();
    let (stem, extension) = asset.name.rsplit_once('.').unwrap_or((asset.name, "bin"));
    format!("{stem}.{short}.{extension}")
}

/// `GET /assets/{name}`.
pub async fn get(name: web::Path<String>) -> HttpResponse {
    let Some((asset, _)) = addresses().iter().find(|(_, address)| *address == *name) else {
        return HttpResponse::NotFound().insert_header((CACHE_CONTROL, "no-store")).finish();
    };
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.media_type))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(asset.bytes)
}
