//! The project file on the command line: its options, and its programs by name.

use super::messages::note;
use super::options::{Options, read_dialect};
use super::recognise::{only_program_here, quoted};
use super::stop::Stop;
use crate::model::translation::fits;
use crate::project::{BuildError, Choice, FILE, Project, ProjectError};
use crate::run::setting::Subject;
use crate::run::suite::Plan;
use crate::spec::dialect::Dialect;
use crate::spec::fixture::Fixture;
use crate::spec::role::Part;
use crate::spec::rule::Rule;
use std::sync::Arc;

/// The project file of the working directory, if it exists, and the options that result. The command line wins over the file.
pub(super) fn read(options: &Options) -> Result<(Option<Project>, Options), Stop> {
    let project = Project::find().map_err(|error: ProjectError| Stop::usage(error.to_string()))?;
    let mut options = options.clone();
    if let Some(project) = &project {
        let file = project.options.clone();
        options.playing.jobs = options.playing.jobs.or(file.jobs);
        options.playing.timeout = options.playing.timeout.or(file.timeout);
        options.playing.strict = options.playing.strict.or(file.strict);
        options.playing.isolation = options.playing.isolation.or(file.isolation);
        options.playing.keep_files |= file.keep_files;
        options.playing.limits.splice(0..0, file.limits);
        options.weights = project.weights.clone();
        options.course.dialect = options.course.dialect.or_else(|| project.dialect.clone());
        if options.own.fixtures.is_none() {
            options.own.fixtures = project.fixtures().map_err(|error| Stop::usage(error.to_string()))?;
        }
    }
    Ok((project, options))
}

/// Says how to judge the programs of this folder, when the built-in pair is judged instead.
pub(super) fn suggest(options: &Options) {
    let what = if std::path::Path::new(FILE).exists() {
        format!("`sockspec check` judges what {FILE} names")
    } else if let Some(command) = only_program_here() {
        format!("`sockspec check {}` judges the program in this folder", quoted(&command))
    } else {
        return;
    };
    note(&format!("the built-in pair is judged; {what}"), &options.output);
}

/// The plans for the programs of the file, with the `wanted` ones of `all` fixtures.
pub(super) fn plans(
    project: &Project,
    names: &[String],
    all: &[Fixture],
    wanted: &[Fixture],
    options: &Options,
) -> Result<Vec<Plan>, Stop> {
    project.check_cases(all).map_err(|error| Stop::usage(error.to_string()))?;
    let choices = project.choose(names).map_err(Stop::usage)?;
    let fixtures = |choice: &Choice<'_>| -> Vec<Fixture> {
        wanted.iter().filter(|fixture| fixture.scenario.subject() == choice.part()).cloned().collect()
    };
    let judged: Vec<_> =
        choices.into_iter().map(|choice| (fixtures(&choice), choice)).filter(|(fixtures, _)| !fixtures.is_empty()).collect();
    if judged.is_empty() {
        let about = wanted.first().map_or(Part::Pair, |fixture| fixture.scenario.subject());
        return Err(Stop::usage(format!(
            "no scenario is selected: the filter is about the {about}, and no such subject is chosen in {FILE}"
        )));
    }
    build(project, judged.iter().map(|(_, choice)| choice), options)?;
    let plan = |(mut fixtures, choice): (Vec<Fixture>, Choice<'_>)| {
        let known_failures = project.known_failures(&choice);
        let dialect = dialect(&choice, options)?;
        retain_applicable(&mut fixtures, &dialect)?;
        let subjects = start(project, &choice)?;
        Ok(Plan { name: Some(choice.name.to_owned()), dialect: Some(dialect), subjects, fixtures, known_failures })
    };
    judged.into_iter().map(plan).collect()
}

/// The programs of one name, built. Their dialect becomes that of the options.
pub(super) fn subjects(project: Option<&Project>, name: &str, options: &mut Options) -> Result<Vec<Subject>, Stop> {
    let project = project.ok_or_else(no_file)?;
    let choices = project.choose(&[name.to_owned()]).map_err(Stop::usage)?;
    build(project, &choices, options)?;
    let Some(choice) = choices.first() else { return Ok(Vec::new()) };
    dialect(choice, options)?;
    if let Some(own) = choice.programs.iter().find_map(|program| program.dialect.clone()) {
        options.course.dialect = Some(own);
    }
    start(project, choice)
}

/// The dialect of one program or of a pair: its own, or that of all.
///
/// # Errors
/// There is no such dialect, or its file has a mistake; or the two programs of a pair speak different ones.
pub(super) fn dialect(choice: &Choice<'_>, options: &Options) -> Result<Arc<Dialect>, Stop> {
    let own: Vec<Option<&str>> = choice.programs.iter().map(|program| program.dialect.as_deref()).collect();
    if own.windows(2).any(|two| two[0] != two[1]) {
        return Err(Stop::usage(format!(
            "the two programs of {} have different dialects: programs that talk to each other have one",
            choice.name
        )));
    }
    own.first().copied().flatten().map_or_else(|| options.course.read(), read_dialect)
}

/// Leaves out the fixtures whose rule means nothing in this dialect.
///
/// # Errors
/// No fixture is left.
pub(super) fn retain_applicable(fixtures: &mut Vec<Fixture>, dialect: &Dialect) -> Result<(), Stop> {
    let first = fixtures.first().map(|fixture| fixture.scenario.rule);
    fixtures.retain(|fixture| fits(fixture, dialect));
    first.filter(|_| fixtures.is_empty()).map_or(Ok(()), |rule| refuse_inapplicable(rule, dialect))
}

/// Refuses a rule that means nothing in this dialect.
///
/// # Errors
/// The rule means nothing.
pub(super) fn refuse_inapplicable(rule: &Rule, dialect: &Dialect) -> Result<(), Stop> {
    match rule.inapplicable(dialect) {
        Some(why) => Err(Stop::usage(format!("{} does not apply in {}: {why}", rule.id, dialect.noun()))),
        None => Ok(()),
    }
}

/// The error for a named subject without a project file.
pub(super) fn no_file() -> Stop {
    Stop::usage(format!("--subject names a program of {FILE}, and there is no such file in this folder"))
}

fn start(project: &Project, choice: &Choice<'_>) -> Result<Vec<Subject>, Stop> {
    let subject = |program: &&crate::project::Program| {
        let command = project.command(program).map_err(|error| Stop::usage(error.to_string()))?;
        Ok(Subject { role: program.role, command })
    };
    choice.programs.iter().map(subject).collect()
}

/// Builds the programs, each recipe once. Tries all of them, to show all errors. If one fails, nothing is judged: a report without one of
/// the programs would look like a good report.
fn build<'a>(project: &Project, choices: impl IntoIterator<Item = &'a Choice<'a>>, options: &Options) -> Result<(), Stop> {
    let mut done = Vec::new();
    let mut wrong: Vec<BuildError> = Vec::new();
    for program in choices.into_iter().flat_map(|choice| &choice.programs) {
        let Some(recipe) = project.recipe(program).filter(|recipe| !done.contains(recipe)) else { continue };
        note(&format!("building {}: {}", program.name, recipe.0), &options.output);
        done.push(recipe);
        wrong.extend(project.build(program).err());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let messages: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    Err(Stop::usage(format!("{}\nnothing was judged; --subject NAME judges some alone", messages.join("\n"))))
}
