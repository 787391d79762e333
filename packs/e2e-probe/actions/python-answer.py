# Prints a number, to show that the runtime is installed.
print(42)
