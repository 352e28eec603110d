/* Caught by: client/word
 * Common: 5 (most protocols end a message with a newline) */
import java.io.*;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

class Main {
    public static void main(String[] args) throws IOException {
        Socket server;
        try {
            server = new Socket("127.0.0.1", 8023);
        } catch (IOException error) {
            System.err.println("connect: " + error.getMessage());
            System.exit(1);
            return;
        }
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println("连接服务器成功！");
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
        var out = new PrintStream(server.getOutputStream(), true, StandardCharsets.ISO_8859_1);
        for (String line; (line = in.readLine()) != null;) {
            for (String word : line.split("[ \t\u000b\f]+")) {
                if (word.isEmpty()) continue;
                out.println(word);
                if (out.checkError()) {
                    System.err.println("send: the server has gone");
                    System.exit(1);
                }
                if (word.equals("exit")) System.exit(0);
            }
        }
        server.close();
    }
}
