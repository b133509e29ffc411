//! A program of an agency, known by its API token.
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::bearer::BearerToken;
use crate::gateway::Gateway;
use crate::store::agency_tokens::AgencyToken;
use crate::web::problem::Problem;

/// Whom the bearer token of the request speaks for. No token and a wrong one answer alike.
#[derive(Debug, Clone)]
pub struct AgencyProgram(pub AgencyToken);

impl AgencyProgram {
    /// How the history of a filing names it.
    pub fn actor(&self) -> String {
        format!("agency {} token {}", self.0.agency, self.0.id)
    }

    async fn of(request: HttpRequest) -> Result<Self, Problem> {
        let bearer = BearerToken::from_request(&request, &mut Payload::None).await?;
        let gateway =
            request.app_data::<web::Data<Gateway>>().ok_or_else(|| Problem::internal("the gateway is missing"))?;
        let token = gateway.store.agency_token(bearer.sha256).await?;
        token.map(Self).ok_or_else(Problem::unauthorized)
    }
}

impl FromRequest for AgencyProgram {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(Self::of(request.clone()))
    }
}
