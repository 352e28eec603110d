/* Truth: the Scanner keeps all bytes (ISO-8859-1), but it splits at what Java calls white space, and that includes the four bytes 0x1c
   to 0x1f. A word that contains one of them is cut there, and the byte is not sent. All else is right. The line to change is the
   creation of the Scanner: .useDelimiter("[ \t\n\u000b\f\r]+") must follow. */
import java.net.Socket;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Scanner;

class Main {
    public static void main(String[] args) throws Exception {
        Socket s;
        try {
            s = new Socket("127.0.0.1", 8023);
        } catch (IOException e) {
            System.err.println("connect: " + e.getMessage());
            System.exit(1);
            return;
        }
        System.out.println("连接服务器成功！");
        OutputStream os = s.getOutputStream();
        Scanner sc = new Scanner(System.in, "ISO-8859-1"); // 不用UTF-8，否则乱码
        while (sc.hasNext()) {
            String w = sc.next();
            os.write(w.getBytes("ISO-8859-1"));
            if ("exit".equals(w))
                break;
        }
        s.close();
    }
}
