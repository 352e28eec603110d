//! Remarks about a single subject that is not where it should be: where a server listens instead, and where a client has tried to connect.

use super::Player;
use crate::spec::role::Role;
use crate::stage::threads::Snapshot;
use crate::stage::trouble::Trouble;
use std::net::SocketAddr;

impl Player<'_> {
    /// Says where a single subject is instead, or what it does instead.
    pub(super) fn remark_where_it_is(&mut self) -> Result<(), Trouble> {
        let snapshot = Snapshot::take();
        let doing = snapshot.describe();
        self.asleep_in = snapshot.asleep_in();
        if self.alone() == Some(Role::Server) {
            return self.remark_where_it_listens(&doing);
        }
        self.remark_where_it_tried(Some(&doing));
        Ok(())
    }

    /// Says where a single client had tried to connect before it ended, and repeats a subject's last words.
    pub(super) fn remark_what_it_had_tried(&mut self) {
        if self.alone() == Some(Role::Client) {
            self.remark_where_it_tried(None);
        }
        self.remark_last_words();
    }

    fn remark_where_it_listens(&mut self, doing: &str) -> Result<(), Trouble> {
        let port = self.request.port;
        let endpoint = self.network.endpoint(Role::Server);
        self.listens_at = endpoint.listeners()?;
        let own = &self.listens_at;
        self.uses_datagrams = own.is_empty() && endpoint.receives_datagrams();
        self.remarks.push(if self.uses_datagrams {
            format!("it has a UDP socket on port {port}, expected a TCP socket that listens: it is {doing}")
        } else if own.is_empty() {
            format!("it does not listen on 127.0.0.1:{port}: it is {doing}")
        } else {
            // Otherwise that address would serve IPv4, too.
            let is_v6_only = own.iter().any(|own| own.to_string() == format!("[::]:{port}"));
            let only = if is_v6_only { ", for IPv6 only (IPV6_V6ONLY)" } else { "" };
            format!("it listens on {}{only}, expected 127.0.0.1:{port}", few(own))
        });
        Ok(())
    }

    /// Says where a single client has tried to connect, or else what it is `doing`, unless it has ended.
    fn remark_where_it_tried(&mut self, doing: Option<&str>) {
        let expected = format!("127.0.0.1:{}", self.request.port);
        let endpoint = self.network.endpoint(Role::Client);
        let attempts = endpoint.attempts();
        let state = doing.map(|doing| format!(": it is {doing}")).unwrap_or_default();
        let remark = if !attempts.connections.is_empty() {
            Some(format!("it tried to connect to {}, expected {expected}", few(&attempts.connections)))
        } else if let Some(to) = attempts.datagrams.first() {
            self.uses_datagrams = true;
            let instead = if to.to_string() == expected { String::new() } else { format!(" to {expected}") };
            Some(format!("it sent a UDP datagram to {to}, expected a TCP connection{instead}"))
        } else if endpoint.sends_datagrams() {
            self.uses_datagrams = true;
            Some(format!("it has a UDP socket for {expected}, expected a TCP connection{state}"))
        } else if attempts.is_unroutable {
            Some(format!("it tried to reach another computer or to look up a name, expected {expected}{state}"))
        } else {
            doing.map(|_| format!("it has not connected to {expected}{state}"))
        };
        self.remarks.extend(remark);
        self.tried = attempts.connections;
    }

    /// Says of a server that listens on all addresses that it does.
    pub(super) fn remark_all_addresses(&mut self) {
        let served = self.network.endpoint(Role::Server).served_at().ok().flatten();
        let all = served.filter(|asked| asked.ip().is_unspecified());
        self.remarks.extend(all.map(|asked| format!("it listens on {asked}, which serves 127.0.0.1 too")));
    }
}

/// Names some addresses: a longer list does not help.
fn few(addresses: &[SocketAddr]) -> String {
    const FEW: usize = 4;
    let named: Vec<String> = addresses.iter().take(FEW).map(ToString::to_string).collect();
    let more = addresses.len().saturating_sub(FEW);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    named.join(", ") + &more
}
