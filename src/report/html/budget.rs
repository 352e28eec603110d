//! A limit for the size of a page: the pictures of a whole class would be too much for a phone.

use crate::report::case::Status;
use maud::{Markup, html};
use std::cell::Cell;

/// The number of bytes that pictures may still have.
pub struct Budget {
    passed: Cell<usize>,
    others: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { passed: Cell::new(4_000_000), others: Cell::new(8_000_000) }
    }
}

impl Budget {
    /// For a page about one program, of which a class has many.
    pub fn of_a_small_page() -> Self {
        Self { passed: Cell::new(0), others: Cell::new(90_000) }
    }

    /// The picture, or a remark if the page has no space for it.
    pub fn take(&self, status: Status, picture: Markup) -> Markup {
        let budget = if status == Status::Passed { &self.passed } else { &self.others };
        match budget.get().checked_sub(picture.0.len()) {
            Some(left) => {
                budget.set(left);
                picture
            }
            None => html! { p.faint { "This page has too many pictures to show this one. The command below shows the conversation." } },
        }
    }
}
