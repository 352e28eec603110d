/* Truth: DataOutputStream.writeUTF does not send the bytes alone: it puts the length of the word in front, as two bytes (for `hello`
   0x00 0x05). The server sees these bytes before each word. The bytes of the input pass unchanged up to 0x7f; each byte from 0x80
   on becomes two bytes. The line to change is out.writeUTF(word): out.write(word.getBytes(ISO_8859_1)). */
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

class Main {
    public static void main(String[] args) {
        Socket socket = null;
        try {
            socket = new Socket("127.0.0.1", 8023);
        } catch (IOException e) {
            System.err.println("connect: " + e.getMessage());
            System.exit(1);
        }
        System.out.println("连接服务器成功！");

        try {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            BufferedReader keyboard = new BufferedReader(
                new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
            String line;
            outer:
            while ((line = keyboard.readLine()) != null) {
                for (String word : line.split("[ \t\n\u000b\f\r]+")) {
                    if (word.isEmpty()) continue;
                    out.writeUTF(word);
                    out.flush();
                    if (word.equals("exit")) break outer;
                }
            }
            socket.close();
        } catch (IOException e) {
            System.err.println("send: " + e.getMessage());
            System.exit(1);
        }
    }
}
