# Prints what Python prints for a missing module, without a traceback, and exits as Python does.
import sys

print("ModuleNotFoundError: No module named 'e2e_absent_module'", file=sys.stderr)
sys.exit(1)
