//! Team news: the feeds that the setting `collect.news_feeds` names, without a key. What the feeds allow is their own word;
//! robots.txt is kept to.

use super::{Call, Provider, Wish, WishError, check_kinds};
use crate::Source;
use crate::http::limit::Rate;
use crate::http::{Etiquette, Expects, QuotaReading};
use crate::sources::news::News;
use reqwest::Url;
use std::time::Duration;
use touchline_domain::CollectionKind;

/// See the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewsFeeds;

impl Provider for NewsFeeds {
    fn name(&self) -> &'static str {
        "news"
    }

    fn reader(&self) -> &'static dyn Source {
        &News
    }

    fn kinds(&self) -> &'static [CollectionKind] {
        &[CollectionKind::News]
    }

    fn etiquette(&self) -> Etiquette {
        Etiquette {
            rate: Rate::per_second(1.0, 1),
            hosts: &[],
            headers: &[],
            robots: true,
            expects: Expects::Page,
            key: None,
            quota: |_| QuotaReading::default(),
            judge: |_, _| None,
        }
    }

    fn plan(&self, wish: &Wish) -> Result<Vec<Call>, WishError> {
        check_kinds(self, wish)?;
        if wish.feeds.is_empty() {
            return Err(WishError::Missing(
                "say which feeds: set collect.news_feeds, such as [\"https://club.example/news.xml\"]",
            ));
        }
        let call = |address: &String| {
            let url = Url::parse(address).ok().filter(|url| url.scheme() == "https");
            let host =
                url.as_ref().and_then(Url::host_str).ok_or_else(|| WishError::Feed(address.clone()))?;
            let hash = blake3::hash(address.as_bytes()).to_hex();
            Ok(Call {
                kind: CollectionKind::News,
                url: address.clone(),
                document: format!("{host}/{}.xml", &hash[..16]),
                max_age: Duration::from_mins(10),
                credits: 1,
            })
        };
        wish.feeds.iter().map(call).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::wish;
    use super::*;

    #[test]
    fn each_feed_is_a_call_named_by_its_host() {
        let feeds =
            vec!["https://club.example/news.xml?a=1".to_owned(), "https://club.example/other.xml".to_owned()];
        let calls = NewsFeeds.plan(&Wish { feeds, ..wish(&[], &[], &[]) }).unwrap();
        assert!(calls[0].document.starts_with("club.example/") && calls[0].document != calls[1].document);
        for (feeds, told) in [(vec![], "collect.news_feeds"), (vec!["ftp://x/y".to_owned()], "ftp://x/y")] {
            let error = NewsFeeds.plan(&Wish { feeds, ..wish(&[], &[], &[]) }).unwrap_err();
            assert!(error.to_string().contains(told), "{error}");
        }
    }
}
