# Waits `seconds`, prints {"text": its text in upper case, "runtime": its runtime}, and exits with `code`. Parameters:
# dotenv on stdin (text, seconds, code); the values contain no quotes.
given = $stdin.each_line(chomp: true).to_h { |line| line.delete("'").split("=", 2) }
sleep(given.fetch("seconds", "0").to_f)
puts %({"text":"#{given["text"].upcase}","runtime":"ruby"})
exit(given.fetch("code", "0").to_i)
