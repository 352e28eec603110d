/* A right server in Java: it collects the bytes of a line itself. BufferedReader.readLine decodes them, and takes a lone "\r" for the end
 * of a line. An answer is one write, and an exception of one client ends the service of that client only. */
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

import static java.nio.charset.StandardCharsets.UTF_8;

class Main {
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket listener = new ServerSocket()) {
            listener.setReuseAddress(true);
            bind(listener);
            write(System.out, "Listening on 7001\n", new byte[0], "");
            while (true) {
                Socket connection = listener.accept();
                String client = connection.getInetAddress().getHostAddress() + ":" + connection.getPort();
                write(System.out, "Client " + client + " connected\n", new byte[0], "");
                try (connection) {
                    serve(new BufferedInputStream(connection.getInputStream()), connection.getOutputStream());
                } catch (IOException gone) {
                    // This client has reset the connection. The next one is served.
                }
                write(System.out, "Client left\n", new byte[0], "");
            }
        }
    }

    private static void bind(ServerSocket listener) {
        try {
            listener.bind(new InetSocketAddress("127.0.0.1", 7001), 20);
        } catch (IOException error) {
            System.err.println("bind: " + error.getMessage());
            System.exit(1);
        }
    }

    private static void serve(InputStream in, OutputStream out) throws IOException {
        send(out, "Hello\n", new byte[0], "");
        for (byte[] line; (line = readLine(in)) != null; ) {
            if (Arrays.equals(line, "quit".getBytes(UTF_8))) return;
            write(System.out, "Received: ", line, "\n");
            send(out, "Echo: ", line, "\n");
        }
    }

    /** Returns a line without its end, or null at the end of the stream. */
    private static byte[] readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next; (next = in.read()) != '\n'; line.write(next)) {
            if (next < 0) return null;
        }
        byte[] bytes = line.toByteArray();
        boolean endsWithReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        return endsWithReturn ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    private static void send(OutputStream out, String before, byte[] bytes, String behind) {
        try {
            write(out, before, bytes, behind);
        } catch (IOException gone) {
            // Lines that came before are printed all the same, and then reading tells.
        }
    }

    private static void write(OutputStream out, String before, byte[] bytes, String behind) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.write(before.getBytes(UTF_8));
        text.write(bytes);
        text.write(behind.getBytes(UTF_8));
        text.writeTo(out);
        out.flush();
    }
}
