/* Caught by: server/one-connection
 * Common: 4 (the next part of the tutorial does so) */
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

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
        while (true) {
            Socket connection = listener.accept();
            new Thread(() -> serve(connection)).start();
        }
    }

    static void serve(Socket connection) {
        PrintStream out = System.out;
        byte[] buffer = new byte[1000];
        try {
            out.write("客户端成功连接\n".getBytes("UTF-8"));
            out.flush();
            for (int n; (n = connection.getInputStream().read(buffer)) > 0;) {
                byte[] message = Arrays.copyOf(buffer, n);
                if (Arrays.equals(message, "exit".getBytes())) break;
                synchronized (out) {
                    out.write("收到客户端信息：".getBytes("UTF-8"));
                    out.write(message);
                    out.write('\n');
                    out.flush();
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
        System.exit(0);
    }
}
