# A right client in Perl: "Quit!" ends it before it is sent.
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
binmode STDIN;
binmode STDOUT;
$SIG{PIPE} = "IGNORE";

sub show_reply {
    my ($server) = @_;
    my $reply = <$server>;
    die "recv: the server has closed the connection\n" unless defined $reply;
    $reply =~ s/\r?\n\z//;
    print "$reply\n";
}

my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 2525);
if (!$server) {
    print STDERR "connect: $!\n";
    exit 1;
}
binmode $server;
print "calling\n";
show_reply($server);
while (1) {
    print "mail> ";
    my $line = <STDIN>;
    last unless defined $line;
    $line =~ s/\n\z//;
    last if $line eq "Quit!";
    syswrite $server, "$line\n";
    show_reply($server);
}
close $server;
