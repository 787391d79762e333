// Waits `seconds`, prints {"text": its text in upper case, "runtime": its runtime}, and exits with `code`. Parameters:
// dotenv on stdin (text, seconds, code); the values contain no quotes.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	given := map[string]string{}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		given[name] = strings.Trim(value, "'")
	}
	seconds, _ := strconv.Atoi(given["seconds"])
	code, _ := strconv.Atoi(given["code"])
	time.Sleep(time.Duration(seconds) * time.Second)
	fmt.Printf("{\"text\":\"%s\",\"runtime\":\"go\"}\n", strings.ToUpper(given["text"]))
	os.Exit(code)
}
