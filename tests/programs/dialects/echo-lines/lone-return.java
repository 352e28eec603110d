/* Wrong: it reads lines with readLine, which takes a lone "\r" for the end of a line, too.
 * Breaks: server/message-bytes */
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
                    serve(new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1)), connection.getOutputStream());
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

    private static void serve(BufferedReader in, OutputStream out) throws IOException {
        send(out, "Hello\n", new byte[0], "");
        for (String line; (line = in.readLine()) != null; ) {
            if (line.equals("quit")) return;
            write(System.out, "Received: ", line.getBytes(ISO_8859_1), "\n");
            send(out, "Echo: ", line.getBytes(ISO_8859_1), "\n");
        }
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
