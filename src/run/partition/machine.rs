//! Which part of a run this machine plays, as its CI system or its scheduler says in the environment.

/// The variables of a system.
struct System {
    name: &'static str,
    index: &'static str,
    count: &'static str,
    /// The number of the first machine.
    first: Number,
    /// The distance between the numbers of two machines.
    step: Number,
}

/// A number that is always the same, or that a variable holds.
enum Number {
    Fixed(u64),
    Variable(&'static str),
}

/// The systems, with the variables that their manuals name. Kubernetes sets no variable for the number of machines: the recipe in
/// `sockspec help partitions` does.
const SYSTEMS: [System; 5] = [
    System { name: "GitLab", index: "CI_NODE_INDEX", count: "CI_NODE_TOTAL", first: Number::Fixed(1), step: Number::Fixed(1) },
    System { name: "CircleCI", index: "CIRCLE_NODE_INDEX", count: "CIRCLE_NODE_TOTAL", first: Number::Fixed(0), step: Number::Fixed(1) },
    System {
        name: "Buildkite",
        index: "BUILDKITE_PARALLEL_JOB",
        count: "BUILDKITE_PARALLEL_JOB_COUNT",
        first: Number::Fixed(0),
        step: Number::Fixed(1),
    },
    System {
        name: "Slurm",
        index: "SLURM_ARRAY_TASK_ID",
        count: "SLURM_ARRAY_TASK_COUNT",
        first: Number::Variable("SLURM_ARRAY_TASK_MIN"),
        step: Number::Variable("SLURM_ARRAY_TASK_STEP"),
    },
    System { name: "Kubernetes", index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS", first: Number::Fixed(0), step: Number::Fixed(1) },
];

/// The number of the part of this machine, from 1, and the number of all parts. `get` gives the value of a variable.
///
/// # Errors
/// No system says which part it is, or the variables do not fit together. The message names them.
pub(super) fn of_machine(get: impl Fn(&str) -> Option<String>) -> Result<(u64, u64), String> {
    let Some(system) = SYSTEMS.iter().find(|system| get(system.index).is_some_and(|value| !value.is_empty())) else {
        let names: Vec<String> = SYSTEMS.iter().map(|system| format!("{} ({})", system.name, system.index)).collect();
        return Err(format!("auto reads what {} set, and none of them is set: write it as I/N", names.join(", ")));
    };
    let number = |name: &str| {
        let value = get(name).ok_or_else(|| format!("{} is set, and {name} is not: {} sets both", system.index, system.name))?;
        value.trim().parse::<u64>().map_err(|_| format!("{name} is `{value}`, and not a number"))
    };
    let of = |which: &Number| match which {
        Number::Fixed(number) => Ok(*number),
        Number::Variable(name) => number(name),
    };
    let (index, first, step) = (number(system.index)?, of(&system.first)?, of(&system.step)?.max(1));
    let index = index.checked_sub(first).ok_or_else(|| format!("{} is {index}, and the first one is {first}", system.index))? / step + 1;
    Ok((index, number(system.count)?))
}

#[cfg(test)]
mod tests {
    use crate::run::partition::machine::of_machine;

    fn part(variables: &[(&str, &str)]) -> Result<String, String> {
        let get = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        of_machine(get).map(|(index, count)| format!("{index}/{count}"))
    }

    #[test]
    fn each_system_counts_in_its_own_way() {
        assert_eq!(part(&[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "3")]), Ok("2/3".into()));
        assert_eq!(part(&[("CIRCLE_NODE_INDEX", "0"), ("CIRCLE_NODE_TOTAL", "4")]), Ok("1/4".into()));
        assert_eq!(part(&[("BUILDKITE_PARALLEL_JOB", "3"), ("BUILDKITE_PARALLEL_JOB_COUNT", "4")]), Ok("4/4".into()));
        let slurm = [("SLURM_ARRAY_TASK_COUNT", "3"), ("SLURM_ARRAY_TASK_MIN", "10"), ("SLURM_ARRAY_TASK_STEP", "5")];
        assert_eq!(part(&[&[("SLURM_ARRAY_TASK_ID", "20")], &slurm[..]].concat()), Ok("3/3".into()));
        assert_eq!(part(&[("JOB_COMPLETION_INDEX", "1"), ("JOB_COMPLETIONS", "2")]), Ok("2/2".into()));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let says = |variables: &[(&str, &str)], text: &str| part(variables).is_err_and(|error| error.contains(text));
        assert!(says(&[], "Slurm (SLURM_ARRAY_TASK_ID)"));
        assert_eq!(part(&[("CI_NODE_INDEX", "1")]), Err("CI_NODE_INDEX is set, and CI_NODE_TOTAL is not: GitLab sets both".into()));
        assert_eq!(part(&[("CI_NODE_INDEX", "x"), ("CI_NODE_TOTAL", "3")]), Err("CI_NODE_INDEX is `x`, and not a number".into()));
        assert!(says(&[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "3")], "the first one is 1"));
    }
}
