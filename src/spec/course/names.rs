//! The words of a dialect's file that stand for choices.

use crate::spec::dialect::{ClientEnd, Framing, Input, ReplyTo, ServerEnd, Serves, TokenIs, TokenMatch};

/// A word of the file, and what it means.
pub(super) type Names<T> = &'static [(&'static str, T)];

/// Whether other text is ignored.
pub(super) const OTHER_TEXT: Names<bool> = &[("fails", false), ("ignored", true)];

pub(super) const FRAMINGS: Names<Framing> = &[("recv", Framing::Recv), ("line", Framing::Line)];

pub(super) const MATCHES: Names<TokenMatch> = &[
    ("whole", TokenMatch::Whole),
    ("newline", TokenMatch::Newline),
    ("trimmed", TokenMatch::Trimmed),
    ("any-case", TokenMatch::AnyCase),
    ("prefix", TokenMatch::Prefix),
];

pub(super) const SERVING: Names<Serves> = &[("one", Serves::One), ("next", Serves::Next), ("many", Serves::Many)];

pub(super) const TOKEN_IS: Names<TokenIs> = &[("hidden", TokenIs::Hidden), ("printed", TokenIs::Printed), ("answered", TokenIs::Answered)];

pub(super) const RECEIVERS: Names<ReplyTo> = &[("sender", ReplyTo::Sender), ("others", ReplyTo::Others), ("all", ReplyTo::All)];

pub(super) const SERVER_ENDS: Names<ServerEnd> =
    &[("client", ServerEnd::Client), ("operator", ServerEnd::Operator), ("either", ServerEnd::Either)];

pub(super) const INPUTS: Names<Input> = &[("word", Input::Word), ("line", Input::Line)];

pub(super) const CLIENT_ENDS: Names<ClientEnd> =
    &[("typed", ClientEnd::Typed), ("unsent", ClientEnd::Unsent), ("reply", ClientEnd::Reply), ("either", ClientEnd::Either)];
