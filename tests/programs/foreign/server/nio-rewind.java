/* Truth: `buf.rewind()` at the end of the loop sets the position back, but keeps the limit at the length of the last message. So the
   next read takes at most that many bytes: a longer message is printed cut into pieces, and `exit` is not recognised after a message
   of fewer than 4 bytes. The line `buf.rewind();` must be `buf.clear();`. */
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

class Main {
    static final byte[] EXIT = "exit".getBytes(StandardCharsets.UTF_8);

    public static void main(String[] args) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(new InetSocketAddress("127.0.0.1", 8023));
        } catch (IOException e) {
            System.err.println("bind: " + e.getMessage());
            System.exit(1);
        }
        SocketChannel client = server.accept();
        print("客户端成功连接\n".getBytes(StandardCharsets.UTF_8));

        ByteBuffer buf = ByteBuffer.allocate(1000);
        while (true) {
            int n;
            try {
                n = client.read(buf);
            } catch (IOException e) {
                break;  // connection reset
            }
            if (n <= 0)
                break;
            buf.flip();
            byte[] msg = new byte[buf.remaining()];
            buf.get(msg);
            if (Arrays.equals(msg, EXIT))
                break;
            print("收到客户端信息：".getBytes(StandardCharsets.UTF_8));
            print(msg);
            print(new byte[] { '\n' });
            buf.rewind();   // 重新使用缓冲区
        }
        client.close();
        server.close();
    }

    static void print(byte[] bytes) {
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }
}
