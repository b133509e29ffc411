//! Of issuingDistributionPoint, deltaCRLIndicator and freshestCRL.
use super::{Rule, broken};
use crate::pki::crl::parse::{IssuingDistributionPoint, ParsedCrl};
use crate::pki::crl::scope::Reasons;

pub(super) const RULES: &[Rule] = &[
    ("issuing_distribution_point_is_critical", "RFC 5280 5.2.5", point_is_critical),
    ("issuing_distribution_point_is_not_empty", "RFC 5280 5.2.5", point_is_not_empty),
    ("list_holds_one_kind_of_certificates", "RFC 5280 5.2.5", point_names_one_kind),
    ("some_reasons_are_some", "RFC 5280 5.2.5", point_leaves_a_reason),
    ("delta_crl_indicator_is_critical", "RFC 5280 5.2.4", delta_is_critical),
    ("delta_is_later_than_its_base", "RFC 5280 5.2.4", delta_is_later),
    ("freshest_crl_is_not_critical", "RFC 5280 5.2.6", freshest_is_not_critical),
    ("freshest_crl_is_in_complete_lists_only", "RFC 5280 5.2.6", freshest_is_in_complete_lists),
];

fn point_is_critical(crl: &ParsedCrl<'_>) -> Option<String> {
    let extensions = &crl.extensions;
    let detail = "the issuing distribution point is not critical, so others may take the list for a full one";
    broken(extensions.distribution_point.is_some() && !extensions.distribution_point_is_critical, detail)
}

fn point_is_not_empty(crl: &ParsedCrl<'_>) -> Option<String> {
    let empty = crl.extensions.distribution_point.as_ref() == Some(&IssuingDistributionPoint::default());
    broken(empty, "the issuing distribution point says nothing; it should be absent")
}

fn point_names_one_kind(crl: &ParsedCrl<'_>) -> Option<String> {
    let point = crl.extensions.distribution_point.as_ref()?;
    let kinds = [point.only_user, point.only_ca, point.only_attribute].into_iter().filter(|kind| *kind).count();
    broken(kinds > 1, "the issuing distribution point says that the list holds only two kinds of certificates at once")
}

fn point_leaves_a_reason(crl: &ParsedCrl<'_>) -> Option<String> {
    let point = crl.extensions.distribution_point.as_ref()?;
    let none = point.reasons.is_some() && Reasons::of(point.reasons) == Reasons::NONE;
    broken(none, "onlySomeReasons names no reason at all")
}

fn delta_is_critical(crl: &ParsedCrl<'_>) -> Option<String> {
    let detail = "deltaCRLIndicator is not critical, so others may take the list for a complete one";
    broken(crl.extensions.delta_base.is_some() && !crl.extensions.delta_base_is_critical, detail)
}

fn delta_is_later(crl: &ParsedCrl<'_>) -> Option<String> {
    let (base, number) = (crl.extensions.delta_base?, crl.extensions.number?);
    let later = (number.len(), number) > (base.len(), base);
    broken(!later, "the delta's number is not above that of its base")
}

fn freshest_is_not_critical(crl: &ParsedCrl<'_>) -> Option<String> {
    broken(crl.extensions.freshest_is_critical, "freshestCRL is critical")
}

fn freshest_is_in_complete_lists(crl: &ParsedCrl<'_>) -> Option<String> {
    let both = crl.extensions.delta_base.is_some() && !crl.extensions.freshest.is_empty();
    broken(both, "a delta says where its deltas are found")
}
