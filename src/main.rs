//! `madoguchi`: the gateway and its tools.
fn main() {}
