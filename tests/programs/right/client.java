/* A right client in Java: System.in is an InputStream of bytes, and stays one. A Scanner decodes, and takes Unicode's spaces for delimiters
 * (client/word-bytes). Each word is written in one piece as soon as the byte behind it has been read (client/prompt). */
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;

import static java.nio.charset.StandardCharsets.UTF_8;

class Main {
    private static final String SPACE = " \t\n\u000b\f\r";

    public static void main(String[] arguments) throws IOException {
        try (Socket server = new Socket()) {
            connect(server);
            PrintStream out = System.out;
            out.write("连接服务器成功！\n".getBytes(UTF_8));
            out.flush();
            sendWords(System.in, server.getOutputStream());
        } catch (IOException error) {
            fail("send", error);
        }
    }

    private static void connect(Socket server) {
        try {
            server.connect(new InetSocketAddress("127.0.0.1", 8023));
        } catch (IOException error) {
            fail("connect", error);
        }
    }

    private static void sendWords(InputStream in, OutputStream out) throws IOException {
        ByteArrayOutputStream word = new ByteArrayOutputStream();
        int next;
        do {
            next = in.read();
            if (next >= 0 && SPACE.indexOf(next) < 0) {
                word.write(next);
            } else if (word.size() > 0) {
                word.writeTo(out);
                if (word.toString(UTF_8).equals("exit")) return;
                word.reset();
            }
        } while (next >= 0);
    }

    private static void fail(String step, IOException error) {
        System.err.println(step + ": " + error.getMessage());
        System.exit(1);
    }
}
