'use strict';
// Prints a number, to show that the runtime is installed.
process.stdout.write('42\n');
