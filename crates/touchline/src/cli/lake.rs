use clap::Subcommand;
use touchline_domain::lake::Month;

#[derive(Debug, Subcommand)]
pub enum LakeCommand {
    /// Write everything that the database holds; partitions that hold the same rows are not written again
    ///
    /// Partitions of which the database holds fewer rows than the lake are left as they are, and said.
    Export {
        /// Let the lake lose what the database no longer holds
        #[arg(long)]
        prune: bool,
        /// Write files anew whose rows are the same: after damage
        #[arg(long)]
        rewrite: bool,
    },
    /// List what the lake holds
    List {
        /// List each month
        #[arg(long)]
        partitions: bool,
        /// Read every file and compare it with its manifest
        #[arg(long)]
        verify: bool,
    },
    /// Merge the files of each partition that has several
    Compact,
    /// Move the odds history of old matches to the lake, and leave representative quotes in the database
    ///
    /// Of each series (bookmaker, market, line, phase) stay the first quote and the last of every 24 hours counted back
    /// from kick-off. The whole history is written to the lake and read back before anything is removed.
    Archive {
        /// Matches that kicked off more than so many years ago
        #[arg(long, value_name = "YEARS", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=200))]
        older_than_years: u16,
        /// Only count what would be moved
        #[arg(long)]
        dry_run: bool,
    },
    /// Bring archived odds back into the database
    Restore {
        /// Only of matches from this month of kick-off, such as 2019-08
        #[arg(long, value_name = "MONTH")]
        from: Option<Month>,
        /// Only of matches up to this month of kick-off
        #[arg(long, value_name = "MONTH")]
        to: Option<Month>,
    },
    /// Remove files that nothing refers to any more
    Cleanup {
        /// Only those that have been superfluous for so many hours: somebody may be reading or writing them
        #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=87600))]
        grace_hours: u32,
        /// Only count what would be removed
        #[arg(long)]
        dry_run: bool,
    },
    /// Ask the lake in SQL; the tables are those that `touchline lake list` shows
    Sql {
        /// One SELECT
        #[arg(value_name = "QUERY")]
        query: String,
        /// Print no more rows than this
        #[arg(long, value_name = "N", default_value_t = 1000)]
        limit: u32,
    },
}
