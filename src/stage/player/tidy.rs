//! Whether a server keeps nothing of clients that have gone.

use super::Player;
use crate::spec::transcript::{Excess, Step};
use crate::stage::holdings::Baseline;
use crate::stage::trouble::Trouble;

impl Player<'_> {
    /// Whether the server holds no more than at first. If the system does not tell, [`Player::write_down_tidiness`] finds that out.
    pub(super) fn is_tidy(&self) -> bool {
        let excess = |baseline: &Baseline| baseline.excess(self.network.connections_made());
        self.baseline.as_ref().is_none_or(|baseline| excess(baseline).is_ok_and(|excess| excess == Excess::default()))
    }

    /// Writes down whether the server is tidy, now that it is at rest. The first time, it is.
    pub(super) fn write_down_tidiness(&mut self) -> Result<(), Trouble> {
        let connections = self.network.connections_made();
        let excess = match &self.baseline {
            Some(baseline) => baseline.excess(connections)?,
            None => {
                self.baseline = Some(Baseline::after(connections)?);
                Excess::default()
            }
        };
        self.steps.push(if excess == Excess::default() { Step::Tidy } else { Step::Keeps(excess) });
        Ok(())
    }
}
