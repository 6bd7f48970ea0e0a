//! Rebuilds this crate when the built page changes: the embedding macro sees single files, not new ones.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let page = Path::new("../../ui/dist");
    // A folder that does not exist would count as changed, and every build be a new one.
    if page.exists() {
        println!("cargo::rerun-if-changed={}", page.display());
    } else {
        println!("cargo::rerun-if-changed=../../ui");
    }
}
