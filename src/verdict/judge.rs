//! The judge: a pure function of a scenario and of what was seen. It uses no clock, no socket, and no file.
//!
//! A rule owns some facets of what is seen, and a scenario fails only for the facets of its rule. Every other difference is a note. So
//! one defect breaks one rule. A crash is different: a program that crashes fails whatever the rule is about. (If the crash also breaks a
//! rule about ends, `presupposition` reports it only there.)

mod case;
mod completeness;
mod evidence;
mod joined;
mod output;
mod process;
mod prompt;
mod replies;
mod wire;

pub use process::crashes;

use crate::spec::dialect::Dialect;
use crate::spec::rule::Facet;
use crate::spec::transcript::Scenario;
use crate::stage::Seen;
use crate::verdict::finding::{Difference, Finding, Verdict};
use case::Case;

/// The rule about what a client prints first. In the tutorial, a client prints nothing else.
const CLIENT_GREETING: &str = "client/greeting";

/// Facets whose difference is worth a note if the rule does not own them.
const NOTED: [Facet; 6] = [Facet::Connections, Facet::Stdout, Facet::Wire, Facet::End, Facet::Idle, Facet::Tidy];

/// Judges what was seen of a scenario; both are in `dialect`.
pub fn judge(scenario: &Scenario, seen: &Seen, dialect: &Dialect) -> Finding {
    if let Some(trouble) = &seen.trouble {
        return Finding::inconclusive(trouble.clone());
    }
    let case = Case::new(scenario, seen, dialect);
    let owned = |facet: &&Facet| scenario.rule.owns_in(**facet, dialect);
    let differs = || scenario.rule.facets_in(dialect).find_map(|facet| difference(&case, facet));
    let mut finding = match case.breach().or_else(differs).or_else(|| case.crash()) {
        Some(mut difference) => {
            difference.clue = case.clue(&difference);
            Finding::fail(difference)
        }
        // A program that does nothing makes no mistake, so a part that was not played proves nothing.
        None => case.unplayed().map_or_else(Finding::pass, Finding::inconclusive),
    };
    if finding.verdict == Verdict::Pass {
        let others = NOTED.iter().filter(|facet| !owned(facet)).filter_map(|facet| difference(&case, *facet));
        finding.notes.extend(others.map(|difference| difference.message));
        finding.notes.extend(seen.remarks.iter().cloned());
        finding.notes.dedup();
    }
    finding
}

/// Whether a program did everything that the scenario demands, and nothing else, also in the facets that the rule does not own.
pub fn agrees(scenario: &Scenario, seen: &Seen, dialect: &Dialect) -> bool {
    let case = Case::new(scenario, seen, dialect);
    let differs = |facet: &Facet| difference(&case, *facet).is_some();
    seen.trouble.is_none() && case.unplayed().is_none() && !scenario.rule.facets.iter().chain(&NOTED).any(differs)
}

/// The first difference in one facet.
fn difference(case: &Case<'_>, facet: Facet) -> Option<Difference> {
    match facet {
        Facet::Connections => case.connections(),
        Facet::Greeting => case.greeting(),
        Facet::Stdout if case.shows_on_the_wire() => case.sent(Facet::Stdout),
        Facet::Stdout if case.scenario.rule.id == CLIENT_GREETING && case.has_more_to_say() => case.greeting(),
        Facet::Stdout => case.stdout(),
        Facet::Farewell => case.farewell(),
        Facet::Prompt | Facet::GreetingPrompt | Facet::WirePrompt => case.prompt(facet),
        Facet::Welcome => case.welcome(),
        Facet::Turns => case.turns(),
        Facet::Words | Facet::Wire => case.sent(facet),
        Facet::HangUp => case.hang_up(),
        Facet::End => case.end(),
        Facet::Stderr => case.stderr(),
        Facet::Idle => case.idle(),
        Facet::Tidy => case.tidy(),
    }
}
