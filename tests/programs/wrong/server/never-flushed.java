/* Caught by: server/greeting
 * Breaks too: server/message (no message is printed either); server/greeting-prompt (the greeting is never visible)
 * Common: 3 (forums explain often that a PrintWriter needs a flush) */
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

class Main {
    public static void main(String[] args) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        try {
            listener.bind(new InetSocketAddress("127.0.0.1", 8023), 20);
        } catch (IOException e) {
            System.err.println("bind: " + e.getMessage());
            System.exit(1);
        }
        Socket connection = listener.accept();
        PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, "UTF-8"));
        out.println("客户端成功连接");
        byte[] buffer = new byte[1000];
        try {
            for (int n; (n = connection.getInputStream().read(buffer)) > 0;) {
                String message = new String(buffer, 0, n, "UTF-8");
                if (message.equals("exit")) break;
                out.println("收到客户端信息：" + message);
            }
        } catch (SocketException e) {
            // The client has gone.
        }
    }
}
