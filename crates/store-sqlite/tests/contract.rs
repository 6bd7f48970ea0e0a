//! The suite that every store passes, on a file.

mod support;

touchline_domain::contract_tests!(support::fresh);
