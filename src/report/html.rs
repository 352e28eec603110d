//! A page that a teacher can give to a student: one file that needs no other, with every conversation as a picture.
//!
//! The page has no scripts, and forbids the browser to run any. So the output of a program could do no harm even if the browser took it for
//! markup.

mod badge;
mod budget;
mod diagram;
mod matrix;
mod page;
mod pages;
mod section;
mod sentence;

use super::case::CaseList;
use crate::run::results::Results;
use budget::Budget;
use page::{Style, page};
pub use pages::write as write_pages;
use section::Section;
use std::io::{self, Write};

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let (lists, budget) = (CaseList::all(results), Budget::default());
    let sections: Vec<Section<'_>> = lists.iter().enumerate().map(|(i, list)| Section::new(results, list, i, &budget)).collect();
    out.write_all(page(results, &sections, &Style::Inside).into_string().as_bytes())
}
