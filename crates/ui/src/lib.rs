//! The web page, embedded: [`asset`] answers a request path with the bytes and the caching facts of a file of
//! `ui/dist`. It knows nothing of HTTP servers, so rebuilding the page recompiles this leaf crate alone.
//!
//! The files are inside the binary in every build profile: a binary never looks for the checkout that it was
//! built from. When the page has not been built, `/` is a short page that says how to build it.

use std::borrow::Cow;
use std::fmt::Write as _;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../ui/dist"]
#[allow_missing = true]
struct Dist;

const INDEX: &str = "index.html";

/// Shown at `/` when `ui/dist` was absent.
const NOT_BUILT: &str = include_str!("not-built.html");

/// One file of the page, with what an HTTP answer needs to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The file's content.
    pub bytes: Cow<'static, [u8]>,
    /// The value of `Content-Type`.
    pub content_type: String,
    /// A strong entity tag, quotes included: the value of `ETag`. Equal content has equal tags.
    pub etag: String,
    /// Whether the file's name carries a hash of its content, so that a cache may keep it for ever.
    pub immutable: bool,
}

impl Asset {
    /// The value of `Cache-Control`: for ever when [`immutable`](Self::immutable); otherwise to be kept, and
    /// asked about (by entity tag) before each use, so that a new version of the page is seen at once.
    pub fn cache_control(&self) -> &'static str {
        if self.immutable { "public, max-age=31536000, immutable" } else { "no-cache" }
    }
}

/// The file at a request path (`/`, `/assets/index-BcXg6iae.js`; the leading slash is optional), or `None`.
///
/// Only `/` means `index.html`: the page routes by the URL's fragment, so an unknown path is truly unknown.
pub fn asset(path: &str) -> Option<Asset> {
    let name = file_name(path)?;
    match Dist::get(name) {
        Some(file) => Some(describe(name, file.data, &file.metadata.sha256_hash())),
        None if name == INDEX => Some(not_built()),
        None => None,
    }
}

/// The name inside `ui/dist`; `None` for what cannot be one. Debug builds join it to a folder on disk.
fn file_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix('/').unwrap_or(path);
    if name.is_empty() {
        return Some(INDEX);
    }
    let plain =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0', ':']);
    name.split('/').all(plain).then_some(name)
}

fn describe(name: &str, bytes: Cow<'static, [u8]>, hash: &[u8; 32]) -> Asset {
    Asset {
        bytes,
        content_type: content_type(name),
        etag: entity_tag(hash),
        immutable: name.starts_with("assets/"),
    }
}

fn not_built() -> Asset {
    Asset {
        bytes: Cow::Borrowed(NOT_BUILT.as_bytes()),
        content_type: content_type(INDEX),
        etag: "\"not-built\"".to_owned(),
        immutable: false,
    }
}

/// Sixteen bytes of the content's SHA-256 in hexadecimal, quoted.
fn entity_tag(hash: &[u8; 32]) -> String {
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in &hash[..16] {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// The media type that a file's name stands for; texts are UTF-8. Bytes where the name says nothing.
fn content_type(name: &str) -> String {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = guess.type_() == mime_guess::mime::TEXT || guess.subtype() == mime_guess::mime::JAVASCRIPT;
    if is_text { format!("{guess}; charset=utf-8") } else { guess.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_always_a_page_that_is_never_kept_unasked() {
        let page = asset("/").unwrap();
        assert_eq!(page.content_type, "text/html; charset=utf-8");
        assert!(!page.immutable);
        assert_eq!(page.cache_control(), "no-cache");
        assert!(page.bytes.starts_with(b"<!doctype html>"));
        assert_eq!(asset(""), Some(page.clone()));
        assert_eq!(asset("/index.html"), Some(page));
    }

    #[test]
    fn the_page_that_stands_in_says_how_to_build_the_real_one() {
        let page = not_built();
        let text = std::str::from_utf8(&page.bytes).unwrap();
        assert!(text.contains("./dev ui"));
        assert!(text.contains("/api/v1"));
        assert!(!text.contains("http://") && !text.contains("https://"), "loads nothing from elsewhere");
    }

    #[test]
    fn every_built_file_is_served_with_a_known_type_and_a_tag_of_its_own_content() {
        for name in Dist::iter() {
            let file = asset(&format!("/{name}")).unwrap();
            assert_ne!(file.content_type, "application/octet-stream", "{name}");
            assert_eq!(file.immutable, name.starts_with("assets/"), "{name}");
            assert_eq!(file.etag.len(), 34, "{name}");
            assert_eq!(asset(&name).unwrap().etag, file.etag, "{name}");
        }
    }

    #[test]
    fn unknown_paths_are_unknown_and_none_leads_out_of_the_folder() {
        for path in [
            "/nothing.js",
            "/assets",
            "/assets/",
            "//index.html",
            "/../package.json",
            "/assets/../../package.json",
            "/./index.html",
            "/..\\package.json",
            "/C:/index.html",
            "/index.html\0",
        ] {
            assert_eq!(asset(path), None, "{path:?}");
        }
    }

    #[test]
    fn hashed_files_may_be_kept_for_ever() {
        let style = describe("assets/index-3gvAAp8M.css", Cow::Borrowed(b"body{}"), &[0xab; 32]);
        assert!(style.immutable);
        assert_eq!(style.cache_control(), "public, max-age=31536000, immutable");
        assert_eq!(style.content_type, "text/css; charset=utf-8");
        assert_eq!(style.etag, format!("\"{}\"", "ab".repeat(16)));
    }
}
