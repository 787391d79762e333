import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '../../../cli/main';

const program = () => createProgram({ root: resolve(__dirname, '../../..'), bundle: '' });

/** The command that the first words name, and the words that follow. */
function commandOf(words: readonly string[]): { command: Command; rest: readonly string[] } {
  let command = program();
  for (const [n, word] of words.entries()) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) return { command, rest: words.slice(n) };
    command = next;
  }
  return { command, rest: [] };
}

/** What `--help` prints, with its examples. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

/** Every command that is not hidden, with those above it: `runtimes check`. */
const commandsBelow = (command: Command, prefix = ''): { name: string; command: Command }[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help')
    .flatMap((one) => [
      { name: `${prefix}${one.name()}`, command: one },
      ...commandsBelow(one, `${prefix}${one.name()} `),
    ]);

const COMMANDS = [{ name: 'tuningfork', command: program() }, ...commandsBelow(program())];
const ACTING = COMMANDS.filter(({ command }) => command.commands.length === 0);

/** Commands that write a file of the project: their result is the file. */
const GENERATORS = [
  'inventory',
  'promises',
  'client-table',
  'architecture',
  'status-edges',
  'variable-names',
  'table-types',
];
const WITHOUT_JSON = ['durations', ...GENERATORS];

/** What a command line that is refused prints. */
function rejectionOf(words: readonly string[]): string {
  const rejecting = program();
  let text = '';
  const collect = (command: Command): void => {
    command.configureOutput({ writeErr: (part) => (text += part) });
    command.commands.forEach(collect);
  };
  collect(rejecting);
  expect(() => rejecting.parse(words, { from: 'user' })).toThrow();
  return text;
}

test.each([
  [['upp'], '(run tuningfork --help for the commands and their options)'],
  [['up', '--prt', '3'], '(run tuningfork up --help for its options)'],
  [['gate', 'chek'], '(run tuningfork gate --help for the commands and their options)'],
  [['events', 'tail'], '(run tuningfork events tail --help for its options)'],
])('%j is refused with the help of its command', (words, hint) => {
  expect(rejectionOf(words).trimEnd().split('\n').at(-1)).toBe(hint);
});

test('the commands are those of the project', () => {
  expect(ACTING.map(({ name }) => name)).toEqual([
    ...[
      'up',
      'api',
      'executor',
      'sensor',
      'notifier',
      'down',
      'worker',
      'worker-token',
      'rotate-encryption-key',
      'run',
      'verify',
      'sandbox run',
      'sandbox up',
      'sandbox doctor',
      'sandbox on-host',
      'sandbox eject',
      'sandbox cron install',
      'sandbox cron list',
      'sandbox cron remove',
      'sandbox list',
      'sandbox down',
      'sandbox sweep',
      'hub serve',
      'hub show',
      'hub flush',
      'hub status',
      'smoke',
      'compile',
      'replay',
      'rerun',
      'why',
      'report',
      'clock show',
      'clock advance',
      'clock pin',
      'clock release',
      'pack index',
      'events tail',
    ],
    ...[
      'runtimes list',
      'runtimes check',
      'runtimes write',
      'doctor',
      'test',
      'durations',
      'burn-in',
      'check-history',
      'bench',
      'detect',
      'mutate',
    ],
    ...['gate run', 'gate proof', 'gate flake'],
    ...['gate check', 'gate change', 'gate secrets', 'gate record', 'gate promote', 'gate quarantine', 'gate status'],
    ...GENERATORS,
  ]);
});

test.each(COMMANDS)('the help of $name has examples with known commands and options', ({ command }) => {
  const examples = helpOf(command).match(/^ {2}npx tuningfork.*$/gm) ?? [];

  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const words = example.trim().split(/ {2,}/)[0]!.split(' ').slice(2);
    const named = commandOf(words);
    const known = ['--help', ...named.command.options.map(({ long }) => long)];
    expect(named.command.parent).not.toBeNull();
    expect(named.rest.filter((word) => word.startsWith('--') && !known.includes(word))).toEqual([]);
  }
});

test.each(ACTING)('the help of $name has each option, and the exit codes', ({ command }) => {
  const text = helpOf(command);

  const rows = text.slice(text.indexOf('\nOptions:'), text.indexOf('\nExamples:'));
  expect(command.options.filter(({ long }) => !rows.includes(`  ${long!}`)).map(({ long }) => long)).toEqual([]);
  expect(text).toMatch(/^Exit codes: 0 /m);
});

test.each(ACTING.filter(({ name }) => !WITHOUT_JSON.includes(name)))('$name can print JSON', ({ command }) => {
  expect(command.options.map(({ long }) => long)).toContain('--json');
});

test.each(COMMANDS)('the help of $name has no sentence that leaves its line', ({ command }) => {
  const sentences = helpOf(command)
    .split('\n')
    .filter((line) => !line.startsWith(' '));

  expect(sentences.filter((line) => line.length > 125)).toEqual([]);
});
