import { resolve } from 'node:path';
import { createProgram } from '../../../cli/main';

const program = () => createProgram({ root: resolve(__dirname, '../../..'), bundle: '' });

/** What `--help` prints, with its examples. */
function helpOf(name: string): string {
  let text = '';
  const all = program();
  const command = all.commands.find((one) => one.name() === name) ?? all;
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

test.each([
  'tuningfork',
  'up',
  'doctor',
  'bench',
  'detect',
  'inventory',
  'client-table',
  'status-edges',
  'table-types',
])('the help of %s has examples with known commands and options', (name) => {
  const examples = helpOf(name).match(/^ {2}npx tuningfork.*$/gm) ?? [];
  const { commands } = program();

  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const [, , ran, ...words] = example.trim().split(/ {2,}/)[0]!.split(' ');
    const command = commands.find((one) => one.name() === ran);
    const known = ['--help', ...(command?.options ?? []).map(({ long }) => long)];
    expect([ran, words.filter((word) => word.startsWith('--') && !known.includes(word))]).toEqual([
      command?.name(),
      [],
    ]);
  }
});
