//! Rebuilds this crate when the built page changes: the embedding macro sees single files, not new ones.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A debug build reads the page from disk at run time. Watching a folder that does not exist would make
    // every such build dirty, so only an optimised one, which embeds, does.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", Path::new("../../ui/dist").display());
    }
}
