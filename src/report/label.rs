//! Labels of runs, for reports about several programs.

use super::text::legible;
use crate::run::results::Results;

/// A unique label for each run: its name in the project file, or its commands. A single run without a name has an empty label.
pub fn labels(results: &Results) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for run in &results.runs {
        let label = match &run.name {
            Some(name) => legible(name),
            None if results.runs.len() == 1 => String::new(),
            None => run.subjects.iter().map(|subject| legible(&subject.command)).collect::<Vec<_>>().join(" and "),
        };
        let same = labels.iter().filter(|other| **other == label).count();
        labels.push(if same == 0 { label } else { format!("{label} ({})", same + 1) });
    }
    labels
}
