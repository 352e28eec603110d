/* Wrong: it compares with equals, so "QUIT!" does not end the talk.
 * Breaks: server/exit-exact */
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

class Main {
    static final PrintStream OUT = System.out;

    static void say(String text) throws IOException {
        OUT.write(text.getBytes("ISO-8859-1"));
        OUT.flush();
    }

    /** BufferedReader would also end a line at a lone "\r". */
    static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            line.write(next);
        }
        String text = line.toString("ISO-8859-1");
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    static void serve(Socket connection) throws IOException {
        InputStream in = new BufferedInputStream(connection.getInputStream());
        OutputStream out = connection.getOutputStream();
        for (String line = readLine(in); line != null; line = readLine(in)) {
            say("Guest said: " + line + "\n");
            out.write(("You said: " + line + "\n").getBytes("ISO-8859-1"));
            if (line.equals("Quit!")) {
                return;
            }
        }
    }

    public static void main(String[] arguments) throws IOException {
        ServerSocket listener;
        try {
            listener = new ServerSocket(4444, 20, InetAddress.getByName("127.0.0.1"));
        } catch (BindException error) {
            System.err.println("bind: " + error.getMessage());
            System.exit(1);
            return;
        }
        say("Desk is open\n");
        for (int number = 1;; number++) {
            try (Socket connection = listener.accept()) {
                say("Guest " + number + " from " + connection.getInetAddress().getHostAddress() + "\n");
                try {
                    serve(connection);
                } catch (IOException error) {
                    // A reset: this guest has gone.
                }
                say("Guest left\n");
            }
        }
    }
}
