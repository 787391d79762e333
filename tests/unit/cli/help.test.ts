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
function helpOf(name: string): string {
  let text = '';
  const { command } = commandOf(name === 'tuningfork' ? [] : name.split(' '));
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
  'gate',
  'gate check',
  'gate record',
  'gate promote',
  'gate quarantine',
  'gate status',
])('the help of %s has examples with known commands and options', (name) => {
  const examples = helpOf(name).match(/^ {2}npx tuningfork.*$/gm) ?? [];

  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const words = example.trim().split(/ {2,}/)[0]!.split(' ').slice(2);
    const { command, rest } = commandOf(words);
    const known = ['--help', ...command.options.map(({ long }) => long)];
    expect(command.parent).not.toBeNull();
    expect(rest.filter((word) => word.startsWith('--') && !known.includes(word))).toEqual([]);
  }
});
