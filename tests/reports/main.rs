//! Reports in every format, made from the same runs, and read back by what has not written them.
//!
//! | file | what it is about |
//! |---|---|
//! | `runs.rs` | the runs, each played once and written in every format |
//! | `junit.rs` | the XML that GitLab and Jenkins read; `junit.xsd` says what that is |
//! | `html.rs` | the page, read by a parser that is a browser's, and looked at by a browser: `look.js` tells what it sees |
//! | `tap.rs` | TAP 14, read by Perl's own parser |

mod html;
mod junit;
#[path = "../programs/mod.rs"]
mod programs;
mod runs;
mod tap;

use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

/// Tests, each named as its function is; what one of them needs is a tool that may be missing here.
macro_rules! trials {
    ($($module:ident: $($test:ident)* $(, with $tool:literal: $($needy:ident)*)?;)*) => {
        vec![$($(trial(concat!(stringify!($module), "::", stringify!($test)), None, $module::$test),)*
            $($(trial(concat!(stringify!($module), "::", stringify!($needy)), programs::missing($tool), $module::$needy),)*)?)*]
    };
}

fn main() -> ExitCode {
    let trials = trials! {
        junit: every_case_is_one_test_and_says_what_became_of_it no_two_tests_have_one_name the_counts_are_those_of_the_elements
            what_makes_the_exit_status_is_an_element hostile_output_stays_text,
            with "xmllint": the_schema_holds_for_every_run the_schema_refuses_what_jenkins_does;
        html: every_case_is_there_and_says_what_became_of_it the_verdict_is_at_the_top
            the_cause_comes_before_the_rules_and_what_is_wrong_is_open several_programs_are_tables_of_those_that_have_the_same_rules nothing_runs_and_nothing_is_fetched
            headings_leave_out_no_level_and_the_page_can_be_listened_to
            long_conversations_are_folded_and_all_scenarios_fit_into_a_megabyte colours_are_legible_in_light_and_in_dark,
            with "chromium": it_fits_a_phone_and_is_legible_in_light_and_in_dark a_browser_runs_nothing_in_it;
        tap: the_version_and_the_plan_come_first,
            with "perl": every_case_is_one_point_and_says_what_became_of_it what_makes_the_exit_status_is_not_ok
                hostile_names_are_no_directives;
    };
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(name: &str, missing: Option<&str>, test: fn()) -> Trial {
    programs::trial(name, missing, move || {
        test();
        Ok(())
    })
}
