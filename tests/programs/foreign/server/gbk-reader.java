/* Truth: the server decodes the received bytes as GBK, but the client sends UTF-8. ASCII text is right; Chinese characters and all other
   bytes of 0x80 and more are printed as wrong characters or as `�`. The line `new String(data, 0, n, "GBK")` is the place: the bytes
   must be printed as they came, without decoding. */
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

class Main {
    public static void main(String[] args) throws Exception {
        PrintStream console = new PrintStream(System.out, true, "UTF-8");
        ServerSocket listen;
        try {
            listen = new ServerSocket(8023, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            System.err.println("bind: " + e);
            System.exit(1);
            return;
        }
        try (ServerSocket l = listen; Socket sock = l.accept(); InputStream in = sock.getInputStream()) {
            console.print("客户端成功连接\n");
            byte[] data = new byte[1000];
            int n;
            while ((n = in.read(data)) > 0) {
                String s = new String(data, 0, n, "GBK");   // 中文编码
                if ("exit".equals(s)) {
                    break;
                }
                console.print("收到客户端信息：" + s + "\n");
            }
        } catch (IOException e) {
            // client gone
        }
    }
}
