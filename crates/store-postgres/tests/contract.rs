//! The suite that every store passes.

mod support;

touchline_domain::contract_tests!(support::fresh);
