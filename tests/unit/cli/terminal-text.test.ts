import { findingLine } from '../../../cli/doctor/doctor';
import { hubShow } from '../../../cli/hub/show';
import { linePrinter } from '../../../cli/line-printer';
import { terminalText } from '../../../contract/text/terminal-text';
import { ApiError, WaitError } from '../../../helpers/errors';
import { PrintedProgress } from '../../../cli/sandbox/progress';
import { Steps } from '../../../cli/verify/steps';

const HOSTILE = '\u001b]0;title\u0007\u001b[2J\u001b[8mhidden\u009b31m\u202e\rover\u0000\u007f';
const INERT = String.raw`\u001b]0;title\u0007\u001b[2J\u001b[8mhidden\u009b31m\u202e\u000dover\u0000\u007f`;

const withoutColors = (text: string): string => text.replace(/\u001b\[\d+m/g, '');
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

/** What is written to stderr. */
function stderrOf(write: () => void): string {
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  write();
  const written = stderr.mock.calls.map(([text]) => String(text)).join('');
  stderr.mockRestore();
  return written;
}

test('RT-04 control characters of a text are inert on a terminal', () => {
  expect(terminalText(HOSTILE)).toBe(INERT);
});

test('a text keeps its lines, its tabs and the colors of this program', () => {
  const text = '\u001b[31m\u2717\u001b[39m wörld\t\u{1f600}\nnext';
  expect(terminalText(text)).toBe(text);
});

test('RT-04 a printed line is inert on a terminal', () => {
  expect(stderrOf(() => linePrinter(false)(HOSTILE))).toBe(`${INERT}\n`);
  expect(stderrOf(() => linePrinter(true)(HOSTILE))).toBe('');
});

test('RT-04 the steps of a verification are inert on a terminal', () => {
  const steps = new Steps(false);
  const written = stderrOf(() => {
    steps.failed(HOSTILE);
    steps.warning(HOSTILE);
    steps.detail([HOSTILE]);
  });
  expect(written.split(INERT)).toHaveLength(4);
  expect(withoutColors(written)).not.toMatch(CONTROL);
});

test('RT-04 what a program or a phase reports is inert on a terminal', () => {
  const finding = findingLine({ name: 'Node', ok: true, needed: true, found: HOSTILE, remedy: null });
  expect(withoutColors(finding)).not.toMatch(CONTROL);
  expect(stderrOf(() => new PrintedProgress().noted(HOSTILE))).toBe(`note: ${INERT}\n`);
});

test('RT-04 the runs of a hub are inert on a terminal', async () => {
  const run = { id: 1, repository: 'r', outcome: 'failed', failure_code: HOSTILE, commit: null, host: HOSTILE };
  const data = [{ ...run, name: HOSTILE, branch: null, started: 's', finished: 'f' }];
  const fetched = jest.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({ data }));
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  await hubShow(undefined, { hub: 'http://hub.example', limit: 1 });
  const written = stdout.mock.calls.map(([text]) => String(text)).join('');
  stdout.mockRestore();
  fetched.mockRestore();

  expect(written.split(INERT)).toHaveLength(4);
  expect(written).not.toMatch(CONTROL);
});

test('RT-04 the message of a failed test is inert on a terminal', () => {
  const response = { method: 'GET', path: '/', status: 422, code: 'INVALID', body: null };
  expect(new ApiError({ ...response, message: HOSTILE }).message).toBe(`INVALID: GET / returned 422: ${INERT}`);
  expect(new WaitError('WAIT_TIMED_OUT', 'execution 1', HOSTILE, HOSTILE).message.split(INERT)).toHaveLength(3);
});
