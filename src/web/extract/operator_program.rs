//! A program of the PKI operators, known by its API token.
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::bearer::BearerToken;
use crate::gateway::Gateway;
use crate::store::agency_tokens::OperatorToken;
use crate::submission::rejection::RejectionCode;
use crate::web::problem::Problem;

/// Whom the bearer token of the request speaks for. No token and a wrong one answer alike (401); an agency's is known, and
/// does not open this (403).
#[derive(Debug, Clone)]
pub struct OperatorProgram(pub OperatorToken);

impl OperatorProgram {
    async fn of(request: HttpRequest) -> Result<Self, Problem> {
        let bearer = BearerToken::from_request(&request, &mut Payload::None).await?;
        let gateway =
            request.app_data::<web::Data<Gateway>>().ok_or_else(|| Problem::internal("the gateway is missing"))?;
        if let Some(token) = gateway.store.operator_token(bearer.sha256).await? {
            return Ok(Self(token));
        }
        match gateway.store.agency_token(bearer.sha256).await? {
            Some(_) => Err(Problem::new(RejectionCode::Forbidden, "This is for programs of the PKI operators.")),
            None => Err(Problem::unauthorized()),
        }
    }
}

impl FromRequest for OperatorProgram {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(Self::of(request.clone()))
    }
}
