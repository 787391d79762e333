/** What a runtime writes where an error ends its program, and the error that is recorded. */
interface RuntimeReport {
  readonly written: string;
  readonly error: string;
}

const NODE_FRAMES = '    at load (/p/a.js:1:2)\n    at Object.<anonymous> (/p/a.js:4:1)';
const NODE_END = '\n\nNode.js v22.1.0\n';

/** Two lines; the first error is no part of the error. */
const PYTHON_CHAIN = `Traceback (most recent call last):
  File "first.py", line 3, in <module>
    read()
    ~~~~^^
KeyError: 'first'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "first.py", line 5, in <module>
    raise ValueError(text)
ValueError: second
and its hint
`;

const PYTHON_GROUP = `  + Exception Group Traceback (most recent call last):
  |   File "a.py", line 1, in <module>
  | ExceptionGroup: both (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "a.py", line 2, in f
    | ValueError: one
    +---------------- 2 ----------------
    | KeyError: 'two'
    +------------------------------------
`;

/** By the runtime and what has happened. */
export const RUNTIME_REPORTS: Readonly<Record<string, RuntimeReport>> = {
  'Python: a chain': { written: PYTHON_CHAIN, error: 'ValueError: second\nand its hint\n' },
  'Python: a group': {
    written: PYTHON_GROUP,
    error: `ExceptionGroup: both (2 sub-exceptions)\nValueError: one\nKeyError: 'two'\n`,
  },
  'Node: a cause': {
    written: `/p/a.js:1\nload();\n^\n\nError: quota of\naccount 42\n${NODE_FRAMES} {\n  [cause]: TypeError: inner\n  ${NODE_FRAMES}\n}${NODE_END}`,
    error: 'Error: quota of\naccount 42\nCaused by: TypeError: inner\n',
  },
  'Node: several errors': {
    written: `/p/a.js:1\nload();\n^\n\nAggregateError: both\n${NODE_FRAMES} {\n  [errors]: [\n    Error: disk full\n        at load (/p/a.js:1:2),\n    [TypeError: bad] {\n      code: 4\n    }\n  ]\n}${NODE_END}`,
    error: 'AggregateError: both\nCaused by: Error: disk full\nCaused by: [TypeError: bad]\n',
  },
  'Node: an error that it has printed': {
    written: `starting\nfatal: Error: main failed\n${NODE_FRAMES} {\n  [cause]: Error: inner\n      at load (/p/a.js:1:2)\n}\n`,
    error: 'fatal: Error: main failed\nCaused by: Error: inner\n',
  },
  'Ruby: a cause': {
    written:
      "a.rb:5:in `rescue in f': outer (RuntimeError)\nsecond\n\tfrom a.rb:1:in `f'\n\tfrom a.rb:8:in `<main>'\n" +
      "a.rb:3:in `f': inner (ArgumentError)\n\tfrom a.rb:8:in `<main>'\n",
    error: "a.rb:5:in `rescue in f': outer (RuntimeError)\nsecond\nCaused by: a.rb:3:in `f': inner (ArgumentError)\n",
  },
  'Perl: an error with its calls': {
    written:
      'one\ntwo\nthree\ndeep at c.pl line 1.\n\tmain::f(1) called at c.pl line 1\n\tmain::g() called at c.pl line 1\n',
    error: 'deep at c.pl line 1.\n',
  },
  'Java: a cause': {
    written:
      'Exception in thread "main" java.lang.IllegalStateException: outer\nsecond\n\tat Main.main(Main.java:5)\n' +
      'Caused by: java.io.IOException: inner\n\tat Main.read(Main.java:9)\n\t... 1 more\n',
    error:
      'Exception in thread "main" java.lang.IllegalStateException: outer\nsecond\nCaused by: java.io.IOException: inner\n',
  },
  'Java: a source that does not compile': {
    written:
      'A.java:1: error: incompatible types\n  int x = "s";\n          ^\nA.java:2: error: not a statement\n  x;\n  ^\n' +
      '2 errors\nerror: compilation failed\n',
    error: 'A.java:1: error: incompatible types\nA.java:2: error: not a statement\n',
  },
  'Go: a panic with a signal': {
    written:
      'one\npanic: no address\n[signal SIGSEGV: segmentation violation code=0x1]\n\ngoroutine 1 [running]:\n' +
      'main.main()\n\t/p/a.go:4 +0x1d\nexit status 2\n',
    error: 'panic: no address\n[signal SIGSEGV: segmentation violation code=0x1]\n',
  },
  'Rust: a panic': {
    written:
      "one\ntwo\nthree\nthread 'main' panicked at src/main.rs:2:5:\nquota of 42\n" +
      'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n',
    error: "thread 'main' panicked at src/main.rs:2:5:\nquota of 42\n",
  },
  'a shell': {
    written: 'one\ntwo\nthree\nfour\nfive\nline 6: nope: command not found\n',
    error: 'line 6: nope: command not found\n',
  },
  'an object, with colors': {
    written: 'one\ntwo\n\u001b[31mrefused\u001b[0m {\n  status: 503,\n  more: [ 1 ]\n}\n',
    error: 'refused {\n  status: 503,\n  more: [ 1 ]\n}\n',
  },
};
