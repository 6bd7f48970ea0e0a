//! Which folder is which partition.

use touchline_domain::lake::LakeTable;
use touchline_domain::ports::LakePartition;

/// The partition and the file's name of a path below the lake, such as `silver/odds/2023/05/x.parquet`.
pub(crate) fn parse(path: &str) -> Option<(LakePartition, &str)> {
    let parts: Vec<&str> = path.split('/').collect();
    let (layer, name, months, file) = match parts[..] {
        [layer, name, file] => (layer, name, None, file),
        [layer, name, year, month, file] => (layer, name, Some((year, month)), file),
        _ => return None,
    };
    let table: LakeTable = name.parse().ok()?;
    if table.layer().name() != layer || table.is_monthly() != months.is_some() {
        return None;
    }
    let month = match months {
        None => None,
        Some((year, month)) => Some(format!("{year}/{month}").parse().ok()?),
    };
    Some((LakePartition { table, month }, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_partitions_read_back() {
        for table in LakeTable::ALL {
            let month = table.is_monthly().then(|| "2023-05".parse().unwrap());
            let partition = LakePartition { table, month };
            assert_eq!(parse(&format!("{partition}/x.parquet")), Some((partition, "x.parquet")));
        }
        for path in [
            "",
            "x",
            "gold/odds/2023/05/x",
            "silver/odds/x",
            "silver/odds/2023/5/x",
            "silver/teams/2023/05/x",
        ] {
            assert_eq!(parse(path), None, "{path}");
        }
    }
}
