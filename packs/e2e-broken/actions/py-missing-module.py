# Imports a module that no environment has.
import e2e_absent_module

e2e_absent_module.run()
