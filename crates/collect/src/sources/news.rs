//! Team news from feeds: RSS 2.0 and 0.9x, RDF (RSS 1.0) and Atom. An item whose heading or summary speaks of injuries,
//! line-ups, coaches or transfers is kept, with how much it may matter ([`words`]); all others are passed over. Which team
//! it is about is decided where teams are known.
//!
//! Feeds are hostile text: a document type declaration, with which entities would begin, refuses the feed, no entity but the
//! five of XML and numbers is known, and depth, items and lengths are limited.

mod feed;
mod words;

use crate::document::{Hints, Layout};
use crate::text::{Limits, unpack_page};
use crate::{Document, DocumentError, Parsed, Rejection, RejectionKind, Source, SourceNews};
use chrono::{DateTime, Utc};
use feed::Item;

const NAME: &str = "news";
/// A feed has some hundred KiB.
const FEED: Limits = Limits { bytes: 8 << 20, line: usize::MAX };
/// The longest heading, and identifier.
const LONGEST_TITLE: usize = 500;
const LONGEST_ID: usize = 300;

/// Reads feeds. An item's line is its number in the feed, from 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct News;

impl Source for News {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack_page(document.bytes, FEED)?;
        let text = String::from_utf8_lossy(&bytes);
        let items = feed::items(&text)?;
        let name = Hints::of(document.name).name;
        // The folder is the feed's host: identifiers are of the feed that gave them.
        let feed = name.rsplit('/').nth(1).unwrap_or(name).to_owned();
        let mut parsed = Parsed { layout: layout(), ..Parsed::default() };
        let mut others = 0_u64;
        for (line, item) in (1..).zip(items) {
            match read(line, &item, &feed, collected_at) {
                Ok(Some(news)) => {
                    parsed.rows += 1;
                    parsed.news.push(news);
                }
                Ok(None) => others += 1,
                Err(message) => {
                    parsed.rows += 1;
                    let (kind, data) = (RejectionKind::MalformedNews, item.title);
                    parsed.rejections.push(Rejection::new(line, kind, message, &data));
                }
            }
        }
        if others > 0 {
            let message =
                format!("{others} items are about none of injuries, line-ups, coaches and transfers");
            parsed.rejections.push(Rejection::new(0, RejectionKind::Unused, message, &feed));
        }
        Ok(parsed)
    }
}

fn layout() -> Layout {
    Layout {
        used: ["title", "description", "guid", "link", "pubDate"].map(str::to_owned).to_vec(),
        dates: "RFC 2822 or RFC 3339".to_owned(),
        ..Layout::default()
    }
}

fn read(
    line: u32,
    item: &Item,
    feed: &str,
    collected_at: DateTime<Utc>,
) -> Result<Option<SourceNews>, String> {
    let title = item.title.trim();
    if title.is_empty() {
        return Err("the item has no heading".to_owned());
    }
    let Some(judged) = words::judge(title, &item.summary) else { return Ok(None) };
    let link =
        Some(item.link.trim()).filter(|link| link.starts_with("https://") || link.starts_with("http://"));
    let id = [item.id.trim(), link.unwrap_or_default()].into_iter().find(|id| !id.is_empty());
    let id = id.ok_or_else(|| "the item has neither an identifier nor a link".to_owned())?;
    // What is too long for a key stands for itself by its hash.
    let id =
        if id.len() > LONGEST_ID { blake3::hash(id.as_bytes()).to_hex().to_string() } else { id.to_owned() };
    // A feed that dates its items to come knows no more than one that says nothing.
    let published_at = item.published_at.filter(|at| *at <= collected_at);
    Ok(Some(SourceNews {
        line,
        id: format!("{feed} {id}"),
        kind: judged.kind,
        title: title.chars().filter(|c| !c.is_control()).take(LONGEST_TITLE).collect(),
        link: link.map(str::to_owned),
        importance: judged.importance,
        sentiment: judged.sentiment,
        published_at,
    }))
}

#[cfg(test)]
mod tests;
