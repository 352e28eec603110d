#!/usr/bin/env perl
# A right server in Perl: turns. sysread returns what the client has sent, and <STDIN> a typed line, of which chomp takes the newline. No
# layers: strings are bytes. The end of stdin ends it, as "bye" does, whoever says it.
use strict;
use warnings;
use Errno qw(EINTR);
use Socket;

$| = 1;    # Each print is flushed at once: the user must see what to answer.
$SIG{PIPE} = 'IGNORE';

# die would exit with the error number as its status.
sub fail { print STDERR "$_[0]: $!\n"; exit 1 }

sub send_all {
    my ($connection, $bytes) = @_;
    while (length $bytes) {
        my $sent = syswrite($connection, $bytes);
        if (defined $sent) { substr($bytes, 0, $sent) = '' }
        elsif ($! != EINTR) { return }    # The client has gone. The next sysread tells.
    }
}

socket(my $listener, PF_INET, SOCK_STREAM, 0) or fail('socket');
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1) or fail('setsockopt');
bind($listener, pack_sockaddr_in(8080, INADDR_LOOPBACK)) or fail('bind');
listen($listener, 20) or fail('listen');
print "Waiting for a client\n";

accept(my $connection, $listener) or fail('accept');
print "Client connected\n";

while (1) {
    my $length = sysread($connection, my $message, 1024);
    next if !defined $length && $! == EINTR;
    last if !$length;    # 0 at the end of the stream, undef after a reset.
    print "Client: $message\n";
    last if $message eq 'bye';

    my $typed = <STDIN>;
    last if !defined $typed;
    chomp $typed;
    send_all($connection, $typed);
    last if $typed eq 'bye';
}

close($connection);
close($listener);
