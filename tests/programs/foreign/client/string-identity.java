/* Truth: `word == "exit"` compares two references, and a word that was read is never the same object as the literal. So `exit` is
   sent like any other word and the program goes on: it waits for more input, and sends what is typed after `exit`. Only the end
   of the input ends it. The line to change is the if: word.equals("exit"). */
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.util.StringTokenizer;

/** TCP客户端 */
class Main {
    private Socket socket;
    private OutputStream os;

    Main(String host, int port) throws IOException {
        socket = new Socket(host, port);
        os = socket.getOutputStream();
        System.out.println("连接服务器成功！");
    }

    void run() throws IOException {
        BufferedReader br = new BufferedReader(new InputStreamReader(System.in, "ISO-8859-1"));
        String line = null;
        boolean flag = true;
        while (flag && (line = br.readLine()) != null) {
            StringTokenizer st = new StringTokenizer(line, " \t\u000b\f\r\n");
            while (st.hasMoreTokens()) {
                String word = st.nextToken();
                os.write(word.getBytes("ISO-8859-1"));
                os.flush();
                if (word == "exit") {
                    flag = false;
                    break;
                }
            }
        }
        os.close();
        socket.close();
    }

    public static void main(String[] args) {
        Main client = null;
        try {
            client = new Main("127.0.0.1", 8023);
        } catch (IOException e) {
            System.err.println("connect: " + e);
            System.exit(1);
        }
        try {
            client.run();
        } catch (IOException e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
