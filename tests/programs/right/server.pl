#!/usr/bin/env perl
# A right server in Perl: the built-in calls, and sysread, which returns what is there (`<$connection>` and read wait for a whole line or a
# full buffer: server/message-split). No `use utf8` and no layers: strings are bytes from the socket to the output (server/message-bytes).
use strict;
use warnings;
use Errno qw(EINTR);
use Socket;

$| = 1;    # Each print is flushed at once.

# die would exit with the error number as its status.
sub fail { print STDERR "$_[0]: $!\n"; exit 1 }

socket(my $listener, PF_INET, SOCK_STREAM, 0) or fail('socket');
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1) or fail('setsockopt');
bind($listener, pack_sockaddr_in(8023, INADDR_LOOPBACK)) or fail('bind');
listen($listener, 20) or fail('listen');

accept(my $connection, $listener) or fail('accept');
print "客户端成功连接\n";

while (1) {
    my $length = sysread($connection, my $message, 1000);
    next if !defined $length && $! == EINTR;
    last if !$length;    # 0 at the end of the stream, undef after a reset.
    last if $message eq 'exit';
    print "收到客户端信息：$message\n";
}

close($connection);
close($listener);
