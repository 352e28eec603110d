# Truth: STDIN is decoded from UTF-8, but the socket has no such layer. In a word that has nothing above U+00FF, print then sends each
# character from U+0080 on as one byte (é as 0xe9). Words with other characters, such as Chinese, go out as UTF-8, with a warning on
# stderr. Invalid UTF-8 in the input is changed too. The line to change is the binmode of STDIN: delete it.
use strict;
use warnings;
use utf8;
use Socket;
use IO::Handle;

binmode(STDOUT, ':encoding(UTF-8)');
binmode(STDIN,  ':encoding(UTF-8)');   # 否则中文乱码
STDOUT->autoflush(1);
$SIG{PIPE} = 'IGNORE';

socket(my $sock, PF_INET, SOCK_STREAM, getprotobyname('tcp')) or die "socket: $!\n";
unless (connect($sock, sockaddr_in(8023, inet_aton('127.0.0.1')))) {
    warn "connect: $!\n";
    exit(1);
}
$sock->autoflush(1);
print "连接服务器成功！\n";

my $go = 1;
while ($go) {
    my $line = <STDIN>;
    last unless defined $line;
    while ($line =~ /([^ \t\n\x0b\f\r]+)/g) {
        my $w = $1;
        print {$sock} $w or do { warn "send: $!\n"; exit(1); };
        if ($w eq 'exit') {
            $go = 0;
            last;
        }
    }
}
close($sock);
