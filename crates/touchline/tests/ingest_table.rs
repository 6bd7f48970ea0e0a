//! Tables by a map, seen on the real binary: presets, guessed maps, and reading again.

mod support;

use support::Place;

const FIXTURES: &str = "Match Number,Round Number,Date,Location,Home Team,Away Team,Result\n\
    1,1,06/08/2022 14:00,Here,Ashford,Brindle,2 - 1\n2,1,13/08/2022 14:00,There,Brindle,Ashford,0 - 0\n";
const OWN: &str = "exported by hand\nDay;Host;Guest;Result\n06.08.2022;Ashford;Brindle;2:1\n13.08.2022;Brindle;Ashford;0:0\n";

#[test]
fn a_file_of_a_known_shape_needs_no_map_and_is_read_again_in_the_same_way() {
    let place = Place::new();
    let file = place.write("files/epl-2022-UTC.csv", FIXTURES);
    let read = place.ingest(0, "table", &[&file]);
    assert_eq!((&read["new"], &read["store"]["leagues"]), (&2.into(), &1.into()));
    let hash = place.content_hash();
    let again = place.run(&["reprocess", "--json", "--source", "fixturedownload"]).ending(0).json();
    assert_eq!((&again["documents"], &again["new"], &again["unchanged"]), (&1.into(), &0.into(), &2.into()));
    assert_eq!(place.content_hash(), hash);
    let unknown = place.run(&["reprocess", "--source", "nobody"]).ending(1);
    assert!(unknown.err.contains("no document of the source \"nobody\""), "{unknown:#?}");
}

#[test]
fn a_guessed_map_is_written_for_review_and_reads_its_file() {
    let place = Place::new();
    let file = place.write("files/own.csv", OWN);
    let (file, map) = (file.to_str().unwrap(), place.path("own.toml"));
    let map = map.to_str().unwrap();
    let none = place.run(&["ingest", "table", file]).ending(1);
    assert!(none.err.contains("fit no preset") && none.err.contains("--guess"), "{none:#?}");
    let guessed = place.run(&["ingest", "table", "--guess", "--league", "E0", "--out", map, file]).ending(0);
    assert!(guessed.out.contains("Ashford 2-1 Brindle"), "{guessed:#?}");
    let explained =
        place.run(&["ingest", "table", "--map", map, "--league", "E0", "--explain", file]).ending(0);
    assert!(explained.out.contains("semicolons"), "{explained:#?}");
    let read =
        place.run(&["ingest", "table", "--json", "--map", map, "--league", "E0", file]).ending(0).json();
    assert_eq!(read["new"], 2);
    place.write("own.toml", "name = \"own\"\n[columns]\nhom = \"Host\"\n");
    let wrong = place.run(&["ingest", "table", "--map", map, file]).ending(1);
    assert!(wrong.err.contains("line 3") && wrong.err.contains("columns.hom"), "{wrong:#?}");
    let list = place.run(&["ingest", "table", "--list"]).ending(0);
    assert!(list.out.contains("footystats") && list.out.lines().count() >= 11, "{list:#?}");
}
