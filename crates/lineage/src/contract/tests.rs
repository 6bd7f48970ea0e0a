use super::*;
use crate::{Catalogue, Layer};

fn field(name: &str, kind: &str) -> Field {
    Field {
        name: name.into(),
        kind: kind.into(),
        meaning: format!("What \"{name}\" is: a test."),
        family: None,
    }
}

fn column(name: &str, kind: &str, key_position: u32) -> SchemaColumn {
    let (table, column) = ("prices".into(), name.into());
    SchemaColumn { table, column, kind: kind.into(), is_required: key_position > 0, key_position }
}

fn dataset() -> Dataset {
    Dataset {
        name: "prices".into(),
        layer: Layer::Silver,
        version: Some("1.4.2".into()),
        tags: vec!["odds".into()],
        about: "Prices: # not a comment".into(),
        is_file: false,
        fields: vec![field("id", "integer"), field("at", "timestamp"), field("price", "number")],
    }
}

fn columns() -> Vec<SchemaColumn> {
    vec![column("id", "INTEGER", 1), column("at", "INTEGER", 0), column("price", "REAL", 0)]
}

fn contract() -> Contract {
    generate(&dataset(), &columns()).unwrap()
}

#[test]
fn what_is_written_is_read_again() {
    let contract = contract();
    let yaml = contract.write();
    assert!(yaml.contains("      - name: \"price\"\n        logicalType: number\n"), "{yaml}");
    assert_eq!(Contract::read(&yaml).unwrap(), contract);
    assert_eq!(contract.schema[0].properties[0].primary_key_position, Some(1));
}

#[test]
fn what_is_no_contract_is_refused() {
    for wrong in [
        "",
        "kind: [",
        "a: 1",
        "kind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\napiVersion: v2.2.0",
    ] {
        assert!(matches!(Contract::read(wrong), Err(ContractError::Malformed(_))), "{wrong}");
    }
    let more = format!("{}servers: []\nprice: {{priceAmount: 1}}\n", contract().write());
    assert_eq!(Contract::read(&more).unwrap(), contract(), "more of the standard than this program writes");
}

#[test]
fn schema_and_meanings_must_agree() {
    let mut more = columns();
    more.push(column("novelty", "TEXT", 0));
    let error = generate(&dataset(), &more).unwrap_err().to_string();
    assert!(error.contains("prices.novelty has no meaning"), "{error}");
    let error = generate(&dataset(), &columns()[..2]).unwrap_err().to_string();
    assert!(error.contains("prices.price is not in the schema"), "{error}");
    let mut other = columns();
    other[2].kind = "TEXT".into();
    assert!(matches!(generate(&dataset(), &other), Err(ContractError::Type(..))));
    let raw = Dataset { version: None, ..dataset() };
    assert!(matches!(generate(&raw, &columns()), Err(ContractError::Unversioned(_))));
}

#[test]
fn what_breaks_readers_raises_the_major_version() {
    type Edit = fn(&mut Contract);
    let edits: [(Edit, Change); 8] = [
        (|c| drop(c.schema[0].properties.remove(1)), Change::Breaking),
        (|c| c.schema[0].properties[2].logical_type = "integer".into(), Change::Breaking),
        (|c| c.schema[0].properties[0].required = false, Change::Breaking),
        (|c| c.schema[0].properties[2].description = "Fractional odds.".into(), Change::Breaking),
        (|c| c.schema[0].properties[1].name = "moment".into(), Change::Breaking),
        (|c| c.schema[0].properties[2].required = true, Change::Compatible),
        (|c| c.schema[0].properties[2].physical_type = "double precision".into(), Change::Compatible),
        (
            |c| {
                let new = Property { name: "more".into(), ..c.schema[0].properties[2].clone() };
                c.schema[0].properties.push(new);
            },
            Change::Compatible,
        ),
    ];
    for (edit, wanted) in edits {
        let (old, mut new) = (contract(), contract());
        edit(&mut new);
        let found = compare(&old, &new);
        assert_eq!(found[0].change, wanted, "{found:?}");
        let mut allows = |version: &str| {
            new.version = version.into();
            allowed(&old, &new)
        };
        let error = allows("1.4.2").unwrap_err();
        assert!(error.contains(&found[0].what), "{error}");
        let least = if wanted == Change::Breaking { "2.0.0" } else { "1.5.0" };
        assert!(error.contains(least), "{error}");
        assert_eq!(allows("1.5.0").is_ok(), wanted == Change::Compatible);
        assert!(allows("2.0.0").is_ok());
        assert!(allows("1.3.0").is_err() && allows("one").is_err());
    }
    assert_eq!(compare(&contract(), &contract()), []);
}

#[test]
fn every_dataset_with_a_version_ships_its_contract() {
    let catalogue = Catalogue::new(Vec::new());
    let versioned: Vec<&str> =
        catalogue.datasets().iter().filter(|of| of.version.is_some()).map(|of| of.name.as_str()).collect();
    assert_eq!(versioned, shipped().iter().map(|of| of.name).collect::<Vec<_>>());
    for shipped in shipped() {
        let contract = Contract::read(shipped.yaml).unwrap();
        assert_eq!(contract.name, shipped.name);
    }
}
