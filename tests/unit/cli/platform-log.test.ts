import { openPlatformLog } from '../../../cli/serve/platform-log';
import { terminalDestination } from '../../../platform/files/log-destination';

/** What a log writes to a terminal. */
function terminalLog(env: Record<string, string>) {
  const lines: string[] = [];
  const { log } = openPlatformLog(terminalDestination((text) => lines.push(text), env));
  return { log, lines };
}

test('a line on a terminal has time, level, message and fields', () => {
  const { log, lines } = terminalLog({ NO_COLOR: '1' });

  log.warn({ worker: 'w1', delayMs: 100 }, 'connection lost');

  expect(lines).toEqual([
    expect.stringMatching(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: connection lost \{"worker":"w1","delayMs":100\}\n$/),
  ]);
});

test('a terminal gets colours unless NO_COLOR is set', () => {
  const coloured = terminalLog({});
  const plain = terminalLog({ NO_COLOR: '1' });

  for (const { log } of [coloured, plain]) log.error('failed');

  expect([coloured, plain].map(({ lines }) => lines.join('').includes('\u001b['))).toEqual([true, false]);
});

test('an error has its stack below the line', () => {
  const { log, lines } = terminalLog({ NO_COLOR: '1' });

  log.error({ err: new Error('no space') }, 'cannot write');

  expect(lines.join('')).toMatch(/ERROR: cannot write\s+err: \{[\s\S]*Error: no space\n[\s\S]*at /);
});

test('a muted log writes nothing more, also of its children', () => {
  const written: string[] = [];
  const { log, mute } = openPlatformLog({ write: (line) => void written.push(line) });
  const child = log.child({ worker: 'w1' });
  log.warn('first');

  mute();
  log.error('second');
  child.error('third');

  expect(written.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['first']);
});
