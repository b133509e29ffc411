//! What the searches for the paths of one message may cost, whatever certificates they are given. A spent budget ends
//! them.

/// The most certificates in a path, target and anchor included.
pub const MAX_PATH: usize = 12;
/// The most signature checks.
const MAX_SIGNATURES: u32 = 100;
/// The most issuers looked at.
const MAX_CANDIDATES: u32 = 2_000;
/// The most complete paths judged.
const MAX_PATHS: u32 = 64;
/// The most comparisons of a name with a constraint.
const MAX_NAME_COMPARISONS: u32 = 250_000;

/// The budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent;

/// What the searches of one message share: what they may still cost, and the signatures judged.
#[derive(Debug, Default)]
pub struct PathWork {
    pub(super) budget: Budget,
    /// Signatures judged: (certificate, key) by digest.
    judged: Vec<Judged>,
}

/// Certificate digest and key digest, and whether the one's signature verifies with the other.
type Judged = ([u8; 32], [u8; 32], bool);

impl PathWork {
    /// What was found of the pair before. (There are at most [`MAX_SIGNATURES`] of them, and mostly one.)
    pub(super) fn judged(&self, certificate: &[u8; 32], key: &[u8; 32]) -> Option<bool> {
        self.judged.iter().find(|(one, with, _)| one == certificate && with == key).map(|(.., verifies)| *verifies)
    }

    /// Notes what was found.
    pub(super) fn note(&mut self, certificate: [u8; 32], key: [u8; 32], verifies: bool) {
        self.judged.push((certificate, key, verifies));
    }
}

/// What is left.
#[derive(Debug)]
pub struct Budget {
    signatures: u32,
    candidates: u32,
    paths: u32,
    names: u32,
    spent: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            signatures: MAX_SIGNATURES,
            candidates: MAX_CANDIDATES,
            paths: MAX_PATHS,
            names: MAX_NAME_COMPARISONS,
            spent: false,
        }
    }
}

impl Budget {
    /// Takes one signature check.
    pub fn signature(&mut self) -> Result<(), Spent> {
        Self::take(&mut self.signatures, 1, &mut self.spent)
    }
    /// Takes one look at a possible issuer.
    pub fn candidate(&mut self) -> Result<(), Spent> {
        Self::take(&mut self.candidates, 1, &mut self.spent)
    }
    /// Takes one judgement of a complete path.
    pub fn path(&mut self) -> Result<(), Spent> {
        Self::take(&mut self.paths, 1, &mut self.spent)
    }
    /// Takes `count` comparisons of a name with a constraint.
    pub fn names(&mut self, count: usize) -> Result<(), Spent> {
        Self::take(&mut self.names, u32::try_from(count).unwrap_or(u32::MAX), &mut self.spent)
    }
    /// Whether anything ran out.
    pub fn is_spent(&self) -> bool {
        self.spent
    }

    fn take(left: &mut u32, count: u32, spent: &mut bool) -> Result<(), Spent> {
        match left.checked_sub(count) {
            Some(rest) => {
                *left = rest;
                Ok(())
            }
            None => {
                *spent = true;
                Err(Spent)
            }
        }
    }
}
