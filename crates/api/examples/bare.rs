//! A bare axum handler: what this machine can answer at all. `/` answers 12 bytes, `/body` the bytes of a file, which makes it the
//! yardstick of answers that are kept as finished bytes. Used by `bench/peers/run.sh`.

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;

#[tokio::main]
async fn main() {
    let file = std::env::args().nth(1).expect("the file that /body answers");
    let body = Bytes::from(std::fs::read(&file).expect("a file that can be read"));
    let app: Router = Router::new()
        .route("/", get(async || "Hello world\n"))
        .route("/body", get(async move || ([(header::CONTENT_TYPE, "application/json")], body.clone())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("ready at http://{}", listener.local_addr().expect("an address"));
    axum::serve(listener, app).await.expect("it serves until it is ended");
}
