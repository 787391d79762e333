// Texts of Node 20, Python 3.12, Ruby 3.1 and Perl 5.36 as they were printed, of Java, Go and Rust
// as their documentation has them; shortened.
import { abortReason, uncaughtError } from '../../../platform/outcomes/uncaught-error';

const NODE_FRAMES = `    at load (/p/a.js:1:69)
    at node:internal/main/run_main_module:28:49`;
const NODE_END = '\n\nNode.js v20.20.2\n';

test.each([
  [
    'an error',
    `/p/a.js:1\nthrow new Error('x');\n^\n\nError: quota of 42\n${NODE_FRAMES}${NODE_END}`,
    'Error: quota of 42',
  ],
  [
    'a message of several lines, and its cause',
    `/p/a.js:1\n  load();\n  ^\n\nError: quota of\naccount 42\n${NODE_FRAMES} {\n  [cause]: SyntaxError: Expected property name\n  ${NODE_FRAMES}\n}${NODE_END}`,
    'Error: quota of\naccount 42\nCaused by: SyntaxError: Expected property name',
  ],
  [
    'an error with properties',
    `node:fs:573\n  return binding.open(\n                 ^\n\nError: ENOENT: no such file, open '/nope'\n${NODE_FRAMES} {\n  errno: -2,\n  code: 'ENOENT'\n}${NODE_END}`,
    "Error: ENOENT: no such file, open '/nope'",
  ],
  [
    'a message with source and carets of its own',
    `/p/a.js:1\nparse(text);\n^\n\nYAMLParseError: Nested mappings at line 1:\n\na: b: c\n   ^\n\n${NODE_FRAMES}${NODE_END}`,
    'YAMLParseError: Nested mappings at line 1:\n\na: b: c\n   ^',
  ],
  [
    'a rejection',
    `node:internal/process/promises:389\n      new UnhandledPromiseRejection(reason);\n      ^\n\nUnhandledPromiseRejection: This error originated … the reason "why".\n${NODE_FRAMES} {\n  code: 'ERR_UNHANDLED_REJECTION'\n}${NODE_END}`,
    'UnhandledPromiseRejection: This error originated … the reason "why".',
  ],
  [
    'several errors',
    `node:internal/process/promises:391\n    triggerUncaughtException(err, true /* fromPromise */);\n    ^\n\n[AggregateError: All promises were rejected] {\n  [errors]: [\n    Error: one\n    ${NODE_FRAMES}\n  ]\n}${NODE_END}`,
    '[AggregateError: All promises were rejected]\nCaused by: Error: one',
  ],
  [
    'several errors with a stack, each with its text',
    `/p/a.js:1\nload();\n^\n\nAggregateError: both\n${NODE_FRAMES} {\n  [errors]: [\n    Error: disk full\n        at load (/p/a.js:1:2),\n    [TypeError: bad] {\n      code: 4\n    }\n  ]\n}${NODE_END}`,
    'AggregateError: both\nCaused by: Error: disk full\nCaused by: [TypeError: bad]',
  ],
  [
    'an error event of a stream',
    `node:events:502\n      throw er; // Unhandled 'error' event\n      ^\n\nError: ENOENT: open '/nope'\nEmitted 'error' event on ReadStream instance at:\n${NODE_FRAMES} {\n  errno: -2\n}${NODE_END}`,
    "Error: ENOENT: open '/nope'",
  ],
  [
    'a message with a line that begins as frames do',
    `/p/a.js:1\nx\n^\n\nError: look\n    at the disk\n${NODE_FRAMES}${NODE_END}`,
    'Error: look\n    at the disk',
  ],
  [
    'lines that end as on Windows, in colors',
    `/p/a.js:1\r\nx\r\n^\r\n\r\n\u001b[31mError: x\u001b[39m\r\n    at /p/a.js:1:7\r\n\r\nNode.js v20.20.2\n`,
    'Error: x',
  ],
  [
    'a text that is thrown',
    `\n/p/b.js:1\nthrow 'boom';\n^\nboom\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)${NODE_END}`,
    'boom',
  ],
  [
    'an error of syntax',
    `/p/d.js:1\nconst a = ;\n          ^\n\nSyntaxError: Unexpected token ';'\n${NODE_FRAMES}${NODE_END}`,
    "SyntaxError: Unexpected token ';'",
  ],
  [
    'a module that is missing',
    `node:internal/modules/esm/resolve:873\n  throw new ERR_MODULE_NOT_FOUND(name);\n        ^\n\nError [ERR_MODULE_NOT_FOUND]: Cannot find package 'nope' imported from /p/f.mjs\n${NODE_FRAMES} {\n  code: 'ERR_MODULE_NOT_FOUND'\n}${NODE_END}`,
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'nope' imported from /p/f.mjs",
  ],
  [
    'TypeScript that does not compile',
    `node:internal/process/esm_loader:40\n      internalBinding('errors').triggerUncaughtException(\n                                ^\nError: Transform failed with 1 error:\n/p/imp.ts:1:10: ERROR: Expected ";" but found "x"\n${NODE_FRAMES}${NODE_END}`,
    'Error: Transform failed with 1 error:\n/p/imp.ts:1:10: ERROR: Expected ";" but found "x"',
  ],
])('Node: %s', (_what, text, error) => {
  expect(uncaughtError(`(node:1) Warning: old\n${text}`)).toBe(`${error}\n`);
});

test.each([
  [
    'an error with a cause',
    `fatal: Error: main failed\n${NODE_FRAMES} {\n  [cause]: Error: inner\n      at load (/p/a.js:1:2)\n}\n`,
    'fatal: Error: main failed\nCaused by: Error: inner\n',
  ],
  [
    'an error of several lines with properties',
    `Error: Command failed: x\nsome output\n${NODE_FRAMES} {\n  code: 4\n}\n`,
    'Error: Command failed: x\nsome output\n',
  ],
  [
    'an object',
    'request failed {\n  status: 503,\n  more: [ 1 ]\n}\n',
    'request failed {\n  status: 503,\n  more: [ 1 ]\n}\n',
  ],
  ['a document below its title', 'ERROR: refused\n{\n  "code": 403\n}\n', 'ERROR: refused\n{\n  "code": 403\n}\n'],
])('printed last: %s', (_what, text, error) => {
  expect(uncaughtError(`one\ntwo\n${text}`)).toBe(error);
});

test.each([
  [
    'Node',
    'FATAL ERROR: Reached heap limit - JavaScript heap out of memory\n----- Native stack trace -----\n 1: 0xb8\n',
  ],
  ['Python', 'Fatal Python error: Segmentation fault\n\nCurrent thread 0x1 (most recent call first):\n'],
  ['the library of C', 'free(): double free detected in tcache 2\n'],
  ['an assertion', "run: run.c:4: main: Assertion `n == 7' failed.\n"],
  ['Rust', "thread 'main' (7) has overflowed its stack\n"],
])('why a program aborted itself: %s', (_what, text) => {
  expect(abortReason(`one\n${text}`)).toBe(text.split('\n')[0]);
});

test('why a program of C++ aborted itself', () => {
  const text = "terminate called after throwing an instance of 'std::runtime_error'\n  what():  no disk\n";
  expect(abortReason(text)).toBe("terminate called after throwing an instance of 'std::runtime_error': no disk");
  expect(abortReason('one\ntwo\n')).toBeNull();
});

const TRACEBACK = `Traceback (most recent call last):
  File "/p/a.py", line 5, in <module>
    f()
    ^^^
`;

test.each([
  ['an error', `${TRACEBACK}RuntimeError: quota of 42\n`, 'RuntimeError: quota of 42\n'],
  ['an error without a text', `${TRACEBACK}MyProblem\n`, 'MyProblem\n'],
  ['several lines, and notes', `${TRACEBACK}ValueError: a\nb: c\n  noted\n`, 'ValueError: a\nb: c\n  noted\n'],
  [
    'an error that a program handled, and its log',
    `${TRACEBACK}ValueError: inner\n${'going on\n'.repeat(30)}ERROR: no data\n`,
    'ValueError: inner\n…\nERROR: no data\n',
  ],
  [
    'errors in a chain',
    `${TRACEBACK}ValueError: inner\n\nThe above exception was the direct cause of the following exception:\n\n${TRACEBACK}RuntimeError: outer\n`,
    'RuntimeError: outer\n',
  ],
  [
    'a group',
    `  + Exception Group Traceback (most recent call last):
  |   File "/p/h.py", line 1, in <module>
  |     raise ExceptionGroup("two", [ValueError("x"), TypeError("y")])
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/p/h.py", line 1, in <module>
    | ValueError: x
    +---------------- 2 ----------------
    | TypeError: y
    +------------------------------------
`,
    'ExceptionGroup: two (2 sub-exceptions)\nValueError: x\nTypeError: y\n',
  ],
])('Python: %s', (_what, text, error) => {
  expect(uncaughtError(`reading\n${text}`)).toBe(error);
});

test.each([
  [
    'Ruby: an error of several lines, and its cause',
    "a.rb:5:in `rescue in f': outer (RuntimeError)\nsecond\n\tfrom a.rb:1:in `f'\n\tfrom a.rb:8:in `<main>'\na.rb:3:in `f': inner (ArgumentError)\n\tfrom a.rb:8:in `<main>'\n",
    "a.rb:5:in `rescue in f': outer (RuntimeError)\nsecond\nCaused by: a.rb:3:in `f': inner (ArgumentError)\n",
  ],
  [
    'Ruby: an error without frames, with the place in its line',
    "a.rb:1:in `<main>': undefined method `foo' for nil (NoMethodError)\n\nnil.foo\n   ^^^^\n",
    "a.rb:1:in `<main>': undefined method `foo' for nil (NoMethodError)\n\nnil.foo\n   ^^^^\n",
  ],
  [
    'Ruby: a stack that is too deep',
    "a.rb:1:in `f': stack level too deep (SystemStackError)\n\tfrom a.rb:1:in `f'\n\t ... 10068 levels...\n\tfrom a.rb:1:in `<main>'\n",
    "a.rb:1:in `f': stack level too deep (SystemStackError)\n",
  ],
  [
    'Ruby: a file that is missing',
    "<internal:/usr/lib/ruby/kernel_require.rb>:85:in `require': cannot load such file -- nope (LoadError)\n\tfrom <internal:/usr/lib/ruby/kernel_require.rb>:85:in `require'\n\tfrom b.rb:1:in `<main>'\n",
    "<internal:/usr/lib/ruby/kernel_require.rb>:85:in `require': cannot load such file -- nope (LoadError)\n",
  ],
  [
    'Ruby: an error of syntax',
    "c.rb:1: syntax error, unexpected end-of-input, expecting ')'\ndef f(\n      ^\n",
    "c.rb:1: syntax error, unexpected end-of-input, expecting ')'\ndef f(\n      ^\n",
  ],
  [
    'Perl: a module that is missing',
    "Can't locate Nope.pm in @INC (you may need to install the Nope module) at a.pl line 1.\nBEGIN failed--compilation aborted at a.pl line 1.\n",
    "Can't locate Nope.pm in @INC (you may need to install the Nope module) at a.pl line 1.\n",
  ],
  [
    'Perl: an error of syntax in a module',
    'syntax error at B.pm line 2, near "= ;"\nCompilation failed in require at a.pl line 1.\nBEGIN failed--compilation aborted at a.pl line 1.\n',
    'syntax error at B.pm line 2, near "= ;"\n',
  ],
  [
    'Perl: an error of syntax',
    'syntax error at d.pl line 1, near "= ;"\nExecution of d.pl aborted due to compilation errors.\n',
    'syntax error at d.pl line 1, near "= ;"\n',
  ],
  [
    'Perl: an error with its calls',
    'deep at c.pl line 1.\n\tmain::f(1) called at c.pl line 1\n\tmain::g() called at c.pl line 1\n',
    'deep at c.pl line 1.\n',
  ],
  [
    'Java: an error and its cause',
    'Exception in thread "main" java.lang.IllegalStateException: outer\nsecond\n\tat Main.main(Main.java:5)\nCaused by: java.io.IOException: inner\n\tat Main.read(Main.java:9)\n\t... 1 more\n',
    'Exception in thread "main" java.lang.IllegalStateException: outer\nsecond\nCaused by: java.io.IOException: inner\n',
  ],
  [
    'Java: a stack that the program printed',
    'java.lang.IllegalStateException: outer\n\tat Main.main(Main.java:5)\n',
    'java.lang.IllegalStateException: outer\n',
  ],
  [
    'Java: an error that others followed while it ended',
    'java.lang.IllegalStateException: outer\n\tat Main.main(Main.java:5)\n\tSuppressed: java.io.IOException: closing\n\t\tat Main.main(Main.java:6)\n',
    'java.lang.IllegalStateException: outer\n',
  ],
  [
    'Java: a class that is missing',
    'Error: Could not find or load main class Nope\nCaused by: java.lang.ClassNotFoundException: Nope\n',
    'Error: Could not find or load main class Nope\nCaused by: java.lang.ClassNotFoundException: Nope\n',
  ],
  [
    'Java: a source that does not compile',
    'A.java:1: error: incompatible types\n  int x = "s";\n          ^\n1 error\nerror: compilation failed\n',
    'A.java:1: error: incompatible types\n',
  ],
  [
    'Go: a panic',
    'panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.main()\n\t/p/a.go:4 +0x1d\nexit status 2\n',
    'panic: runtime error: index out of range [5] with length 3\n',
  ],
  [
    'Go: a panic with a signal',
    'panic: runtime error: invalid memory address\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]\n\ngoroutine 1 [running]:\nmain.main()\n\t/p/a.go:4\n',
    'panic: runtime error: invalid memory address\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]\n',
  ],
  [
    'Go: a deadlock',
    'fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n\t/p/a.go:3\n',
    'fatal error: all goroutines are asleep - deadlock!\n',
  ],
  [
    'Rust: a panic',
    "thread 'main' panicked at src/main.rs:2:5:\nquota of 42\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
    "thread 'main' panicked at src/main.rs:2:5:\nquota of 42\n",
  ],
])('%s', (_what, text, error) => {
  expect(uncaughtError(`one\ntwo\n${text}`)).toBe(error);
});

test.each([
  ['a shell', 'a\nb\nc\nd\ne\nline 6: nope: command not found\n'],
  [
    'a stack of Node that another line follows',
    `/p/a.js:1\nx\n^\n\nError: x\n${NODE_FRAMES}${NODE_END}make: *** [all] Error 1\n`,
  ],
  [
    'a panic of Go that the program of another line handled',
    'panic: x\n\ngoroutine 1 [running]:\n\t/p/a.go:4\nls: no file\n',
  ],
  ['a panic of Rust that was handled', "thread 'main' panicked at a.rs:1:2:\nx\nnote: run with\nls: no file\n"],
  ['a version of Node alone', 'a\nb\nc\nd\ne\nNode.js v20.20.2\n'],
  ['frames without an error', "\tfrom a.rb:1:in `f'\n\tfrom a.rb:8:in `<main>'\n"],
])('no report of a known runtime: %s', (_what, text) => {
  expect(uncaughtError(text)).toBeNull();
});

test('a text of megabytes is read in bounded time, and its end is found', () => {
  const block = "a.rb:5:in `f': x (E)\n\tfrom a.rb:8:in `<main>'\n";

  const error = uncaughtError(block.repeat(200_000));

  expect(error?.split('\n')).toHaveLength(12); // the first of eleven errors, its causes, and a line break
});
