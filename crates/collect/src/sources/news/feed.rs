//! Items of a feed, whichever of its forms it has.

use crate::DocumentError;
use chrono::{DateTime, Utc};
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Elements within each other; feeds have five.
const DEEPEST: usize = 64;
const MOST_ITEMS: usize = 2_000;
/// Bytes kept of a text; what is longer is cut.
const LONGEST: usize = 4 << 10;

/// An item as the feed writes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Item {
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) id: String,
    pub(super) link: String,
    pub(super) published_at: Option<DateTime<Utc>>,
}

/// A part of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Summary,
    Id,
    Link,
    Date,
}

fn malformed(what: impl Into<String>) -> DocumentError {
    DocumentError::Feed(what.into())
}

/// All items of a feed.
///
/// # Errors
/// It is no feed, it is damaged, or it declares a document type.
pub(super) fn items(text: &str) -> Result<Vec<Item>, DocumentError> {
    if text.trim().is_empty() {
        return Err(DocumentError::Empty);
    }
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    let mut walk = Walk::default();
    loop {
        let event = reader.read_event().map_err(|e| malformed(format!("damaged XML: {e}")))?;
        match event {
            Event::Start(tag) => walk.open(&tag)?,
            Event::End(_) => walk.close()?,
            Event::Text(text) => {
                walk.push(&text);
            }
            Event::CData(text) => walk.push(&text),
            Event::GeneralRef(entity) => walk.push(&resolved(&entity)?),
            Event::DocType(_) => {
                return Err(malformed("it declares a document type, which no feed needs"));
            }
            Event::Eof => break,
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if walk.path.is_empty() && walk.is_feed { Ok(walk.items) } else { Err(walk.why_none()) }
}

/// One of XML's own entities, or a character by its number; any other stays as it is written.
fn resolved(entity: &BytesRef<'_>) -> Result<String, DocumentError> {
    if let Some(character) = entity.resolve_char_ref().map_err(|e| malformed(e.to_string()))? {
        return Ok(character.to_string());
    }
    let name: &str = entity;
    Ok(resolve_xml_entity(name).map_or_else(|| format!("&{name};"), str::to_owned))
}

#[derive(Default)]
struct Walk {
    /// Names of the open elements, without prefixes.
    path: Vec<String>,
    is_feed: bool,
    items: Vec<Item>,
    open: Option<(usize, Item)>,
    field: Option<(usize, Field, String)>,
}

impl Walk {
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), DocumentError> {
        if self.path.len() >= DEEPEST {
            return Err(malformed(format!("elements lie more than {DEEPEST} deep")));
        }
        let name = tag.local_name().as_ref().to_ascii_lowercase();
        let depth = self.path.len();
        if depth == 0 {
            self.is_feed = matches!(name.as_str(), "rss" | "rdf" | "feed");
            if !self.is_feed {
                let error = if name == "html" { DocumentError::Html } else { self.why_none() };
                return Err(error);
            }
        }
        match &mut self.open {
            None if depth > 0 && matches!(name.as_str(), "item" | "entry") => {
                if self.items.len() >= MOST_ITEMS {
                    return Err(DocumentError::TooManyLines { limit: MOST_ITEMS as u32 });
                }
                self.open = Some((depth, Item::default()));
            }
            Some((start, item)) if depth == *start + 1 && self.field.is_none() => {
                // Other vocabularies have titles of their own, such as those of pictures.
                let is_plain = tag
                    .name()
                    .prefix()
                    .is_none_or(|prefix| matches!(prefix.as_ref(), "dc" | "atom" | "content"));
                let field = match name.as_str() {
                    "title" => Some(Field::Title),
                    "description" | "summary" | "content" | "encoded" => Some(Field::Summary),
                    "guid" | "id" | "identifier" => Some(Field::Id),
                    "link" => Some(Field::Link),
                    "pubdate" | "published" | "updated" | "date" => Some(Field::Date),
                    _ => None,
                };
                if let Some(field) = field.filter(|_| is_plain) {
                    if field == Field::Link {
                        atom_link(tag, item);
                    }
                    self.field = Some((depth, field, String::new()));
                }
            }
            _ => {}
        }
        self.path.push(name);
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if let Some((_, _, held)) = &mut self.field {
            let room = LONGEST.saturating_sub(held.len());
            held.push_str(&text[..text.floor_char_boundary(room.min(text.len()))]);
        }
    }

    fn close(&mut self) -> Result<(), DocumentError> {
        if self.path.pop().is_none() {
            return Err(malformed("an element ends that never began"));
        }
        let depth = self.path.len();
        if let Some((start, field, text)) = self.field.take() {
            if start == depth {
                if let Some((_, item)) = &mut self.open {
                    set(item, field, text);
                }
            } else {
                self.field = Some((start, field, text));
            }
        }
        if self.open.as_ref().is_some_and(|(start, _)| *start == depth) {
            self.items.extend(self.open.take().map(|(_, item)| item));
        }
        Ok(())
    }

    fn why_none(&self) -> DocumentError {
        if self.path.is_empty() { malformed("it is no RSS or Atom feed") } else { malformed("it breaks off") }
    }
}

/// Atom's links are attributes; the one to the item itself counts.
fn atom_link(tag: &BytesStart<'_>, item: &mut Item) {
    let attribute = |name: &str| {
        let found = tag.try_get_attribute(name).ok().flatten()?;
        Some(found.value.replace("&amp;", "&"))
    };
    let is_itself = attribute("rel").is_none_or(|rel| rel == "alternate");
    if let Some(address) = attribute("href").filter(|address| is_itself && address.len() <= LONGEST) {
        item.link = address;
    }
}

/// The first word of each counts, but for the date, of which publication beats a later change.
fn set(item: &mut Item, field: Field, text: String) {
    let place = match field {
        Field::Title => &mut item.title,
        Field::Summary => &mut item.summary,
        Field::Id => &mut item.id,
        Field::Link => &mut item.link,
        Field::Date => {
            let text = text.trim();
            let date = DateTime::parse_from_rfc2822(text).or_else(|_| DateTime::parse_from_rfc3339(text));
            let date = date.ok().map(|date| date.to_utc());
            let date = date.filter(|at| (1990..=2199).contains(&chrono::Datelike::year(at)));
            item.published_at = match (item.published_at, date) {
                (Some(held), Some(date)) => Some(held.min(date)),
                (held, date) => held.or(date),
            };
            return;
        }
    };
    if place.trim().is_empty() {
        *place = text;
    }
}
