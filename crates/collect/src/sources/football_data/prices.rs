//! Odds columns, found by the grammar of their headings, since bookmakers come and go every year:
//!
//! | heading | meaning |
//! |---|---|
//! | `B365H B365D B365A` | 1X2; a bookmaker is whatever stands before `H`, `D` and `A` in all three |
//! | `B365CH ...` | the same at closing: a `C` behind the bookmaker (but `VC` is a bookmaker) |
//! | `B365>2.5 B365<2.5`, `B365C>2.5 ...` | over/under |
//! | `B365AHH B365AHA`, `B365CAHH ...` | Asian handicap, home and away |
//! | `B365AH`; `BbAHh`; `AHh`, `AHCh` | the home side's handicap: of one bookmaker (until 2005), of the Betbrain columns `BbMx BbAv`, of all others before and at closing |
//!
//! A statistic such as `HS`, `HC` or `AR` fits none of these: there is no `HD`, no `HAHA`.

use crate::table::{Headings, Row};
use crate::{Rejection, RejectionKind};
use crate::{names, values};
use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use touchline_domain::{DecimalOdds, Kickoff, MarketType, OddsPhase, OddsQuote};

/// Bookmakers whose own code ends in the `C` that means closing elsewhere.
const CODES_ENDING_IN_C: [&str; 1] = ["VC"];

/// The most faulty quotes that the message about a row spells out.
const TOLD: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Line {
    None,
    Fixed(i16),
    Column(usize),
}

/// The columns of one bookmaker's prices of one market.
#[derive(Debug)]
struct Quote {
    bookmaker: Arc<str>,
    market: MarketType,
    phase: OddsPhase,
    line: Line,
    columns: [Option<usize>; 3],
    /// The first heading, for messages.
    heading: String,
}

/// All odds columns of a document.
#[derive(Debug)]
pub(super) struct Prices {
    quotes: Vec<Quote>,
    /// Headings of handicap prices without a handicap.
    unreadable: Vec<String>,
}

impl Prices {
    /// Finds the columns. `results_only` is true of the extra leagues' result files, whose prices are all
    /// closing prices whatever their headings.
    pub(super) fn find(headings: &Headings, results_only: bool) -> Self {
        let mut quotes = Vec::new();
        let mut unreadable = Vec::new();
        for (heading, column) in headings.named() {
            let quote =
                one_x_two(headings, heading, column).or_else(|| over_under(headings, heading, column));
            match quote.map_or_else(|| asian_handicap(headings, heading, column), |quote| Ok(Some(quote))) {
                Ok(quote) => quotes.extend(quote),
                Err(NoLine) => unreadable.push(heading.to_owned()),
            }
        }
        if results_only {
            for quote in &mut quotes {
                quote.phase = OddsPhase::Closing;
            }
        }
        Self { quotes, unreadable }
    }

    /// Whether a heading is of handicap prices whose handicap stands in no column.
    pub(super) fn lacks_line(&self, heading: &str) -> bool {
        let home = heading.strip_suffix('A').map(|code| format!("{code}H"));
        self.unreadable.iter().any(|of| of == heading || home.as_ref() == Some(of))
    }

    /// The document's fault of having handicap prices, but not the handicap that they are for.
    pub(super) fn fault(&self) -> Option<Rejection> {
        let headings = self.unreadable.join(",");
        let message = format!("no column tells the handicap of {headings:.100}; these prices are left out");
        (!headings.is_empty()).then(|| Rejection::new(0, RejectionKind::MalformedOdds, message, &headings))
    }

    /// The columns that are read.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.quotes.iter().flat_map(|quote| {
            let line = match quote.line {
                Line::Column(column) => Some(column),
                _ => None,
            };
            quote.columns.into_iter().flatten().chain(line)
        })
    }

    /// Reads the prices of a row, and says which are none. Pre-match prices were gathered before `published`.
    pub(super) fn read(
        &self,
        row: &Row,
        kickoff: Kickoff,
        published: DateTime<Utc>,
    ) -> (Vec<OddsQuote>, Option<String>) {
        let mut quotes = Vec::new();
        let mut faults = Vec::new();
        let mut gathered = None;
        let mut known_at = |phase| match phase {
            OddsPhase::Closing => kickoff.at - Duration::minutes(1),
            OddsPhase::PreMatch => *gathered.get_or_insert_with(|| values::last_gathering(published)),
        };
        for quote in &self.quotes {
            match quote.read(row) {
                Ok(None) => {}
                Ok(Some((prices, line_quarters))) => quotes.push(OddsQuote {
                    bookmaker: Arc::clone(&quote.bookmaker),
                    market: quote.market,
                    line_quarters,
                    prices,
                    phase: quote.phase,
                    known_at: known_at(quote.phase),
                    known_at_imputed: true,
                }),
                Err(fault) => faults.push(fault),
            }
        }
        (quotes, tell(&faults))
    }
}

fn tell(faults: &[String]) -> Option<String> {
    let rest = faults.len().saturating_sub(TOLD);
    let more = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    let told = &faults[..faults.len().min(TOLD)];
    (!faults.is_empty()).then(|| format!("quotes left out: {}{more}", told.join("; ")))
}

type Read = Option<([Option<DecimalOdds>; 3], Option<i16>)>;

impl Quote {
    /// Prices and line; none where the source has no price; the fault where a price or the line is none.
    fn read(&self, row: &Row) -> Result<Read, String> {
        let mut prices = [None; 3];
        for (price, column) in prices.iter_mut().zip(self.columns) {
            let text = row.optional(column);
            if !text.is_empty() {
                let odds = values::decimal(text).and_then(|value| DecimalOdds::new(value).ok());
                if odds.is_none() && values::is_missing(text) {
                    continue;
                }
                *price = Some(odds.ok_or_else(|| format!("{} {text:.20} is not a price", self.heading))?);
            }
        }
        if prices == [None; 3] {
            return Ok(None);
        }
        let line = match self.line {
            Line::None => None,
            Line::Fixed(quarters) => Some(quarters),
            Line::Column(column) => {
                let text = row.field(column);
                let line = quarters(text);
                Some(line.ok_or_else(|| match text {
                    text if values::is_missing(text) => {
                        format!("{} has a price but no handicap", self.heading)
                    }
                    _ => format!("{} has the handicap {text:.20}, no multiple of 0.25", self.heading),
                })?)
            }
        };
        Ok(Some((prices, line)))
    }

    fn new(
        market: MarketType,
        heading: &str,
        code: (&str, OddsPhase),
        line: Line,
        cells: [Option<usize>; 3],
    ) -> Self {
        // Pinnacle is `PS` in 1X2 and `P` elsewhere.
        let bookmaker = names::bookmaker(super::NAME, code.0).unwrap_or(code.0);
        Self {
            bookmaker: bookmaker.into(),
            market,
            phase: code.1,
            line,
            columns: cells,
            heading: heading.to_owned(),
        }
    }
}

/// A line in quarter goals, where it is a multiple of 0.25 that a match can have.
fn quarters(text: &str) -> Option<i16> {
    let quarters = values::decimal(text)? * 4.0;
    #[expect(clippy::float_cmp, reason = "quarters of multiples of 0.25 are exact")]
    let whole = quarters.trunc() == quarters && quarters.abs() <= 400.0;
    whole.then_some(quarters as i16)
}

fn one_x_two(headings: &Headings, heading: &str, home: usize) -> Option<Quote> {
    let code = heading.strip_suffix('H').filter(|code| !code.is_empty())?;
    let draw = headings.find(&format!("{code}D"))?;
    let away = headings.find(&format!("{code}A"))?;
    let code = phase(code, |base| headings.find(&format!("{base}D")).is_some());
    Some(Quote::new(MarketType::OneXTwo, heading, code, Line::None, [Some(home), Some(draw), Some(away)]))
}

fn over_under(headings: &Headings, heading: &str, over: usize) -> Option<Quote> {
    let (code, total) = heading.split_once('>').filter(|(code, _)| !code.is_empty())?;
    let line = quarters(total).filter(|line| *line > 0)?;
    let under = headings.find(&format!("{code}<{total}"))?;
    let code = phase(code, |base| headings.find(&format!("{base}>{total}")).is_some());
    Some(Quote::new(MarketType::OverUnder, heading, code, Line::Fixed(line), [Some(over), None, Some(under)]))
}

/// Handicap prices whose handicap stands in no column.
struct NoLine;

fn asian_handicap(headings: &Headings, heading: &str, home: usize) -> Result<Option<Quote>, NoLine> {
    let Some(written) = heading.strip_suffix("AHH").filter(|code| !code.is_empty()) else { return Ok(None) };
    let Some(away) = headings.find(&format!("{written}AHA")) else { return Ok(None) };
    let code = phase(written, |base| headings.find(&format!("{base}AHH")).is_some());
    let shared = match code.1 {
        _ if written.starts_with("Bb") => "BbAHh",
        OddsPhase::PreMatch => "AHh",
        OddsPhase::Closing => "AHCh",
    };
    let own = headings.find(&format!("{written}AH"));
    let line = Line::Column(own.or_else(|| headings.find(shared)).ok_or(NoLine)?);
    let columns = [Some(home), None, Some(away)];
    Ok(Some(Quote::new(MarketType::AsianHandicap, heading, code, line, columns)))
}

/// The bookmaker and the phase of what stands before a market's suffix. `has` tells whether the same columns
/// exist for another code.
fn phase(written: &str, has: impl Fn(&str) -> bool) -> (&str, OddsPhase) {
    match written.strip_suffix('C') {
        Some(base)
            if !base.is_empty()
                && !CODES_ENDING_IN_C.contains(&written)
                && (has(base) || !has(&format!("{written}C"))) =>
        {
            (base, OddsPhase::Closing)
        }
        _ => (written, OddsPhase::PreMatch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Step, Table};

    /// Reads one row of a table, as `bookmaker market phase line prices`.
    fn read(headings: &str, fields: &str, results_only: bool) -> (Vec<String>, Option<String>) {
        let text = format!("{headings}\n{fields}\n");
        let all = |_: &Headings| Ok(());
        let (mut table, headings, ()) = Table::open(text.as_bytes(), str::to_owned, all).unwrap();
        let prices = Prices::find(&headings, results_only);
        let mut row = Row::default();
        assert_eq!(table.read(&mut row).unwrap(), Step::Row);
        let kickoff = Kickoff::at("2026-11-21T15:00:00Z".parse().unwrap());
        let (quotes, fault) = prices.read(&row, kickoff, kickoff.at);
        let show = |q: OddsQuote| {
            let prices: Vec<String> =
                q.prices.iter().map(|p| p.map_or("-".into(), |p| p.value().to_string())).collect();
            let line = q.line_quarters.map_or("-".into(), |line| line.to_string());
            format!("{} {} {} {line} {}", q.bookmaker, q.market.name(), q.phase.name(), prices.join("/"))
        };
        (quotes.into_iter().map(show).collect(), fault)
    }

    #[test]
    fn closing_and_pre_match_prices_are_kept_apart() {
        let (quotes, fault) = read(
            "B365H,B365D,B365A,B365CH,B365CD,B365CA,VCH,VCD,VCA,VCCH,VCCD,VCCA,PSCH,PSCD,PSCA",
            "2,3,4,2.1,3.1,4.1,1.9,3.2,4.4,1.95,3.3,4.5,2.2,3.4,",
            false,
        );
        assert_eq!(fault, None);
        assert_eq!(
            quotes,
            [
                "B365 1x2 pre_match - 2/3/4",
                "B365 1x2 closing - 2.1/3.1/4.1",
                "VC 1x2 pre_match - 1.9/3.2/4.4",
                "VC 1x2 closing - 1.95/3.3/4.5",
                "PS 1x2 closing - 2.2/3.4/-",
            ]
        );
        let (alone, _) = read("VCH,VCD,VCA,ABCH,ABCD,ABCA,ABCCH,ABCCD,ABCCA", "2,3,4,2,3,4,2,3,4", false);
        assert_eq!(
            alone,
            ["VC 1x2 pre_match - 2/3/4", "ABC 1x2 pre_match - 2/3/4", "ABC 1x2 closing - 2/3/4"]
        );
    }

    #[test]
    fn totals_and_handicaps_find_their_lines() {
        let (quotes, fault) = read(
            "P>2.5,P<2.5,PC>2.5,PC<2.5,BbAHh,BbMxAHH,BbMxAHA,AHh,PAHH,PAHA,AHCh,MaxCAHH,MaxCAHA,GBAHH,GBAHA,GBAH",
            "1.9,2,1.8,2.1,-0.5,1.91,1.92,-0.25,1.93,1.94,0,1.95,1.96,1.97,1.98,-1.75",
            false,
        );
        assert_eq!(fault, None);
        assert_eq!(
            quotes,
            [
                "PS over_under pre_match 10 1.9/-/2",
                "PS over_under closing 10 1.8/-/2.1",
                "BbMx asian_handicap pre_match -2 1.91/-/1.92",
                "PS asian_handicap pre_match -1 1.93/-/1.94",
                "Max asian_handicap closing 0 1.95/-/1.96",
                "GB asian_handicap pre_match -7 1.97/-/1.98",
            ]
        );
    }

    #[test]
    fn what_is_no_price_costs_its_quote_alone() {
        let (quotes, fault) = read(
            "GBH,GBD,GBA,WHH,WHD,WHA,SBH,SBD,SBA,AHh,B365AHH,B365AHA,LBAHH,LBAHA,LBAH,IWH,IWD,IWA",
            "0,3,4,2,1,4,2,x,4,-1.2,1.9,1.9,1.9,1.9,,2,3,4",
            false,
        );
        assert_eq!(quotes, ["IW 1x2 pre_match - 2/3/4"]);
        let fault = fault.unwrap();
        for part in
            ["GBH 0 is not a price", "WHH 1", "SBH x", "handicap -1.2", "LBAHH has a price but no handicap"]
        {
            assert!(fault.contains(part), "{fault} lacks {part}");
        }
    }

    #[test]
    fn statistics_and_counts_are_no_prices() {
        let headings = "HS,AS,HST,AST,HHW,AHW,HC,AC,HF,AF,HO,AO,HY,AY,HR,AR,HBP,ABP,Bb1X2,BbOU,BbAH,BbAHh,AHh,AHCh,H,D,A";
        let fields = vec!["7"; headings.split(',').count()].join(",");
        assert_eq!(read(headings, &fields, false), (vec![], None));
    }

    #[test]
    fn result_files_of_extra_leagues_hold_closing_prices() {
        let (quotes, _) = read("PH,PD,PA,MaxH,MaxD,MaxA", "2,3,4,2,3,4", true);
        assert_eq!(quotes, ["PS 1x2 closing - 2/3/4", "Max 1x2 closing - 2/3/4"]);
    }
}
