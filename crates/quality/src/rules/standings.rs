//! Published tables that contradict themselves.

use super::RuleFinding;

/// A club's line of a published table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The club.
    pub club: String,
    /// Matches won, drawn and lost.
    pub won_drawn_lost: [u32; 3],
    /// Matches played.
    pub played: u32,
    /// Goals scored and conceded.
    pub goals: [u32; 2],
    /// Points, without what was deducted.
    pub points: u32,
}

/// Looks whether a table adds up: matches are wins, draws and losses; points are three for a win and one for a draw (or two
/// for a win, if for all); what one club wins another loses, and what one scores another concedes. `of` names the table.
pub fn standings(of: &str, table: &[Standing]) -> Option<RuleFinding> {
    let points = |win: u32| {
        move |line: &&Standing| line.points != win * line.won_drawn_lost[0] + line.won_drawn_lost[1]
    };
    let wrong_points = [3, 2].map(|win| table.iter().filter(points(win)).collect::<Vec<_>>());
    let wrong_points = wrong_points.into_iter().min_by_key(Vec::len).unwrap_or_default();
    let sum = |of: fn(&Standing) -> u32| table.iter().map(of).sum::<u32>();
    let mut reasons = Vec::new();
    for line in table.iter().filter(|line| line.won_drawn_lost.iter().sum::<u32>() != line.played) {
        reasons.push(format!(
            "{} has played {} matches, which are not its wins, draws and losses",
            line.club, line.played
        ));
    }
    reasons.extend(wrong_points.iter().map(|line| {
        format!("{} has {} points, which do not follow from its results", line.club, line.points)
    }));
    let (won, lost) = (sum(|line| line.won_drawn_lost[0]), sum(|line| line.won_drawn_lost[2]));
    if won != lost {
        reasons.push(format!("{won} matches were won and {lost} lost"));
    }
    let (scored, conceded) = (sum(|line| line.goals[0]), sum(|line| line.goals[1]));
    if scored != conceded {
        reasons.push(format!("{scored} goals were scored and {conceded} conceded"));
    }
    let first = reasons.first()?;
    let message = format!("the table of {of} does not add up: {first} ({} contradictions)", reasons.len());
    Some(RuleFinding::new("table_does_not_add_up", format!("table {of}"), message, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(club: &str, won_drawn_lost: [u32; 3], goals: [u32; 2]) -> Standing {
        let [won, drawn, _] = won_drawn_lost;
        let played = won_drawn_lost.iter().sum();
        Standing { club: club.to_owned(), won_drawn_lost, played, goals, points: 3 * won + drawn }
    }

    #[test]
    fn a_goal_that_nobody_conceded_is_found() {
        let mut table = vec![line("Fenby", [1, 1, 0], [3, 1]), line("Lorne", [0, 1, 1], [1, 3])];
        assert_eq!(standings("X 2020", &table), None);
        table[0].goals[0] = 4;
        let found = standings("X 2020", &table).unwrap();
        assert!(found.message.contains("4 goals") || found.message.contains("5 goals"), "{}", found.message);
        table[0].goals[0] = 3;
        table[1].points = 2;
        assert!(standings("X 2020", &table).unwrap().message.contains("Lorne"));
    }

    #[test]
    fn two_points_for_a_win_are_a_rule_too() {
        let mut table = vec![line("Fenby", [2, 0, 0], [3, 0]), line("Lorne", [0, 0, 2], [0, 3])];
        table[0].points = 4;
        assert_eq!(standings("X 1970", &table), None);
    }
}
