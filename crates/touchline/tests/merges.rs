//! A league that two files bring under two codes is joined, and parted again.

mod support;

use support::{Place, results};

#[test]
fn a_league_held_twice_is_merged_and_parted() {
    let place = Place::new();
    let lines = results::season("XAA1", 2021, &[0, 1, 2, 3]);
    let again: Vec<_> =
        lines.iter().map(|line| results::Line { league: "XAA2".to_owned(), ..line.clone() }).collect();
    let (first, second) =
        (place.write("first.csv", results::text(&lines)), place.write("second.csv", results::text(&again)));
    place.ingest(0, "challenge", &[&first, &second]);
    assert_eq!(place.matches().len(), 2 * lines.len());
    let before = place.content_hash();

    let pair = ["names", "merge", "--league", "XAA1", "XAA2"];
    let shown = place.run(&[&pair[..], &["--dry-run", "--json"]].concat()).ending(0).json();
    assert_eq!(shown["report"]["joined"].as_array().map(Vec::len), Some(lines.len()));
    assert_eq!(place.content_hash(), before, "a dry run changes nothing");

    let said = place.run(&[&pair[..], &["--by", "ann"]].concat()).ending(0);
    assert!(
        said.out.contains("12 matches of both become one") && said.out.contains("names undo 1"),
        "{said:#?}"
    );
    assert_eq!(place.matches().len(), lines.len());
    let ingested = place.ingest(0, "challenge", &[&second]);
    assert_eq!((&ingested["new"], &ingested["unchanged"]), (&0.into(), &lines.len().into()), "{ingested}");
    let listed = place.run(&["names", "merges", "--json"]).ending(0).json();
    assert_eq!((&listed["merges"][0]["id"], &listed["merges"][0]["done_by"]), (&1.into(), &"ann".into()));
    let refused = place.run(&pair).ending(1);
    assert!(refused.err.contains("league \"XAA2\" is not stored"), "{refused:#?}");

    place.run(&["names", "undo", "1"]).ending(0);
    assert_eq!(place.content_hash(), before);
    assert!(place.run(&["names", "undo", "1"]).ending(1).err.contains("was undone before"));
}

#[test]
fn one_pair_is_asked_for() {
    let place = Place::new();
    place.run(&["names", "merge"]).ending(2);
    place.run(&["names", "merge", "--league", "a", "b", "--team", "c", "d"]).ending(2);
    place.run(&["names", "merge", "--league", "a"]).ending(2);
}
