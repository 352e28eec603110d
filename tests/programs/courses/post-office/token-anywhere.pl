# Wrong: it looks for the token anywhere in the line: =~ in place of eq.
# Breaks: server/exit-exact
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
binmode STDOUT;
$SIG{PIPE} = "IGNORE";

my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 2525, Listen => 20, ReuseAddr => 1);
if (!$listener) {
    print STDERR "bind: $!\n";
    exit 1;
}
while (1) {
    my $connection = $listener->accept or next;
    binmode $connection;
    print "call from ", $connection->peerhost, "\n";
    syswrite $connection, "220 ready\n";
    while (defined(my $line = <$connection>)) {
        last unless $line =~ s/\n\z//;
        $line =~ s/\r\z//;
        last if $line =~ /Quit!/;
        print "line: $line\n";
        syswrite $connection, "250 $line\n";
    }
    close $connection;
    print "call is over\n";
}
