import { linePrinter, terminalText } from '../../../cli/terminal-text';
import { Steps } from '../../../cli/verify/steps';

const HOSTILE = '\u001b]0;title\u0007\u001b[2J\u001b[8mhidden\u009b31m\u202e\rover\u0000\u007f';
const INERT = String.raw`\u001b]0;title\u0007\u001b[2J\u001b[8mhidden\u009b31m\u202e\u000dover\u0000\u007f`;

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
  expect(written.replace(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
});
