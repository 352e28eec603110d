//! Reports in every format, written from the same runs. Independent parsers read them.
//!
//! | file | content |
//! |---|---|
//! | `runs.rs` | the runs: each is played once, and written in every format |
//! | `json.rs` | the JSON report, and its schema |
//! | `junit.rs` | the XML that GitLab and Jenkins read; `junit.xsd` is its schema |
//! | `html.rs` | the HTML page, read by the parser of a browser and opened in a browser: `look.js` measures it there |
//! | `github.rs` | the commands that GitHub's runner reads, and the summary in Markdown |
//! | `gradescope.rs` | `results.json` |
//! | `tap.rs` | TAP 14, read as TAP 13 by Perl's own parser |
//!
//! `cargo test --test reports junit` runs the tests of one format.

mod github;
mod gradescope;
mod html;
mod json;
mod junit;
#[path = "../programs/mod.rs"]
mod programs;
mod runs;
#[path = "../schemas/mod.rs"]
mod schemas;
mod tap;

use libtest_mimic::Trial;
use std::process::ExitCode;

/// Makes trials of test functions, named after them. A test may need a tool that is missing on this machine.
macro_rules! trials {
    ($($module:ident: $($test:ident)* $(, with $tool:literal: $($needy:ident)*)?;)*) => {
        vec![$($($(trial(concat!(stringify!($module), "::", stringify!($needy)), programs::missing($tool), $module::$needy),)*)?
            $(trial(concat!(stringify!($module), "::", stringify!($test)), None, $module::$test),)*)*]
    };
}

fn main() -> ExitCode {
    let trials = trials! {
        // The browser takes longest, so its tests start first.
        html: every_case_has_an_entry_with_its_result the_verdict_is_at_the_top
            the_cause_comes_first_and_failures_are_open programs_with_the_same_rules_share_a_table the_page_has_no_scripts_and_fetches_nothing
            headings_skip_no_level_and_the_page_suits_screen_readers
            long_conversations_are_folded_and_the_page_stays_below_a_megabyte colours_have_enough_contrast_in_light_and_dark,
            with "chromium": the_page_fits_a_phone_and_is_legible_in_light_mode the_page_fits_a_phone_and_is_legible_in_dark_mode a_browser_runs_no_script_of_the_page;
        json: every_report_is_valid_under_the_schema the_schema_has_every_word_of_every_enumeration;
        junit: every_case_is_one_test_with_its_result test_names_are_unique the_counts_match_the_elements
            every_nonzero_exit_status_has_an_element hostile_output_is_escaped,
            with "xmllint": every_report_is_valid_under_the_schema the_schema_refuses_what_jenkins_refuses;
        github: every_line_is_a_valid_workflow_command failures_are_error_annotations at_most_ten_annotations_of_a_kind_are_written
            annotations_name_files_relative_to_the_checkout github_actions_selects_the_format_and_output_cannot_inject_commands
            github_actions_leaves_chosen_reports_unchanged the_summary_has_a_row_for_each_broken_rule
            hostile_output_is_escaped_in_the_summary the_summary_is_appended_and_stays_below_the_size_limit a_summary_that_cannot_be_written_is_an_error;
        gradescope: every_rule_is_a_test_with_its_points the_score_is_the_sum_of_the_points tests_without_points_say_so
            exit_zero_hides_verdicts_but_no_errors a_missing_program_gets_no_points_and_a_reason
            one_unwritable_report_does_not_stop_the_others;
        tap: the_version_and_the_plan_come_first,
            with "perl": every_case_is_one_test_point_with_its_result every_nonzero_exit_status_has_a_not_ok
                hostile_names_are_escaped;
    };
    let conclusion = libtest_mimic::run(&programs::arguments(), trials);
    runs::remove_reports();
    conclusion.exit_code()
}

fn trial(name: &str, missing: Option<&str>, test: fn()) -> Trial {
    // Some runs judge programs in Python.
    programs::trial(name, missing.or_else(|| programs::missing("python3")), move || {
        test();
        Ok(())
    })
}
