//! One order of day and month per document. Numbers up to 12 do not say which is which; the other dates of the document
//! do. A document is read day first; where its dates can only be month first it is read once more in that order.

use crate::DocumentError;
use crate::values::{self, Evidence, Fault, Order, ReadDate};
use chrono::NaiveDate;

/// Dates of few days in one order that lie so many days apart in the other one are not read on the strength of custom.
const FAR_APART: i64 = 28;
/// So few days are a round or two.
const TOGETHER: i64 = 14;

/// Earliest and latest of some days.
#[derive(Debug, Clone, Copy, Default)]
struct Span(Option<(NaiveDate, NaiveDate)>);

impl Span {
    fn add(&mut self, day: NaiveDate) {
        self.0 = Some(self.0.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
    }

    fn days(self) -> i64 {
        self.0.map_or(0, |(first, last)| (last - first).num_days())
    }
}

/// Reads the dates of a document and gathers what they say about the order of day and month.
#[derive(Debug, Clone, Default)]
pub(crate) struct DateOrder {
    order: Order,
    /// Dates that can only be read day first, and the line of the first.
    day_first: (u32, u32),
    /// Dates that can only be read month first, and the line of the first.
    month_first: (u32, u32),
    /// Dates that can be read in both orders.
    either: u32,
    /// One of them, and whether there are others.
    one_of_either: Option<NaiveDate>,
    several: bool,
    as_read: Span,
    otherwise: Span,
}

impl DateOrder {
    /// For reading a document once more.
    pub(crate) fn of(order: Order) -> Self {
        Self { order, ..Self::default() }
    }

    /// For reading a document once more in the same order.
    pub(crate) fn again(&self) -> Self {
        Self::of(self.order)
    }

    /// Whether dates are read month first.
    pub(crate) fn is_month_first(&self) -> bool {
        self.order == Order::MonthFirst
    }

    /// How dates are read, in words.
    pub(crate) fn describe(&self) -> String {
        match (self.order, self.day_first.0 + self.either) {
            (Order::MonthFirst, _) => "month first, as some dates can only be read so".to_owned(),
            (Order::DayFirst, 0) => "year first or with the month in letters".to_owned(),
            (Order::DayFirst, _) => "day first".to_owned(),
        }
    }

    /// Reads a date.
    pub(crate) fn read(&mut self, text: &str, line: u32) -> Result<ReadDate, Fault> {
        let count = |(count, first): &mut (u32, u32)| {
            *first = if *count == 0 { line } else { *first };
            *count += 1;
        };
        let read = match values::ordered_date(text, self.order) {
            Ok(read) => read,
            Err(fault) => {
                if values::is_of_other_order(text, self.order) {
                    count(&mut self.month_first);
                    if let Ok(other) = values::ordered_date(text, Order::MonthFirst) {
                        self.otherwise.add(other.day);
                    }
                }
                return Err(fault);
            }
        };
        self.as_read.add(read.day);
        match read.evidence {
            Evidence::Only(_) => count(&mut self.day_first),
            Evidence::Either(other) => {
                self.either += 1;
                self.several |= *self.one_of_either.get_or_insert(read.day) != read.day;
                self.otherwise.add(other);
                return Ok(read);
            }
            Evidence::None => {}
        }
        self.otherwise.add(read.day);
        Ok(read)
    }

    /// The order in which the document is to be read once more; none where it was read in the right one.
    ///
    /// # Errors
    /// The dates are of both orders, or nothing tells which they are of.
    pub(crate) fn verdict(&self) -> Result<Option<Order>, DocumentError> {
        if self.order == Order::MonthFirst {
            return Ok(None);
        }
        let ((day, day_line), (month, month_line)) = (self.day_first, self.month_first);
        let (as_read, otherwise) = (self.as_read.days(), self.otherwise.days());
        let ambiguous = || DocumentError::AmbiguousDates { as_read, otherwise };
        let mixed = DocumentError::MixedDateOrders { day_line, month_line };
        match (day, month) {
            (0, 0) if self.several && as_read >= FAR_APART && otherwise <= TOGETHER => Err(ambiguous()),
            (_, 0) => Ok(None),
            // A slip or two is left to its rows.
            (day, month) if day >= month => {
                if month <= 2 || month * 20 <= day {
                    Ok(None)
                } else {
                    Err(mixed)
                }
            }
            (0, month) if self.either == 0 || (month > 1 && month * 4 >= month + self.either) => {
                Ok(Some(Order::MonthFirst))
            }
            (0, _) => {
                if otherwise < as_read {
                    Err(ambiguous())
                } else {
                    Ok(None)
                }
            }
            (day, month) if day <= 2 && month >= day * 10 => Ok(Some(Order::MonthFirst)),
            _ => Err(mixed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(dates: &[&str]) -> Result<Option<Order>, &'static str> {
        let mut order = DateOrder::default();
        for (line, date) in (2..).zip(dates) {
            let _ = order.read(date, line);
        }
        order.verdict().map_err(|error| error.name())
    }

    #[test]
    fn the_order_follows_from_the_dates_that_allow_only_one() {
        assert_eq!(verdict(&["06/08/2022", "13/08/2022"]), Ok(None));
        assert_eq!(verdict(&["08/06/2022", "08/13/2022", "08/14/2022"]), Ok(Some(Order::MonthFirst)));
        assert_eq!(verdict(&["08/13/2022"]), Ok(Some(Order::MonthFirst)));
        assert_eq!(verdict(&["2022-08-06", "2022-08-13"]), Ok(None));
        let slip = ["13/08/2022", "14/08/2022", "20/08/2022", "08/21/2022"];
        assert_eq!(verdict(&slip), Ok(None), "one row with a slip");
        let both = ["13/08/2022", "14/08/2022", "20/08/2022", "08/13/2022", "08/14/2022", "08/20/2022"];
        assert_eq!(verdict(&both), Err("mixed_date_orders"));
    }

    #[test]
    fn dates_that_only_custom_could_read_are_refused_where_the_other_order_is_a_weekend() {
        assert_eq!(
            verdict(&["08/06/2022", "08/07/2022"]),
            Err("ambiguous_dates"),
            "6 and 7 August or 8 June and 8 July"
        );
        assert_eq!(verdict(&["06/08/2022", "07/08/2022"]), Ok(None), "a weekend day first");
        assert_eq!(verdict(&["08/06/2022"]), Ok(None));
    }
}
