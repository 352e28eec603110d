#!/usr/bin/env perl
# A right client in Perl: sysread returns what has been typed so far, and a word ends at white space or at the end of input, not where a read
# ends (client/input-split). Input stays bytes: in decoded text \s knows Unicode's spaces, too (client/word-bytes). syswrite may take a part
# (client/slow-server), and without SIGPIPE it fails with a message when the server has gone (client/server-gone).
use strict;
use warnings;
use Errno qw(EINTR);
use Socket;

$SIG{PIPE} = 'IGNORE';

# die would exit with the error number as its status.
sub fail { print STDERR "$_[0]: $!\n"; exit 1 }

sub send_all {
    my ($server, $bytes) = @_;
    while (length $bytes) {
        my $sent = syswrite($server, $bytes);
        if (defined $sent) { substr($bytes, 0, $sent) = '' }
        elsif ($! != EINTR) { fail('send') }
    }
}

socket(my $server, PF_INET, SOCK_STREAM, 0) or fail('socket');
connect($server, pack_sockaddr_in(8023, INADDR_LOOPBACK)) or fail('connect');
$| = 1;
print "连接服务器成功！\n";

my $typed = '';
INPUT: while (1) {
    my $length = sysread(STDIN, $typed, 4096, length $typed);
    next if !defined $length && $! == EINTR;
    fail('read') if !defined $length;
    $typed .= ' ' if $length == 0;    # The end of input also ends the last word.
    while ($typed =~ s/^\s*(\S+)\s//) {
        my $word = $1;
        send_all($server, $word);
        last INPUT if $word eq 'exit';
    }
    last if $length == 0;
}
close($server);
