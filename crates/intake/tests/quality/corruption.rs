//! Which corruptions are found by one import and one check, by how many rows they touch, and whether the cause is named. The
//! table in `docs/guides/quality.md` is what this test prints with `--no-capture`.

use crate::invented::{OLD, SEASON, Sheet, World, after, friday, held, name, season, written};
use chrono::{Datelike, Days, NaiveDate};
use std::collections::BTreeSet;
use std::fmt::Write;
use tempfile::TempDir;
use touchline_domain::ports::{IssueFilter, QualityReader};

/// Rows of the new rounds that are touched.
const SIZES: [usize; 3] = [1, 10, 30];
/// Rounds that are new.
const NEW: usize = 3;

/// What arrives instead of the season's clean file.
struct Arrival {
    name: String,
    text: String,
}

/// A kind of corruption.
struct Kind {
    /// What happened.
    what: &'static str,
    /// Puts it into the first rows of the new rounds.
    put: fn(Sheet, usize) -> Arrival,
    /// The finding, and words of its message that name the cause; any of them.
    found_as: &'static [(&'static str, &'static str)],
    /// At which of the [`SIZES`] it is found.
    found: [bool; 3],
}

fn season_file(sheet: &Sheet) -> Arrival {
    Arrival { name: name(SEASON), text: sheet.text() }
}

/// Changes rows one by one.
fn rows(mut sheet: Sheet, size: usize, change: impl Fn(&mut Sheet, usize)) -> Arrival {
    for row in 10 * OLD..10 * OLD + size {
        change(&mut sheet, row);
    }
    season_file(&sheet)
}

#[expect(clippy::needless_pass_by_value, reason = "numbers and texts are written alike")]
fn set(sheet: &mut Sheet, row: usize, heading: &str, value: impl ToString) {
    *sheet.cell(row, heading) = value.to_string();
}

fn price(sheet: &mut Sheet, row: usize, heading: &str) -> f64 {
    sheet.cell(row, heading).parse().unwrap()
}

fn date(sheet: &mut Sheet, row: usize) -> NaiveDate {
    NaiveDate::parse_from_str(sheet.cell(row, "Date"), "%d/%m/%Y").unwrap()
}

const ALWAYS: [bool; 3] = [true; 3];
/// From a round on.
const OF_A_ROUND: [bool; 3] = [false, true, true];
/// Totals are close to even: exchanged prices of most matches are within what bookmakers differ by.
const OF_MANY: [bool; 3] = [false, false, true];

const KINDS: &[Kind] = &[
    Kind {
        what: "home and away clubs exchanged",
        put: |sheet, size| rows(sheet, size, |s, row| s.swap(row, "HomeTeam", "AwayTeam")),
        found_as: &[("venue_repeated", "home and away exchanged")],
        found: ALWAYS,
    },
    Kind {
        what: "kick-offs two hours late",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                let (hour, minute) =
                    s.cell(row, "Time").split_once(':').map(|(h, m)| (h.to_owned(), m.to_owned())).unwrap();
                set(s, row, "Time", format!("{:02}:{minute}", hour.parse::<u32>().unwrap() + 2));
            })
        },
        found_as: &[("kickoff_hours_shifted", "a time zone")],
        found: OF_A_ROUND,
    },
    Kind {
        what: "a price times ten",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                let price = price(s, row, "WHD") * 10.0;
                set(s, row, "WHD", price);
            })
        },
        found_as: &[("price_against_consensus", "decimal point")],
        found: ALWAYS,
    },
    Kind {
        what: "a price that lost its decimal point",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                let price = price(s, row, "B365A") * 100.0;
                set(s, row, "B365A", price.round());
            })
        },
        found_as: &[("price_against_consensus", "decimal point")],
        found: ALWAYS,
    },
    Kind {
        what: "a book's columns off by one",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                s.swap(row, "BWH", "BWD");
                s.swap(row, "BWD", "BWA");
            })
        },
        found_as: &[("price_against_consensus", "off by one")],
        found: OF_A_ROUND,
    },
    Kind {
        what: "a book's home and away prices exchanged",
        put: |sheet, size| rows(sheet, size, |s, row| s.swap(row, "IWH", "IWA")),
        found_as: &[("price_against_consensus", "are exchanged")],
        found: OF_A_ROUND,
    },
    Kind {
        what: "a book's over and under exchanged",
        put: |sheet, size| rows(sheet, size, |s, row| s.swap(row, "B365>2.5", "B365<2.5")),
        found_as: &[("price_against_consensus", "are exchanged")],
        found: OF_MANY,
    },
    Kind {
        what: "a book's prices one row too low",
        put: |sheet, size| {
            let clean = sheet.clone();
            rows(sheet, size, |s, row| {
                for heading in ["PSH", "PSD", "PSA"] {
                    let before = clean.clone().cell(row - 1, heading).clone();
                    *s.cell(row, heading) = before;
                }
            })
        },
        found_as: &[("price_against_consensus", "of another match")],
        found: OF_A_ROUND,
    },
    Kind {
        what: "a book whose prices stand still",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                for (heading, price) in [("VCH", "2.10"), ("VCD", "3.30"), ("VCA", "3.50")] {
                    set(s, row, heading, price);
                }
            })
        },
        found_as: &[("frozen_feed", "the same prices")],
        found: OF_A_ROUND,
    },
    Kind {
        what: "a book with one price in all columns",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                for heading in ["WHH", "WHD", "WHA"] {
                    set(s, row, heading, "1.80");
                }
            })
        },
        found_as: &[("book_sum", "sum to more")],
        found: ALWAYS,
    },
    Kind {
        what: "half-time score above the final one",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                let goals: u32 = s.cell(row, "FTHG").parse().unwrap();
                set(s, row, "HTHG", goals + 1);
            })
        },
        found_as: &[("malformed_half_time", "above"), ("malformed_half_time", "more")],
        found: ALWAYS,
    },
    Kind {
        what: "half-time scores missing",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                for heading in ["HTHG", "HTAG", "HTR"] {
                    set(s, row, heading, "");
                }
            })
        },
        found_as: &[("missing_half", "columns are missing")],
        found: OF_A_ROUND,
    },
    Kind {
        what: "a digit too many in a score",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                set(s, row, "FTHG", "22");
                set(s, row, "FTR", "H");
            })
        },
        found_as: &[("improbable_score", "a digit too many")],
        found: ALWAYS,
    },
    Kind {
        what: "goals exchanged, result not",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                set(s, row, "FTHG", 0);
                set(s, row, "FTAG", 3);
                set(s, row, "FTR", "H");
            })
        },
        found_as: &[("contradictory_result", "")],
        found: ALWAYS,
    },
    Kind {
        what: "a result of long ago rewritten",
        put: |mut sheet, size| {
            for row in 0..size {
                let goals: u32 = sheet.cell(row, "FTHG").parse().unwrap();
                set(&mut sheet, row, "FTHG", goals + 4);
                set(&mut sheet, row, "FTR", "H");
            }
            season_file(&sheet)
        },
        found_as: &[("conflicting_score", "")],
        found: ALWAYS,
    },
    Kind {
        what: "a round that came twice, three weeks apart",
        put: |mut sheet, size| {
            for row in 10 * (OLD - 1)..10 * (OLD - 1) + size.min(10) {
                let mut copy = sheet.rows[row].clone();
                let day = date(&mut sheet, row) + Days::new(18);
                let place = sheet.place("Date");
                copy[place] = written(day);
                sheet.rows.push(copy);
            }
            season_file(&sheet)
        },
        found_as: &[("duplicated_round", "delivered twice")],
        found: OF_A_ROUND,
    },
    Kind {
        what: "a season under another's name",
        put: |sheet, size| {
            let mut rows = sheet.until(10 * OLD + size);
            rows.rows.drain(..10 * OLD);
            Arrival { name: name(SEASON - 1), text: rows.text() }
        },
        found_as: &[("season_of_dates", ""), ("date_outside_season", "")],
        found: ALWAYS,
    },
    Kind {
        what: "a wrong year",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                let day = date(s, row);
                set(s, row, "Date", written(day.with_year(day.year() + 1).unwrap()));
            })
        },
        found_as: &[("future_result", ""), ("future_results", "dates"), ("date_outside_season", "")],
        found: ALWAYS,
    },
    Kind {
        what: "matches on the days of the round before",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                let round = row / 10;
                set(s, row, "Date", written(friday(SEASON, round - 1) + Days::new(1)));
            })
        },
        found_as: &[("club_twice_in_a_day", "plays twice"), ("two_matches_a_day", "")],
        found: ALWAYS,
    },
    Kind {
        what: "a file that breaks off",
        put: |sheet, size| {
            let whole = sheet.until(10 * (OLD + NEW) - size + 1).text();
            Arrival { name: name(SEASON), text: whole[..whole.len() - 40].to_owned() }
        },
        found_as: &[("truncated_row", ""), ("shifted_values", "the file ends within this row")],
        found: ALWAYS,
    },
    Kind {
        what: "a club misspelt",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                for side in ["HomeTeam", "AwayTeam"] {
                    if s.cell(row, side) == "Penrose" || row % 10 == 4 && side == "HomeTeam" {
                        s.cell(row, side).push('e');
                    }
                }
                // The first row is touched whoever plays.
                if row == 10 * OLD && !s.cell(row, "AwayTeam").ends_with("ee") {
                    s.cell(row, "AwayTeam").push('x');
                }
            })
        },
        found_as: &[("club_with_few_matches", ""), ("split_club", ""), ("too_many_clubs", "")],
        found: ALWAYS,
    },
    Kind {
        what: "the clubs of another league",
        put: |sheet, size| {
            rows(sheet, size, |s, row| {
                for side in ["HomeTeam", "AwayTeam"] {
                    s.cell(row, side).insert_str(0, "Upper ");
                }
            })
        },
        found_as: &[("too_many_clubs", ""), ("club_with_few_matches", "")],
        found: ALWAYS,
    },
    Kind {
        what: "an error page in place of the file",
        put: |_, size| Arrival {
            name: name(SEASON),
            text: format!(
                "<!DOCTYPE html><html><body>503 Service Unavailable{}</body></html>",
                "\n".repeat(size)
            ),
        },
        found_as: &[("html", "this is a web page")],
        found: ALWAYS,
    },
    Kind {
        what: "all prices of all books 12 % too high",
        put: |sheet, size| {
            let priced: Vec<String> = sheet.headings[11..].to_vec();
            rows(sheet, size, |s, row| {
                for heading in &priced {
                    let price = price(s, row, heading) * 1.12;
                    set(s, row, heading, format!("{price:.2}"));
                }
            })
        },
        found_as: &[("book_sum", "less than any bookmaker offers")],
        found: ALWAYS,
    },
];

/// What is recorded after one import and one check: kinds with messages.
async fn recorded(folder: &TempDir, arrival: &Arrival) -> BTreeSet<(String, String)> {
    let own = TempDir::new().unwrap();
    let path = own.path().join("held.db");
    std::fs::copy(folder.path().join("held.db"), &path).unwrap();
    let world = World::open(&path, after(OLD + NEW)).await;
    world.ingest(&arrival.name, &arrival.text).await;
    world.check(false).await;
    let issues = world.store.find_issues(&IssueFilter::default(), 10_000).await.unwrap();
    issues.into_iter().map(|issue| (issue.error_type, issue.message)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn corruptions_are_found_in_one_run_with_their_cause() {
    let folder = held().await;
    let sheet = season(SEASON).until(10 * (OLD + NEW));
    let clean = recorded(&folder, &season_file(&sheet)).await;
    assert_eq!(clean, BTreeSet::new(), "the clean file has no finding");
    let mut table =
        String::from("\n| corruption | 1 row | 10 rows | 30 rows | found as |\n|---|---|---|---|---|\n");
    let (mut wrong, mut found_kinds) = (Vec::new(), 0);
    for kind in KINDS {
        let (mut found, mut as_kind) = ([false; 3], "");
        for (found, size) in found.iter_mut().zip(SIZES) {
            let issues = recorded(&folder, &(kind.put)(sheet.clone(), size)).await;
            let hit = kind.found_as.iter().find(|(of, words)| {
                issues.iter().any(|(found, message)| found == of && message.contains(words))
            });
            *found = hit.is_some();
            as_kind = hit.map_or(as_kind, |(of, _)| of);
            if hit.is_none() {
                writeln!(table, "<!-- {} {size}: {issues:?} -->", kind.what).unwrap();
            }
        }
        let [one, ten, thirty] = found.map(|found| if found { "yes" } else { "no" });
        writeln!(table, "| {} | {one} | {ten} | {thirty} | `{as_kind}` |", kind.what).unwrap();
        found_kinds += usize::from(found[1] && found[2]);
        if found != kind.found {
            wrong.push((kind.what, found));
        }
    }
    println!("{table}\n{found_kinds} of {} kinds are found from ten rows on", KINDS.len());
    assert_eq!(wrong, [], "found otherwise than is written here");
}
