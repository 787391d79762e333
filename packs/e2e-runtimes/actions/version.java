class Version {
    public static void main(String[] arguments) {
        System.out.println(System.getProperty("java.version"));
    }
}
