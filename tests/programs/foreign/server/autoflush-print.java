/* Truth: two mistakes. `new PrintWriter(…, true)` flushes after println, but not after print, even if the text ends with \n: the
   messages stay in the buffer until it is full or the program ends. And `new String(…, UTF_8)` replaces each invalid byte by U+FFFD,
   so bytes that are no UTF-8 are printed as `�`. The line `out.print(…)` must be `out.println(…)`, and the bytes must go out
   unchanged, for example through `System.out.write`. */
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

class Main {
    public static void main(String[] args) throws IOException {
        // true = auto flush
        PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
        ServerSocket server = null;
        try {
            server = new ServerSocket(8023, 20, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            System.err.println("bind: " + e.getMessage());
            System.exit(1);
        }
        Socket client = server.accept();
        out.println("客户端成功连接");

        InputStream in = client.getInputStream();
        byte[] buffer = new byte[1000];
        try {
            int len;
            while ((len = in.read(buffer)) != -1) {
                String msg = new String(buffer, 0, len, StandardCharsets.UTF_8);
                if (msg.equals("exit"))
                    break;
                out.print("收到客户端信息：" + msg + "\n");
            }
        } catch (IOException e) {
            // Connection reset
        }
        out.close();
        client.close();
        server.close();
    }
}
