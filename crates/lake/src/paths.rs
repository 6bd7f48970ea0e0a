//! Which path is what: data in the folder of its partition, where nothing else lies, and manifests in a tree beside them.

use touchline_domain::lake::LakeTable;
use touchline_domain::ports::LakePartition;

/// Where the manifests of all partitions lie, below the lake.
pub(crate) const MANIFESTS: &str = "manifests";

/// Where a partition's manifests lie.
pub(crate) fn manifests(partition: LakePartition) -> String {
    format!("{MANIFESTS}/{partition}")
}

/// The partition and the file's name of a manifest's path.
pub(crate) fn manifest(path: &str) -> Option<(LakePartition, &str)> {
    data(path.strip_prefix(MANIFESTS)?.strip_prefix('/')?)
}

/// The partition and the file's name of a path below the lake, such as `silver/odds/2023/05/x.parquet`.
pub(crate) fn data(path: &str) -> Option<(LakePartition, &str)> {
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
            let path = format!("{partition}/x.parquet");
            assert_eq!((data(&path), manifest(&path)), (Some((partition, "x.parquet")), None));
            let path = format!("{}/x.json", manifests(partition));
            assert_eq!((data(&path), manifest(&path)), (None, Some((partition, "x.json"))));
        }
        for path in [
            "",
            "x",
            "gold/odds/2023/05/x",
            "silver/odds/x",
            "silver/odds/2023/5/x",
            "silver/teams/2023/05/x",
        ] {
            assert_eq!(data(path), None, "{path}");
            assert_eq!(manifest(&format!("{MANIFESTS}/{path}")), None, "{path}");
        }
    }
}
