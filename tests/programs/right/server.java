/* A right server in Java: a ServerSocket, and the connection's InputStream, whose read returns what is there, as recv does. Readers and
 * Scanners wait for a whole line (server/message-split) and decode (server/message-bytes); here bytes are printed as they came. */
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;

import static java.nio.charset.StandardCharsets.UTF_8;

class Main {
    private static final byte[] GREETING = "客户端成功连接\n".getBytes(UTF_8);
    private static final byte[] PREFIX = "收到客户端信息：".getBytes(UTF_8);
    private static final byte[] TOKEN = "exit".getBytes(UTF_8);

    public static void main(String[] arguments) throws IOException {
        try (ServerSocket listener = new ServerSocket()) {
            listener.setReuseAddress(true);
            bind(listener);
            try (Socket connection = listener.accept()) {
                print(connection.getInputStream());
            } catch (SocketException gone) {
                // A reset ends the program, like the end of the stream.
            }
        }
    }

    private static void bind(ServerSocket listener) {
        try {
            listener.bind(new InetSocketAddress("127.0.0.1", 8023), 20);
        } catch (IOException error) {
            System.err.println("bind: " + error.getMessage());
            System.exit(1);
        }
    }

    private static void print(InputStream in) throws IOException {
        PrintStream out = System.out;
        out.write(GREETING);
        out.flush();
        byte[] buffer = new byte[1000];
        for (int length; (length = in.read(buffer)) > 0; ) {
            if (Arrays.equals(buffer, 0, length, TOKEN, 0, TOKEN.length)) break;
            out.write(PREFIX);
            out.write(buffer, 0, length);
            out.write('\n');
            out.flush();
        }
    }
}
