use crate::testing::{Service, at};
use std::sync::Arc;
use touchline_lineage::{Catalogue, Ended, Field, Numbers, Recorder, RunAbout, job, run_id};

/// A service over a store that knows of an import, a training and a forecast.
async fn told() -> Service {
    let service = Service::empty().await;
    let column = |name: &str, family: &str| Field {
        name: name.to_owned(),
        kind: "number".to_owned(),
        meaning: "a feature".to_owned(),
        family: Some(family.to_owned()),
    };
    let catalogue =
        Arc::new(Catalogue::new(vec![column("elo_diff", "ratings"), column("home_shots_avg", "counts")]));
    let recorder = Recorder::new(Arc::new(service.store.clone()), catalogue, false);
    for (n, name) in ["ingest", "model_training", "prediction"].into_iter().enumerate() {
        let about = RunAbout {
            job: job(name).unwrap(),
            run: run_id(&[name]),
            nominal: None,
            parent: None,
            sources: if n == 0 { vec!["football-data".to_owned()] } else { Vec::new() },
            kind: "COMMAND",
        };
        let began = at("2024-05-04T08:00:00Z") + chrono::Duration::minutes(n as i64);
        recorder.begin(&about, began).await.unwrap();
        let ended = if n == 2 { Ended::Fail("no model is trained yet".to_owned()) } else { Ended::Complete };
        recorder
            .end(&about, began + chrono::Duration::seconds(5), &ended, &Numbers::default())
            .await
            .unwrap();
    }
    service
}

#[tokio::test]
async fn a_graph_leads_from_a_source_to_forecasts() {
    let service = told().await;
    let whole = service.get("/api/v1/lineage?nodeId=dataset:football_sources:football-data").await;
    let ids = |answer: &crate::testing::Answer| -> Vec<String> {
        let nodes = answer.body["graph"].as_array().unwrap();
        nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = ids(&whole);
    assert!(all.contains(&"dataset:football_db.gold:predictions".to_owned()), "{all:?}");
    let near = service.get("/api/v1/lineage?nodeId=dataset:football_sources:football-data&depth=1").await;
    assert_eq!(ids(&near), ["job:football_platform:ingest", "dataset:football_sources:football-data"]);
    let import = near.body["graph"].as_array().unwrap()[0].clone();
    assert_eq!(import["type"], "JOB");
    assert_eq!(import["data"]["latestRun"]["state"], "COMPLETED");
    assert_eq!(import["inEdges"][0]["origin"], "dataset:football_sources:football-data");
    assert!(
        import["outEdges"].as_array().unwrap().is_empty(),
        "edges that lead out of the answer are left out"
    );
    for (uri, status) in [
        ("/api/v1/lineage?nodeId=dataset:football_db.gold:nothing", 404),
        ("/api/v1/lineage?nodeId=matches", 400),
        ("/api/v1/lineage", 400),
        ("/api/v1/lineage?nodeId=job:football_platform:ingest&depth=0", 400),
        ("/api/v1/column-lineage?nodeId=datasetField:football_db.gold:predictions:nothing", 404),
    ] {
        assert_eq!(service.get(uri).await.status, status, "{uri}");
    }
}

#[tokio::test]
async fn a_chance_leads_back_to_columns_of_a_source() {
    let service = told().await;
    let uri = "/api/v1/column-lineage?nodeId=datasetField:football_db.gold:predictions:home_win_probability";
    let answer = service.get(uri).await;
    let ids: Vec<&str> =
        answer.body["graph"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap()).collect();
    for wanted in [
        "datasetField:football_db.gold:features:elo_diff",
        "datasetField:football_db.silver:matches:home_score",
        "datasetField:football_sources:football-data:FTHG",
    ] {
        assert!(ids.contains(&wanted), "{wanted} is among {ids:?}");
    }
    assert!(!ids.contains(&"datasetField:football_db.gold:predictions:draw_probability"));
    let near = service.get(&format!("{uri}&depth=1")).await;
    assert_eq!(near.body["graph"].as_array().unwrap().len(), 3, "itself and the two features");
    let from = "/api/v1/column-lineage?nodeId=datasetField:football_sources:football-data:FTHG";
    assert_eq!(service.get(from).await.status, 404, "nothing says what columns a source has");
    let from = "/api/v1/column-lineage?nodeId=datasetField:football_db.silver:matches:home_score&withDownstream=true";
    let forward = service.get(from).await.body.to_string();
    assert!(forward.contains("datasetField:football_db.gold:predictions:draw_probability"), "{forward}");
}

#[tokio::test]
async fn namespaces_lead_to_datasets_jobs_and_runs() {
    let service = told().await;
    let namespaces = service.get("/api/v1/namespaces").await;
    let names: Vec<&str> = namespaces.body["namespaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| of["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "football_db.bronze",
            "football_db.gold",
            "football_db.silver",
            "football_platform",
            "football_sources"
        ]
    );
    let silver = service.get("/api/v1/namespaces/football_db.silver/datasets?limit=2&offset=1").await;
    assert_eq!(
        (silver.body["totalCount"].clone(), silver.body["datasets"].as_array().unwrap().len()),
        (7.into(), 2)
    );
    let matches = service.get("/api/v1/namespaces/football_db.silver/datasets/matches").await.body;
    assert_eq!(
        (matches["id"]["name"].as_str(), matches["tags"][0].as_str()),
        (Some("matches"), Some("silver"))
    );
    let fields = matches["fields"].as_array().unwrap();
    assert!(fields.iter().any(|f| f["name"] == "match_time" && f["type"] == "timestamp"), "{fields:?}");
    let jobs = service.get("/api/v1/namespaces/football_platform/jobs").await;
    assert_eq!(jobs.body["totalCount"], 3);
    let runs = service.get("/api/v1/namespaces/football_platform/jobs/prediction/runs").await;
    let run = &runs.body["runs"][0];
    assert_eq!((run["state"].as_str(), run["durationMs"].as_u64()), (Some("FAILED"), Some(5000)));
    assert_eq!(run["facets"]["errorMessage"]["message"], "no model is trained yet");
    let one = service.get(&format!("/api/v1/jobs/runs/{}", run["id"].as_str().unwrap())).await;
    assert_eq!(one.body, *run);
    for unknown in [
        "/api/v1/namespaces/x/jobs",
        "/api/v1/namespaces/football_platform/jobs/x/runs",
        "/api/v1/jobs/runs/x",
    ] {
        assert_eq!(service.get(unknown).await.status, 404, "{unknown}");
    }
}
