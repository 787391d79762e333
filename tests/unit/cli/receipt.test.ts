import { writeReceipt } from '../../../cli/verify/verify';
import { failedRuns } from '../../../cli/verify/failed-runs';
import { parseExactJson, parseJsonFile } from '../../../contract/json-text/parse-json-text';
import type { ExecutionNode } from '../../../contract/executions';

const exitCode = process.exitCode;
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = exitCode;
});

test.each([
  ['proven', 0],
  ['failed', 1],
  ['not proven', 5],
] as const)('a receipt that cannot be written leaves the exit code of %s', (verdict, code) => {
  const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = jest.spyOn(process.stderr, 'write').mockReturnValue(true);

  writeReceipt({ verdict }, { receipt: '/proc/no-such-file/receipt.json' });

  const seen = process.exitCode;
  expect(seen).toBe(code);
  expect(out).toHaveBeenCalledWith(`{"verdict":"${verdict}"}\n`);
  expect(err).toHaveBeenCalledWith(expect.stringContaining('/proc/no-such-file/receipt.json was not written: ENOENT'));
});

test('a failed action that is no task has the name of the action', () => {
  const alone = {
    id: 1,
    action_ref: 'core.boom',
    status: 'failed',
    exit_code: 7,
    children: [],
    stderr_tail: '',
    error: null,
  };

  const task = { workflow_task: { task_name: 'a' } };

  expect(failedRuns(alone as unknown as ExecutionNode)).toEqual(['core.boom is failed, exit 7']);
  expect(failedRuns({ ...alone, ...task } as unknown as ExecutionNode)).toEqual(['a (core.boom) is failed, exit 7']);
});

test.each(['{"a": 1}', '{"a": 9007199254740993}'])('a byte order mark before %s is skipped', (text) => {
  expect(parseJsonFile(`\uFEFF${text}`)).toEqual(parseExactJson(text));
});
