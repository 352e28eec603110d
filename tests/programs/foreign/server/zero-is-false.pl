# Truth: two mistakes. The string "0" is false in Perl, so `last unless $buf` ends the server at the message `0`. And `die` ends with
# the status of $! (98) if the port is in use, and the message does not begin with `bind: `.
# The line must be `last unless length $buf;`, and the line with `or die` must print `bind: $!` to STDERR and `exit 1`.
use strict;
use warnings;
use IO::Socket::INET;

my $sock = IO::Socket::INET->new(
    LocalHost => '127.0.0.1',
    LocalPort => '8023',
    Proto     => 'tcp',
    Listen    => 1,
    Reuse     => 1,
) or die "Could not create socket: $!\n";

my $conn = $sock->accept();
syswrite STDOUT, "客户端成功连接\n";

# 接收数据
while (1) {
    my $buf = '';
    $conn->recv($buf, 1000);
    last unless $buf;
    last if $buf eq 'exit';
    syswrite STDOUT, "收到客户端信息：" . $buf . "\n";
}

$conn->close();
$sock->close();
exit 0;
