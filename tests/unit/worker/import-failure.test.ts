import { nodeImportFailure, pythonImportFailure } from '../../../platform/worker/runtimes/import-failure';

const traceback = (...lines: string[]) => ['Traceback (most recent call last):', ...lines, ''].join('\n');
const FRAME = '  File "/pack/actions/run.py", line 1, in <module>';
const MISSING = "ModuleNotFoundError: No module named 'x'";

describe('Python', () => {
  test.each([
    ['a module', traceback(FRAME, '    import x', MISSING), "No module named 'x'"],
    [
      'a name',
      traceback(FRAME, '    from x import y', "ImportError: cannot import name 'y' from 'x' (/lib/x.py)"),
      "cannot import name 'y' from 'x' (/lib/x.py)",
    ],
    [
      'a module of a module, after other output',
      `started\n${traceback(FRAME, '    import a', '  File "/lib/a.py", line 2, in <module>', '    import x', MISSING)}`,
      "No module named 'x'",
    ],
    [
      'the last of two errors',
      `${traceback(FRAME, '    import a', 'KeyError: 1')}\nDuring handling of the above exception:\n\n${traceback(FRAME, '    import x', MISSING)}`,
      "No module named 'x'",
    ],
  ])('%s', (_, stderr, reason) => {
    expect(pythonImportFailure('run.py')(stderr)).toBe(`run.py, ${reason}`);
  });

  test.each([
    ['nothing', ''],
    ['the message alone', `${MISSING}\n`],
    ['a traceback that the program went on after', `${traceback(FRAME, '    import x', MISSING)}cannot go on\n`],
    ['another error', traceback(FRAME, '    1 / 0', 'ZeroDivisionError: division by zero')],
    ['a message with the text', traceback(FRAME, '    f()', `ValueError: ${MISSING}`)],
  ])('is not found in %s', (_, stderr) => {
    expect(pythonImportFailure('run.py')(stderr)).toBeNull();
  });
});

const report = (message: string, code: string, ...more: string[]) =>
  [
    ...['node:internal/modules/cjs/loader:1210', '  throw err;', '  ^', '', message, ...more, '    at x (y:1:1) {'],
    ...[`  code: '${code}',`, "  requireStack: [ '/a.js' ]", '}', '', 'Node.js v20.20.2', ''],
  ].join('\n');

describe('Node', () => {
  test.each([
    [
      'a required module',
      report("Error: Cannot find module 'x'", 'MODULE_NOT_FOUND', 'Require stack:', '- /a.js'),
      "Cannot find module 'x'",
    ],
    [
      'an imported package',
      report("Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x' imported from /a.mjs", 'ERR_MODULE_NOT_FOUND'),
      "Cannot find package 'x'",
    ],
  ])('%s', (_, stderr, reason) => {
    expect(nodeImportFailure('run.js')(`started\n${stderr}`)).toBe(`run.js, ${reason}`);
  });

  const missing = report("Error: Cannot find module 'x'", 'MODULE_NOT_FOUND');
  test.each([
    ['nothing', ''],
    ['the message alone', "Error: Cannot find module 'x'\n"],
    ['a report that the program went on after', `${missing}cannot go on\n`],
    ['an error of the program', missing.replace('node:internal/modules/cjs/loader', '/pack/actions/run.js')],
    ['another error of the loader', report('Error: require of an ES module', 'ERR_REQUIRE_ESM')],
  ])('is not found in %s', (_, stderr) => {
    expect(nodeImportFailure('run.js')(stderr)).toBeNull();
  });
});
