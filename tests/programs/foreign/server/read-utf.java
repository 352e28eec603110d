/* Truth: `readUTF` is made for `writeUTF`: it takes the first two bytes as a length, and waits for as many bytes. The client sends no
   length, so "he" of `hello` counts as 26725 bytes. The server prints no message, does not end at `exit`, and ends only when the
   client closes. The line `String str = dis.readUTF();` must read bytes: `int n = dis.read(bytes)` into a `byte[1000]`. */
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

class Main {
    private ServerSocket ss;

    public Main(int port) {
        try {
            ss = new ServerSocket(port, 20, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            System.err.println("bind: " + e.getMessage());
            System.exit(1);
        }
    }

    public void start() throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        Socket s = ss.accept();
        out.print("客户端成功连接\n");
        DataInputStream dis = new DataInputStream(s.getInputStream());
        try {
            while (true) {
                String str = dis.readUTF();
                if (str.equals("exit")) {
                    break;
                }
                out.print("收到客户端信息：" + str + "\n");
            }
        } catch (IOException e) {
            // 客户端关闭了
        }
        s.close();
        ss.close();
    }

    public static void main(String[] args) throws Exception {
        new Main(8023).start();
    }
}
