'use strict';
// Prints a number, to show that the runtime is there.
process.stdout.write('42\n');
