// Requires a package that no environment has.
require('e2e-absent-package').run();
