import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Orders over HTTP on port 8080, served by two workers. It has two faults that services really have: new
 * orders and cancellations take the same two locks in opposite order, and the inventory is asked without
 * a time limit.
 */
public final class OrderService {
  private static final Object stock = new Object();
  private static final Object ledger = new Object();

  public static void main(String[] args) throws IOException {
    ServerSocket server = new ServerSocket(8080);
    for (int n = 1; n <= 2; n++) new Thread(() -> work(server), "worker-" + n).start();
    System.out.println("INFO order-service is ready");
  }

  private static void work(ServerSocket server) {
    while (true) {
      try (Socket socket = server.accept()) {
        String request = new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
        String body = answer(request == null ? "" : request);
        socket.getOutputStream().write(("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body + "\n").getBytes());
      } catch (IOException | InterruptedException error) {
        System.out.println("ERROR " + error);
      }
    }
  }

  private static String answer(String request) throws IOException, InterruptedException {
    if (request.contains("/orders/new")) return both(stock, ledger, "ordered");
    if (request.contains("/orders/cancel")) return both(ledger, stock, "cancelled");
    if (request.contains("/stock")) return inventory();
    return "ok";
  }

  private static String both(Object first, Object second, String done) throws InterruptedException {
    synchronized (first) {
      Thread.sleep(100);
      synchronized (second) {
        return done;
      }
    }
  }

  private static String inventory() throws IOException {
    try (Socket peer = new Socket("inventory.internal", 9000)) {
      peer.getOutputStream().write("COUNT\n".getBytes());
      return new BufferedReader(new InputStreamReader(peer.getInputStream())).readLine();
    }
  }
}
