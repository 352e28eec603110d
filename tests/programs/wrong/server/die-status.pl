# Caught by: server/address-in-use
# Common: 2 (every Perl example uses die, but few use Perl)
use strict;
use warnings;
use Socket;

socket(my $listener, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
bind($listener, sockaddr_in(8023, INADDR_LOOPBACK)) or die "bind: $!\n";
listen($listener, 20) or die "listen: $!\n";
accept(my $connection, $listener) or die "accept: $!\n";
$| = 1;
print "客户端成功连接\n";
while (sysread($connection, my $message, 1000)) {
    last if $message eq "exit";
    print "收到客户端信息：$message\n";
}
