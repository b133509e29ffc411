//! The listener for other gateways: another address than the residents', one route, and nobody without a certificate of the
//! network. What is wrong is answered with a status and `{"code", "detail"}`; everything else is signed.
pub mod server;

use std::any::Any;
use std::time::Duration;

use actix_tls::accept::openssl::TlsStream;
use actix_web::dev::Extensions;
use actix_web::http::{StatusCode, header};
use actix_web::rt::net::TcpStream;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;
use serde_json::json;

use crate::gateway::Gateway;
use crate::network::refusal::{NetworkFault, NetworkRefusal};
use crate::network::{MAX_BYTES, MEDIA_TYPE, tls};

/// How long a message may take to come in.
const PATIENCE: Duration = Duration::from_secs(20);

/// The DNS names in the certificate of a connection.
#[derive(Debug, Clone, Default)]
struct PeerNames(Vec<String>);

/// Notes who is at the other end of a new connection.
fn note_peer(connection: &dyn Any, extensions: &mut Extensions) {
    let stream = connection.downcast_ref::<TlsStream<TcpStream>>();
    let certificate = stream.and_then(|stream| stream.ssl().peer_certificate());
    extensions.insert(PeerNames(certificate.map(|one| tls::dns_names(&one)).unwrap_or_default()));
}

/// `POST /network/v1/messages`
async fn post_message(request: HttpRequest, payload: web::Payload, gateway: web::Data<Gateway>) -> HttpResponse {
    let names = request.conn_data::<PeerNames>().cloned().unwrap_or_default();
    let token = match tokio::time::timeout(PATIENCE, read(&request, payload)).await {
        Ok(Ok(token)) => token,
        Ok(Err(refusal)) => return refused(&refusal),
        Err(_) => return refused(&NetworkRefusal::new(NetworkFault::Malformed, "the message did not come in time")),
    };
    match gateway.network_receive(&names.0, &token).await {
        Ok(answer) => HttpResponse::Ok().content_type(MEDIA_TYPE).body(answer),
        Err(refusal) => {
            let code = refusal.fault.code();
            tracing::warn!(target: "madoguchi::network", code, "a message was not taken");
            refused(&refusal)
        }
    }
}

async fn read(request: &HttpRequest, mut payload: web::Payload) -> Result<String, NetworkRefusal> {
    let malformed = |detail: &str| NetworkRefusal::new(NetworkFault::Malformed, detail);
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind != Some(MEDIA_TYPE) {
        return Err(malformed("Content-Type has to be application/jose"));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| malformed("the message was cut short"))?;
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err(NetworkRefusal::new(NetworkFault::TooLong, "a message has at most 1 MiB"));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| malformed("the message is not text"))
}

fn refused(refusal: &NetworkRefusal) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).json(json!({"code": refusal.fault.code(), "detail": refusal.detail}))
}
