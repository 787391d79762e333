# Prints a number, to show that the runtime is there.
print(42)
