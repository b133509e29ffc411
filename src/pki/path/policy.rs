//! Certificate policies (RFC 5280 6.1.3 (d) to (f), 6.1.4 (a), (b), (h) to (j), 6.1.5 (a), (b), (g)), with the policy
//! graph of RFC 9618 in place of the tree, which a hostile chain could make grow without bound.
use std::collections::{BTreeMap, BTreeSet};

use super::PolicyInputs;
use crate::pki::certificate::{Certificate, Oid};

/// Content octets of anyPolicy, 2.5.29.32.0.
const ANY_POLICY: &[u8] = &[0x55, 0x1d, 0x20, 0x00];

/// anyPolicy.
pub fn any_policy() -> Oid {
    Oid::from_octets(ANY_POLICY)
}

fn is_any(policy: &Oid) -> bool {
    policy.octets() == ANY_POLICY
}

/// A node of the graph; its valid_policy is its key in the level.
#[derive(Debug, Clone)]
struct Node {
    expected: BTreeSet<Oid>,
    /// valid_policies of its parents in the level above.
    parents: BTreeSet<Oid>,
}

type Level = BTreeMap<Oid, Node>;

/// valid_policy_graph and the three counters.
#[derive(Debug, Clone)]
pub struct PolicyState {
    /// None is the NULL graph.
    graph: Option<Vec<Level>>,
    explicit_policy: usize,
    policy_mapping: usize,
    inhibit_any: usize,
    initial: BTreeSet<Oid>,
}

impl PolicyState {
    /// 6.1.2, for a path of at most `length` certificates below the anchor. (A counter above the length never gets to
    /// 0 by counting down, so that a kept state serves whatever follows.)
    pub fn new(inputs: &PolicyInputs, length: usize) -> Self {
        let start = |inhibited: bool| if inhibited { 0 } else { length + 1 };
        let root = Node { expected: BTreeSet::from([any_policy()]), parents: BTreeSet::new() };
        Self {
            graph: Some(vec![Level::from([(any_policy(), root)])]),
            explicit_policy: start(inputs.require_explicit_policy),
            policy_mapping: start(inputs.inhibit_policy_mapping),
            inhibit_any: start(inputs.inhibit_any_policy),
            initial: inputs.initial_policies.iter().cloned().collect(),
        }
    }

    /// 6.1.3 (d), (e), (f) for a CA certificate; false where a policy is required and none is left.
    pub fn certificate(&mut self, certificate: &Certificate, self_issued: bool) -> bool {
        self.process(certificate, self.inhibit_any > 0 || self_issued)
    }

    /// The same for the target, for which being self-issued makes no difference.
    pub fn certificate_final(&mut self, certificate: &Certificate) -> bool {
        self.process(certificate, self.inhibit_any > 0)
    }

    fn process(&mut self, certificate: &Certificate, any_allowed: bool) -> bool {
        let policies = certificate.extensions().policies.as_deref();
        self.graph = match (self.graph.take(), policies) {
            (Some(graph), Some(policies)) => with_level(graph, policies, any_allowed),
            _ => None,
        };
        self.explicit_policy > 0 || self.graph.is_some()
    }

    /// 6.1.4 (a), (b), (h), (i), (j); false where a mapping is from or to anyPolicy.
    pub fn prepare_next(&mut self, certificate: &Certificate, self_issued: bool) -> bool {
        let mappings = &certificate.extensions().policy_mappings;
        let allowed = !mappings.iter().any(|(from, to)| is_any(from) || is_any(to));
        if !allowed {
            // The path is valid for no policy.
            self.graph = None;
        } else if !mappings.is_empty() {
            self.graph = self.graph.take().and_then(|graph| map_policies(graph, mappings, self.policy_mapping > 0));
        }
        if !self_issued {
            for counter in [&mut self.explicit_policy, &mut self.policy_mapping, &mut self.inhibit_any] {
                *counter = counter.saturating_sub(1);
            }
        }
        let constraints = certificate.extensions().policy_constraints;
        lower(&mut self.explicit_policy, constraints.require_explicit);
        lower(&mut self.policy_mapping, constraints.inhibit_mapping);
        lower(&mut self.inhibit_any, certificate.extensions().inhibit_any_policy);
        allowed
    }

    /// 6.1.5 (a), (b), (g): the user-constrained policy set; none where a policy is required and it is empty.
    pub fn wrap_up(&mut self, certificate: &Certificate) -> Option<Vec<Oid>> {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        if certificate.extensions().policy_constraints.require_explicit == Some(0) {
            self.explicit_policy = 0;
        }
        let set = self.user_constrained();
        (self.explicit_policy > 0 || !set.is_empty()).then_some(set)
    }

    /// RFC 9618 5.2: the policies, in the anchor's terms, for which the path is valid and which the user accepts.
    fn user_constrained(&self) -> Vec<Oid> {
        let Some(graph) = &self.graph else { return Vec::new() };
        if graph.last().is_some_and(|level| level.contains_key(&any_policy())) {
            // Valid for any policy: what the user asked for, or anything.
            return if self.initial.is_empty() { vec![any_policy()] } else { self.initial.iter().cloned().collect() };
        }
        let from_any = |(policy, node): (&Oid, &Node)| {
            (!is_any(policy) && node.parents.contains(&any_policy())).then(|| policy.clone())
        };
        let authority: BTreeSet<Oid> =
            graph.iter().skip(1).flat_map(|level| level.iter().filter_map(from_any)).collect();
        let accepted = |policy: &Oid| self.initial.is_empty() || self.initial.contains(policy);
        authority.into_iter().filter(accepted).collect()
    }
}

fn lower(counter: &mut usize, to: Option<u32>) {
    if let Some(to) = to {
        *counter = (*counter).min(usize::try_from(to).unwrap_or(usize::MAX));
    }
}

/// 6.1.3 (d): the graph with the level of one more certificate; none where nothing is left.
fn with_level(mut graph: Vec<Level>, policies: &[Oid], any_allowed: bool) -> Option<Vec<Level>> {
    let above = graph.last()?;
    let mut level = Level::new();
    for policy in policies.iter().filter(|policy| !is_any(policy)) {
        let mut parents = expecting(above, policy);
        if parents.is_empty() && above.contains_key(&any_policy()) {
            parents.insert(any_policy());
        }
        insert(&mut level, policy, parents);
    }
    if any_allowed && policies.iter().any(is_any) {
        let expected: BTreeSet<&Oid> = above.values().flat_map(|node| node.expected.iter()).collect();
        let unmet: Vec<Oid> = expected.into_iter().filter(|policy| !level.contains_key(*policy)).cloned().collect();
        for policy in unmet {
            let parents = expecting(above, &policy);
            insert(&mut level, &policy, parents);
        }
    }
    graph.push(level);
    prune(graph)
}

fn expecting(level: &Level, policy: &Oid) -> BTreeSet<Oid> {
    level.iter().filter(|(_, node)| node.expected.contains(policy)).map(|(valid, _)| valid.clone()).collect()
}

fn insert(level: &mut Level, policy: &Oid, parents: BTreeSet<Oid>) {
    if !parents.is_empty() {
        level.insert(policy.clone(), Node { expected: BTreeSet::from([policy.clone()]), parents });
    }
}

/// Deletes what has no child in the last level, and what has lost its parents; none where nothing is left.
fn prune(mut graph: Vec<Level>) -> Option<Vec<Level>> {
    for depth in (1..graph.len()).rev() {
        let used: BTreeSet<Oid> = graph.get(depth)?.values().flat_map(|node| node.parents.iter().cloned()).collect();
        graph.get_mut(depth - 1)?.retain(|policy, _| used.contains(policy));
    }
    if graph.last()?.is_empty() { None } else { Some(graph) }
}

/// 6.1.4 (b).
fn map_policies(mut graph: Vec<Level>, mappings: &[(Oid, Oid)], allowed: bool) -> Option<Vec<Level>> {
    let mut targets: BTreeMap<&Oid, BTreeSet<Oid>> = BTreeMap::new();
    for (from, to) in mappings {
        targets.entry(from).or_default().insert(to.clone());
    }
    let level = graph.last_mut()?;
    let has_any = level.contains_key(&any_policy());
    for (from, to) in targets {
        match level.get_mut(from) {
            Some(_) if !allowed => {
                level.remove(from);
            }
            Some(node) => node.expected = to,
            None if allowed && has_any => {
                level.insert(from.clone(), Node { expected: to, parents: BTreeSet::from([any_policy()]) });
            }
            None => {}
        }
    }
    prune(graph)
}
