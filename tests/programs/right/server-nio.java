/* A right server in Java with NIO: non-blocking channels, and a Selector that sleeps until one is ready (reading in a loop instead is
 * server/idle's mistake). The ByteBuffer is cleared before each read and flipped behind it: what was left of the last message would
 * complete the next (server/exit-split) or stand behind it (server/message). */
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import static java.nio.charset.StandardCharsets.UTF_8;

class Main {
    private static final FileChannel OUT = new FileOutputStream(FileDescriptor.out).getChannel();
    private static final ByteBuffer TOKEN = ByteBuffer.wrap("exit".getBytes(UTF_8));

    public static void main(String[] arguments) throws IOException {
        try (Selector selector = Selector.open(); ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            try {
                listener.bind(new InetSocketAddress("127.0.0.1", 8023), 20);
            } catch (IOException error) {
                System.err.println("bind: " + error.getMessage());
                System.exit(1);
            }
            listener.configureBlocking(false);
            SelectionKey accepts = listener.register(selector, SelectionKey.OP_ACCEPT);
            try (SocketChannel connection = accept(listener, selector)) {
                accepts.cancel(); // One client only.
                print("客户端成功连接\n");
                connection.configureBlocking(false);
                connection.register(selector, SelectionKey.OP_READ);
                ByteBuffer buffer = ByteBuffer.allocate(1000);
                do selector.select(); while (serve(connection, buffer));
            }
        }
    }

    private static SocketChannel accept(ServerSocketChannel listener, Selector selector) throws IOException {
        for (;;) {
            selector.select();
            SocketChannel connection = listener.accept();
            if (connection != null) return connection;
        }
    }

    /** Prints one message. Returns whether the client may send more. */
    private static boolean serve(SocketChannel connection, ByteBuffer buffer) {
        try {
            int length = connection.read(buffer.clear());
            if (length <= 0) return length == 0;
            if (buffer.flip().equals(TOKEN)) return false;
            print("收到客户端信息：");
            write(buffer);
            print("\n");
            return true;
        } catch (IOException gone) {
            return false; // A reset ends the program, like the end of the stream.
        }
    }

    private static void print(String text) throws IOException {
        write(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) OUT.write(bytes);
    }
}
