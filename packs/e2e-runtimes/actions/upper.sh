# Waits `seconds`, prints {"text": its text in upper case, "runtime": its runtime}, and exits with `code`. Parameters:
# dotenv on stdin (text, seconds, code); the values contain no quotes.
while IFS='=' read -r name value; do
  value=${value#\'} value=${value%\'}
  case $name in text) text=$value ;; seconds) seconds=$value ;; code) code=$value ;; esac
done
sleep "${seconds:-0}"
printf '{"text":"%s","runtime":"shell"}\n' "${text^^}"
exit "${code:-0}"
