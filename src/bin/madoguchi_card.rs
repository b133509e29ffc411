//! `madoguchi-card`: the resident's card client.
fn main() {}
