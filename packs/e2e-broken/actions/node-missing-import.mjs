// Imports a package that no environment has.
import { run } from 'e2e-absent-package';

run();
