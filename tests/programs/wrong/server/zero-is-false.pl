# Caught by: server/message-bytes
# Common: 2 (each Perl course warns of it)
use strict;
use warnings;
use Errno;
use IO::Socket::INET;

my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8023, Listen => 1, ReuseAddr => 1, Proto => "tcp");
unless ($listener) {
    print STDERR "bind: $!\n";
    exit 1;
}
my $conn = $listener->accept;
syswrite STDOUT, "客户端成功连接\n";
while (1) {
    my $buffer = "";
    last unless defined $conn->recv($buffer, 1000);
    last unless $buffer;
    last if $buffer eq "exit";
    syswrite STDOUT, "收到客户端信息：$buffer\n";
}
exit 0;
