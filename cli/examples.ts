/** One line of examples: the command line, and what it does. */
type Example = readonly [command: string, effect: string];

/** Lines of examples in two columns, below their heading. */
export const examples = (lines: readonly Example[]): string => {
  const width = Math.max(...lines.map(([command]) => command.length));
  const rows = lines.map(([command, effect]) => `  ${command.padEnd(width)}   ${effect}`);
  return ['', 'Examples:', ...rows].join('\n');
};
