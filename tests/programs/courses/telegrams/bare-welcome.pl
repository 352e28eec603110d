# Wrong: the text of the welcome has no NUL.
# Breaks: server/welcome
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
$SIG{CHLD} = "IGNORE";
my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 7400, Listen => 200, ReuseAddr => 1);
if (!$listener) {
    print STDERR "bind: $!\n";
    exit 1;
}
for (;;) {
    my $connection = $listener->accept() or next;
    if (fork() == 0) {
        close $listener;
        syswrite STDOUT, "The wire is open\n";
        send $connection, "Ready", 0;
        my $text;
        while (defined recv($connection, $text, 512, 0) and length $text) {
            $text =~ s/\0.*//s;
            last if $text eq "stop\n";
            syswrite STDOUT, "Telegram: $text";
            send $connection, "Received\0", 0;
        }
        syswrite STDOUT, "The wire is closed\n";
        exit 0;
    }
    close $connection;
}
