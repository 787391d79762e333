# Waits `seconds`, prints {"text": its text in upper case, "runtime": its runtime}, and exits with `code`. Parameters:
# dotenv on stdin (text, seconds, code); the values contain no quotes.
lines <- readLines(file("stdin"))
given <- setNames(gsub("^[^=]*='|'$", "", lines), sub("=.*", "", lines))
number <- function(name) if (name %in% names(given)) as.numeric(given[[name]]) else 0
Sys.sleep(number("seconds"))
cat(sprintf("{\"text\":\"%s\",\"runtime\":\"r\"}\n", toupper(given[["text"]])))
quit(status = number("code"))
