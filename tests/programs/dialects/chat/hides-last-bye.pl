#!/usr/bin/env perl
# Wrong: it ends at a received "bye" without showing it.
# Breaks: client/reply-token
use strict;
use warnings;
use Errno qw(EINTR);
use Socket;

$| = 1;
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

sub receive {
    my ($server) = @_;
    while (1) {
        my $length = sysread($server, my $reply, 1024);
        next if !defined $length && $! == EINTR;
        fail('recv') if !defined $length;
        return $reply if $length > 0;
        print STDERR "recv: the server has closed the connection\n";
        exit 1;
    }
}

socket(my $server, PF_INET, SOCK_STREAM, 0) or fail('socket');
connect($server, pack_sockaddr_in(8080, INADDR_LOOPBACK)) or fail('connect');
print "Connected to the server\n";

while (defined(my $typed = <STDIN>)) {
    chomp $typed;
    send_all($server, $typed);
    last if $typed eq 'bye';
    my $reply = receive($server);
    last if $reply eq 'bye';
    print "Server: $reply\n";
}
close($server);
