# Truth: with `use utf8` and `:utf8` on stdout, Perl takes each received byte as one character of Latin-1, and encodes it as UTF-8 once
# more. ASCII text is right; each byte of 0x80 and more is printed as two bytes (`é` becomes `Ã©`).
# The line with `print "收到客户端信息：…"` must print `decode('UTF-8', $data)`; exact for all bytes is only a stdout without `:utf8`,
# and a file without `use utf8`.
use strict;
use warnings;
use utf8;
use IO::Socket::INET;

binmode(STDOUT, ':utf8');
$| = 1;

my $server = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1',
    LocalPort => 8023,
    Proto     => 'tcp',
    Listen    => 5,
    ReuseAddr => 1,
);
unless ($server) {
    print STDERR "bind: $!\n";
    exit 1;
}

my $client = $server->accept();
print "客户端成功连接\n";

while (1) {
    my $n = sysread($client, my $data, 1000);
    last unless $n;                 # undef = error, 0 = closed
    last if $data eq 'exit';
    print "收到客户端信息：$data\n";
}

close $client;
close $server;
