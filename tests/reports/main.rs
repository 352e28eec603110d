//! Reports in every format, made from the same runs, and read back by what has not written them.
//!
//! | file | what it is about |
//! |---|---|
//! | `runs.rs` | the runs, each played once and written in every format |
//! | `junit.rs` | the XML that GitLab and Jenkins read; `junit.xsd` says what that is |
//! | `html.rs` | the page, read by a parser that is a browser's, and looked at by a browser: `look.js` tells what it sees |
//! | `github.rs` | the commands that GitHub's runner reads, and the summary in Markdown |
//! | `gradescope.rs` | `results.json` |
//! | `tap.rs` | TAP 14, read by Perl's own parser as the 13 that it knows |

mod github;
mod gradescope;
mod html;
mod junit;
#[path = "../programs/mod.rs"]
mod programs;
mod runs;
mod tap;

use libtest_mimic::Trial;
use std::process::ExitCode;

/// Tests, each named as its function is; what one of them needs is a tool that may be missing here.
macro_rules! trials {
    ($($module:ident: $($test:ident)* $(, with $tool:literal: $($needy:ident)*)?;)*) => {
        vec![$($($(trial(concat!(stringify!($module), "::", stringify!($needy)), programs::missing($tool), $module::$needy),)*)?
            $(trial(concat!(stringify!($module), "::", stringify!($test)), None, $module::$test),)*)*]
    };
}

fn main() -> ExitCode {
    let trials = trials! {
        // First what takes longest: a browser.
        html: every_case_is_there_and_says_what_became_of_it the_verdict_is_at_the_top
            the_cause_comes_before_the_rules_and_what_is_wrong_is_open several_programs_are_tables_of_those_that_have_the_same_rules nothing_runs_and_nothing_is_fetched
            headings_leave_out_no_level_and_the_page_can_be_listened_to
            long_conversations_are_folded_and_all_scenarios_fit_into_a_megabyte colours_are_legible_in_light_and_in_dark,
            with "chromium": it_fits_a_phone_and_is_legible_in_light it_fits_a_phone_and_is_legible_in_the_dark a_browser_runs_nothing_in_it;
        junit: every_case_is_one_test_and_says_what_became_of_it no_two_tests_have_one_name the_counts_are_those_of_the_elements
            what_makes_the_exit_status_is_an_element hostile_output_stays_text,
            with "xmllint": the_schema_holds_for_every_run the_schema_refuses_what_jenkins_does;
        github: every_line_is_a_command_that_the_runner_reads what_fails_is_an_error ten_annotations_of_a_kind_are_the_most
            a_file_is_named_where_it_was_checked_out in_actions_it_is_chosen_and_nothing_printed_is_a_command
            other_reports_are_left_alone_in_actions the_summary_has_a_row_for_each_rule_that_is_not_met
            hostile_output_is_no_markup the_summary_is_appended_and_never_too_large a_summary_that_cannot_be_written_is_a_mistake;
        gradescope: every_rule_is_a_test_with_its_points the_score_is_the_sum what_costs_no_point_says_so
            exit_zero_forgives_a_verdict_and_nothing_else a_program_that_is_not_there_has_no_points_and_says_why
            a_report_that_cannot_be_written_keeps_no_other_from_it;
        tap: the_version_and_the_plan_come_first,
            with "perl": every_case_is_one_point_and_says_what_became_of_it what_makes_the_exit_status_is_not_ok
                hostile_names_are_no_directives;
    };
    let conclusion = libtest_mimic::run(&programs::arguments(), trials);
    runs::forget();
    conclusion.exit_code()
}

fn trial(name: &str, missing: Option<&str>, test: fn()) -> Trial {
    // Some of the runs are of programs in Python.
    programs::trial(name, missing.or_else(|| programs::missing("python3")), move || {
        test();
        Ok(())
    })
}
