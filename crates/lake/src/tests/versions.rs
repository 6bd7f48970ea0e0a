//! Lakes that earlier versions wrote.

use super::{REPLACE, folder, held, partition, put};
use crate::cells::{Columns, schema};
use crate::manifest::{data_name, name};
use crate::tables;
use crate::writer::content_hasher;
use parquet::arrow::ArrowWriter;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use touchline_domain::lake::{EventRow, LakeRow, LakeTable, MatchRef};
use touchline_domain::ports::{Lake, LakePartition};
use touchline_domain::{
    CompetitionKind, EventKind, Kickoff, MatchEvent, MatchId, NewLeague, NewTeam, Season, Side,
};

const LEAGUES: LakePartition = LakePartition { table: LakeTable::Leagues, month: None };

fn league(code: &str, kind: CompetitionKind) -> LakeRow {
    LakeRow::League(NewLeague {
        code: code.to_owned(),
        name: format!("League {code}"),
        country: "England".to_owned(),
        level: 1,
        source: "s".to_owned(),
        kind,
    })
}

/// Leagues as version 2 wrote them: without the last column, under a manifest of that version.
fn write_leagues_of_version_2(root: &Path, rows: &[LakeRow]) {
    let defined = &tables::columns(LakeTable::Leagues)[..5];
    let (mut columns, mut content) =
        (Columns::new(defined), content_hasher(LakeTable::Leagues, defined.len()));
    for row in rows {
        let cells = tables::cells(LakeTable::Leagues, row).unwrap();
        columns.push(&cells[..defined.len()]).unwrap();
        cells[..defined.len()].iter().for_each(|cell| cell.encode(&mut content));
    }
    let mut writer = ArrowWriter::try_new(Vec::new(), schema(defined), None).unwrap();
    writer.write(&columns.batch().unwrap()).unwrap();
    let bytes = writer.into_inner().unwrap();
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let file = data_name(super::now(), &hash);
    let manifest = serde_json::json!({
        "format": 1, "schema": 2, "partition": "silver/leagues", "generation": 1, "written_at": super::now(),
        "files": [{
            "name": file, "rows": rows.len(), "bytes": bytes.len(), "hash": hash,
            "content": content.finalize().to_hex().to_string(),
        }],
    });
    for (folder, file, bytes) in [
        ("silver/leagues", file.clone(), bytes),
        ("manifests/silver/leagues", name(1), serde_json::to_vec(&manifest).unwrap()),
    ] {
        fs::create_dir_all(root.join(folder)).unwrap();
        fs::write(root.join(folder).join(file), bytes).unwrap();
    }
}

#[tokio::test]
async fn a_lake_of_an_earlier_version_is_read_and_takes_tables_that_came_later() {
    let (root, lake) = folder();
    let before = [league("E0", CompetitionKind::League), league("E1", CompetitionKind::League)];
    write_leagues_of_version_2(&root.path().join("lake"), &before);
    let states = lake.partitions().await.unwrap();
    assert_eq!((states.len(), states[0].partition, states[0].rows()), (1, LEAGUES, 2));
    assert_eq!(held(&lake, LEAGUES).await, before);
    for table in LakeTable::ALL.into_iter().filter(|table| *table != LakeTable::Leagues) {
        assert_eq!(held(&lake, partition(table)).await, [], "{}", table.name());
    }

    let team = |name: &str| NewTeam { name: name.to_owned(), country: "England".to_owned() };
    let of = MatchRef {
        id: MatchId(1),
        league: "E0".to_owned(),
        season: Season::cross_year(2022).unwrap(),
        home: team("Alpha"),
        away: team("Beta"),
        leg: 1,
        kickoff: Kickoff::at(super::now()),
    };
    let (kind, side) = (EventKind::Goal, Side::Home);
    let goal = [LakeRow::Event(EventRow {
        of: Arc::new(of),
        source: "s".into(),
        known_at: super::now(),
        known_at_imputed: false,
        place: 1,
        event: MatchEvent { minute: 23, stoppage: None, side, kind, player: None, related: None },
    })];
    put(&lake, partition(LakeTable::MatchEvents), goal.to_vec(), REPLACE).await.unwrap();
    assert_eq!(held(&lake, partition(LakeTable::MatchEvents)).await, goal);
    assert_eq!(held(&lake, LEAGUES).await, before);

    let after = [league("E0", CompetitionKind::League), league("FAC", CompetitionKind::Cup)];
    put(&lake, LEAGUES, after.to_vec(), REPLACE).await.unwrap();
    assert_eq!(held(&lake, LEAGUES).await, after);
}

/// A table that is added changes no columns: programs of before go on reading what they know.
#[tokio::test]
async fn tables_are_added_without_a_new_version_of_the_columns() {
    let (root, lake) = folder();
    put(&lake, LEAGUES, vec![league("E0", CompetitionKind::League)], REPLACE).await.unwrap();
    let manifest =
        fs::read_to_string(root.path().join("lake/manifests/silver/leagues").join(name(1))).unwrap();
    assert!(manifest.contains("\"schema\": 4"), "{manifest}");
}
