import java.util.Properties;

/**
 * Waits `seconds`, prints {"text": its text in upper case, "runtime": its runtime}, and exits with `code`. Parameters:
 * dotenv on stdin (text, seconds, code); the values contain no quotes.
 */
class Upper {
    public static void main(String[] arguments) throws Exception {
        Properties given = new Properties();
        given.load(System.in);
        Thread.sleep(1_000 * Long.parseLong(valueOf(given, "seconds", "0")));
        System.out.println("{\"text\":\"" + valueOf(given, "text", "").toUpperCase() + "\",\"runtime\":\"java\"}");
        System.exit(Integer.parseInt(valueOf(given, "code", "0")));
    }

    private static String valueOf(Properties given, String name, String without) {
        return given.getProperty(name, without).replace("'", "");
    }
}
