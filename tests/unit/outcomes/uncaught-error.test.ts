// Texts of Node 20, Python 3.12, Ruby 3.1 and Perl 5.36 as they were printed, of Java, Go and Rust
// as their documentation has them; shortened.
import { uncaughtError } from '../../../platform/outcomes/uncaught-error';

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
    '[AggregateError: All promises were rejected]',
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
