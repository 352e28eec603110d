# Truth: `foreach my $line (<STDIN>)` reads in list context: perl reads all lines up to the end of the input before the first turn of
# the loop. So nothing is sent until the input ends, and `exit` alone does not end the program.
# The line to change is the foreach: while (my $line = <STDIN>).
use strict;
use warnings;
use IO::Socket::INET;

$SIG{PIPE} = 'IGNORE';
my $socket = IO::Socket::INET->new(
    PeerAddr => '127.0.0.1',
    PeerPort => 8023,
    Proto    => 'tcp',
);
if (!$socket) {
    print STDERR "connect: $!\n";
    exit 1;
}
$| = 1;
print "连接服务器成功！\n";
$socket->autoflush(1);

LINE:
foreach my $line (<STDIN>) {
    foreach my $word (split /[ \t\n\x0b\f\r]+/, $line) {
        next if $word eq '';
        if (!print $socket $word) {
            print STDERR "send: $!\n";
            exit 1;
        }
        last LINE if $word eq 'exit';
    }
}
close $socket;
exit 0;
