//! How a bet on a line settles.

use super::Distribution;

/// Probabilities of the five ways a bet settles; they sum to 1.
///
/// A stake of 1 at decimal odds `o` returns `o` if won, `(o + 1)/2` if half won, 1 on a push, 1/2 if half lost
/// and 0 if lost. A quarter line is two bets of half the stake on the neighbouring whole and half line: one goal
/// decides whether one of them is returned. Averaging the win, push and loss probabilities of the two lines keeps
/// the expected profit but loses the distribution: it shows a half win as half a chance of a win and half a chance
/// of a push, which overstates the variance and so misleads every stake that depends on it, Kelly's first of all.
///
/// ```
/// use touchline_models::markets::Settlement;
/// let bet = Settlement { win: 0.4, half_win: 0.2, push: 0.0, half_loss: 0.0, loss: 0.4 };
/// assert_eq!(bet.fair_odds(), Some(1.8)); // 1 + 0.4 / (0.4 + 0.2/2)
/// assert!(bet.expected_profit(1.8).abs() < 1e-12);
/// assert_eq!(bet.opposite().half_loss, 0.2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Settlement {
    /// The whole stake wins.
    pub win: f64,
    /// Half wins, half is returned.
    pub half_win: f64,
    /// The stake is returned.
    pub push: f64,
    /// Half loses, half is returned.
    pub half_loss: f64,
    /// The whole stake loses.
    pub loss: f64,
}

impl Settlement {
    /// A bet that `number` is above a line of `quarters`, four to the whole.
    pub(super) fn above(number: &Distribution, quarters: i32) -> Self {
        let whole = quarters.div_euclid(4);
        let mut bet = Self { win: 0.0, half_win: 0.0, push: 0.0, half_loss: 0.0, loss: 0.0 };
        match quarters.rem_euclid(4) {
            // 2.00: two pushes.
            0 => {
                bet.win = number.above(whole);
                bet.push = number.at(whole);
                bet.loss = number.below(whole);
            }
            // 2.25, half on 2.0 and half on 2.5: two loses half.
            1 => {
                bet.win = number.above(whole);
                bet.half_loss = number.at(whole);
                bet.loss = number.below(whole);
            }
            // 2.50.
            2 => {
                bet.win = number.above(whole);
                bet.loss = number.below(whole + 1);
            }
            // 2.75, half on 2.5 and half on 3.0: three wins half.
            _ => {
                bet.win = number.above(whole + 1);
                bet.half_win = number.at(whole + 1);
                bet.loss = number.below(whole + 1);
            }
        }
        bet
    }

    /// A bet that wins with probability `p` and otherwise loses.
    ///
    /// A `p` outside \[0, 1\] is taken to the nearer end, a number that is none to 0.
    pub fn simple(p: f64) -> Self {
        let win = if p.is_nan() { 0.0 } else { p.clamp(0.0, 1.0) };
        Self { win, half_win: 0.0, push: 0.0, half_loss: 0.0, loss: 1.0 - win }
    }

    /// The bet against this one.
    #[must_use]
    pub fn opposite(&self) -> Self {
        Self {
            win: self.loss,
            half_win: self.half_loss,
            push: self.push,
            half_loss: self.half_win,
            loss: self.win,
        }
    }

    /// Win, half win, push, half loss, loss.
    pub fn as_array(&self) -> [f64; 5] {
        [self.win, self.half_win, self.push, self.half_loss, self.loss]
    }

    /// Expected share of the stake that wins.
    pub fn won(&self) -> f64 {
        self.win + self.half_win / 2.0
    }

    /// Expected share of the stake that loses.
    pub fn lost(&self) -> f64 {
        self.loss + self.half_loss / 2.0
    }

    /// Decimal odds without margin, at which the expected profit is 0; none where the bet cannot win.
    pub fn fair_odds(&self) -> Option<f64> {
        (self.won() > 0.0).then(|| 1.0 + self.lost() / self.won())
    }

    /// Probability that a bookmaker's two-way price implies: share won of the stake that is not returned. One
    /// half where everything is returned.
    pub fn two_way_probability(&self) -> f64 {
        let decided = self.won() + self.lost();
        if decided > 0.0 { self.won() / decided } else { 0.5 }
    }

    /// Expected profit per unit staked at decimal odds.
    pub fn expected_profit(&self, odds: f64) -> f64 {
        (odds - 1.0) * self.won() - self.lost()
    }

    /// Profit per unit staked of each way at decimal odds, in the order of [`Self::as_array`].
    pub fn profits(odds: f64) -> [f64; 5] {
        [odds - 1.0, (odds - 1.0) / 2.0, 0.0, -0.5, -1.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fair_odds_leave_no_profit() {
        let bet = Settlement { win: 0.3, half_win: 0.0, push: 0.2, half_loss: 0.1, loss: 0.4 };
        assert!(bet.expected_profit(bet.fair_odds().unwrap()).abs() < 1e-12);
        let mean: f64 = bet.as_array().iter().zip(Settlement::profits(2.2)).map(|(p, x)| p * x).sum();
        assert!((mean - bet.expected_profit(2.2)).abs() < 1e-12);
        assert_eq!(Settlement::simple(0.0).fair_odds(), None);
        let both = bet.two_way_probability() + bet.opposite().two_way_probability();
        assert!((both - 1.0).abs() < 1e-12);
        assert!(Settlement::simple(f64::NAN).loss > 0.99);
    }
}
