# Caught by: client/exit-exact
# Breaks too: client/input-split (so does `exits` that is typed in two writes); client/long-word (and a long word that holds it)
# Common: 3 (in, contains and includes are easy to find)
use strict;
use warnings;
use IO::Socket::INET;

$SIG{PIPE} = "IGNORE";
my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 8023, Proto => "tcp");
if (!$server) {
    print STDERR "connect: $!\n";
    exit 1;
}
$| = 1;
print "连接服务器成功！\n";
LINE: while (my $line = <STDIN>) {
    for my $word (split " ", $line) {
        if (!print $server $word) {
            print STDERR "send: $!\n";
            exit 1;
        }
        last LINE if $word =~ /exit/;
    }
}
close $server;
