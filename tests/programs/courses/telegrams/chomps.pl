# Wrong: chomp takes away a newline, but the text ends with a NUL, so the program prints it.
# Breaks: server/message
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
        send $connection, "Ready\0", 0;
        my $text;
        while (defined recv($connection, $text, 512, 0) and length $text) {
            chomp $text;
            last if $text eq "stop\n\0";
            syswrite STDOUT, "Telegram: $text";
            send $connection, "Received\0", 0;
        }
        syswrite STDOUT, "The wire is closed\n";
        exit 0;
    }
    close $connection;
}
