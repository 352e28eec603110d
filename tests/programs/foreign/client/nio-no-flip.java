/* Truth: flip() is missing between put and write. After put, the position of the buffer is behind the word, so write sends what lies
   from there to the end of the buffer: NUL bytes at first, later also the tails of earlier, longer words, but never the word.
   The line to change is the one before channel.write(buffer): buffer.flip() belongs there. */
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

class Main {
    static final int CAPACITY = 1024;

    public static void main(String[] args) throws IOException {
        SocketChannel channel;
        try {
            channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", 8023));
        } catch (IOException e) {
            System.err.println("connect: " + e.getMessage());
            System.exit(1);
            return;
        }
        System.out.println("连接服务器成功！");

        ByteBuffer buffer = ByteBuffer.allocate(CAPACITY);
        BufferedInputStream in = new BufferedInputStream(System.in);
        ByteArrayOutputStream word = new ByteArrayOutputStream();
        int b;
        do {
            b = in.read();
            if (b != -1 && b != ' ' && (b < 9 || b > 13)) {
                word.write(b);
                continue;
            }
            if (word.size() > 0) {
                if (word.size() > buffer.capacity())
                    buffer = ByteBuffer.allocate(2 * word.size());
                buffer.clear();
                buffer.put(word.toByteArray());
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                if (word.toString("ISO-8859-1").equals("exit"))
                    break;
                word.reset();
            }
        } while (b != -1);
        channel.close();
    }
}
