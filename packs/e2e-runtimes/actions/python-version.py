# Prints the version of what runs it.
import platform

print(platform.python_version())
