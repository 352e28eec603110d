/* A right client in Java: the same readLine for what is typed and for what the server sends. It keeps bytes as they are, and cuts at "\n"
 * only; a Scanner or a BufferedReader would do neither. The first line that comes is the welcome. */
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;

import static java.nio.charset.StandardCharsets.UTF_8;

class Main {
    public static void main(String[] arguments) throws IOException {
        try (Socket server = new Socket()) {
            connect(server);
            write(System.out, "Connected\n", new byte[0], "");
            talk(new BufferedInputStream(server.getInputStream()), server.getOutputStream());
        } catch (IOException error) {
            fail("send", error);
        }
    }

    private static void connect(Socket server) {
        try {
            server.connect(new InetSocketAddress("127.0.0.1", 7001));
        } catch (IOException error) {
            fail("connect", error);
        }
    }

    private static void talk(InputStream answers, OutputStream out) throws IOException {
        InputStream typed = new BufferedInputStream(System.in);
        while (true) {
            byte[] answer = readLine(answers);
            if (answer == null) throw new IOException("the server has closed the connection");
            boolean endsWithReturn = answer.length > 0 && answer[answer.length - 1] == '\r';
            write(System.out, "Server: ", endsWithReturn ? Arrays.copyOf(answer, answer.length - 1) : answer, "\n> ");
            byte[] line = readLine(typed);
            if (line == null) return;
            write(out, "", line, "\n");
            if (Arrays.equals(line, "quit".getBytes(UTF_8))) return;
        }
    }

    /** Returns a line without its newline, or null at the end of the stream. The last line may have no newline. */
    private static byte[] readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next; (next = in.read()) != '\n'; line.write(next)) {
            if (next < 0) return line.size() > 0 ? line.toByteArray() : null;
        }
        return line.toByteArray();
    }

    private static void write(OutputStream out, String before, byte[] bytes, String behind) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.write(before.getBytes(UTF_8));
        text.write(bytes);
        text.write(behind.getBytes(UTF_8));
        text.writeTo(out);
        out.flush();
    }

    private static void fail(String step, IOException error) {
        System.err.println(step + ": " + error.getMessage());
        System.exit(1);
    }
}
