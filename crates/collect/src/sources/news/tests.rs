use super::*;
use std::fmt::Write;
use touchline_domain::NewsKind;

fn parse(text: &str) -> Result<Parsed, DocumentError> {
    let now = "2026-11-28T12:00:00Z".parse().unwrap();
    News.parse(&Document { name: "feeds.example/1a2b.xml", bytes: text.as_bytes() }, now)
}

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Injury news daily</title>
<item><title><![CDATA[Aau & Bäu: striker ruled out]]></title><description>He &lt;b&gt;needs&lt;/b&gt; surgery</description>
<link>https://feeds.example/a?x=1&amp;y=2</link><guid isPermaLink="false">id-1</guid><pubDate>Fri, 27 Nov 2026 18:30:00 +0100</pubDate>
<media:content url="x"><media:title>injury injury</media:title></media:content></item>
<item><title>Ticket prices</title><guid>id-2</guid></item>
<item><title></title><guid>id-3</guid></item>
<item><title>Cau sacked the coach&#33;</title><link>https://feeds.example/c</link><pubDate>Fri, 27 Nov 2099 18:30:00 GMT</pubDate></item>
<item><title>Dau winger injured</title></item>
</channel></rss>"#;

#[test]
fn items_of_rss_come_with_kind_and_time() {
    let parsed = parse(RSS).unwrap();
    assert_eq!((parsed.news.len(), parsed.rows), (2, 4), "{:?}", parsed.rejections);
    let first = &parsed.news[0];
    assert_eq!((first.id.as_str(), first.kind), ("feeds.example id-1", NewsKind::PlayerInjuries));
    assert_eq!(first.title, "Aau & Bäu: striker ruled out");
    assert_eq!(first.link.as_deref(), Some("https://feeds.example/a?x=1&y=2"));
    assert_eq!(first.published_at.unwrap().to_rfc3339(), "2026-11-27T17:30:00+00:00");
    let second = &parsed.news[1];
    assert_eq!((second.id.as_str(), second.published_at), ("feeds.example https://feeds.example/c", None));
    assert_eq!(second.title, "Cau sacked the coach!");
    // Without a heading, and without anything to tell it by.
    assert_eq!(parsed.rejections.iter().filter(|r| r.kind == RejectionKind::MalformedNews).count(), 2);
}

#[test]
fn atom_and_rdf_are_feeds_too() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title type="html">Eau joins on loan</title>
        <id>urn:1</id><link rel="enclosure" href="https://a.example/pic"/><link href="https://a.example/1"/>
        <updated>2026-11-28T10:00:00Z</updated><published>2026-11-28T09:00:00+01:00</published><summary>s</summary></entry></feed>"#;
    let parsed = parse(atom).unwrap();
    let item = &parsed.news[0];
    assert_eq!((item.kind, item.link.as_deref()), (NewsKind::Transfers, Some("https://a.example/1")));
    assert_eq!(item.published_at.unwrap().to_rfc3339(), "2026-11-28T08:00:00+00:00");
    let rdf = r#"<rdf:RDF xmlns:rdf="r" xmlns:dc="d"><channel/><item><title>Starting XI named</title><link>https://b.example/2</link>
        <dc:date>2026-11-28T08:00:00Z</dc:date></item></rdf:RDF>"#;
    assert_eq!(parse(rdf).unwrap().news[0].kind, NewsKind::LineupChanges);
}

#[test]
fn entities_are_never_expanded() {
    let mut laughs = "<!DOCTYPE rss [<!ENTITY a0 \"injury\">".to_owned();
    for n in 1..10 {
        let before = format!("&a{};", n - 1).repeat(10);
        write!(laughs, "<!ENTITY a{n} \"{before}\">").unwrap();
    }
    laughs.push_str("]><rss><channel><item><title>&a9;</title><guid>1</guid></item></channel></rss>");
    let outside = "<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><channel><item><title>&x; injury</title></item></channel></rss>";
    for feed in [laughs.as_str(), outside] {
        let error = parse(feed).unwrap_err();
        assert!(error.to_string().contains("document type"), "{error}");
    }
    let unknown =
        "<rss><channel><item><title>&nbsp;injury&bomb;</title><guid>1</guid></item></channel></rss>";
    assert_eq!(parse(unknown).unwrap().news.len() + parse(unknown).unwrap().rejections.len(), 1);
}

#[test]
fn sizes_are_limited() {
    let deep = format!("<rss>{}</rss>", "<a>".repeat(100_000));
    assert!(parse(&deep).unwrap_err().to_string().contains("deep"));
    let item = "<item><title>injured</title><guid>1</guid></item>";
    let many = format!("<rss><channel>{}</channel></rss>", item.repeat(2_001));
    assert!(matches!(parse(&many), Err(DocumentError::TooManyLines { .. })));
    let long = format!(
        "<rss><channel><item><title>injured {}</title><guid>{}</guid></item></channel></rss>",
        "x".repeat(3 << 20),
        "y".repeat(1 << 20)
    );
    let parsed = parse(&long).unwrap();
    assert!(parsed.news[0].title.len() <= 500 && parsed.news[0].id.len() < 400);
    let large = format!("<rss><channel><item><title>{}</title></item></channel></rss>", "x".repeat(9 << 20));
    assert!(matches!(parse(&large), Err(DocumentError::TooLarge { .. })));
}

#[test]
fn what_is_no_feed_is_refused() {
    for (text, name) in [
        ("", "empty"),
        ("<html><body>Not found</body></html>", "html"),
        ("<svg></svg>", "malformed_feed"),
        ("<rss><channel><item>", "malformed_feed"),
        ("<rss></channel>", "malformed_feed"),
        ("no feed at all", "malformed_feed"),
        ("{\"items\": []}", "malformed_feed"),
    ] {
        assert_eq!(parse(text).unwrap_err().name(), name, "{text}");
    }
    assert_eq!(parse("<rss><channel></channel></rss>").unwrap().news, []);
}
