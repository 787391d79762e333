# Prints the version of what runs it.
echo "${BASH_VERSION%%(*}"
