import { terminalText } from '../contract/text/terminal-text';

/** Prints a line on stderr; nothing where only the result is wanted. */
export const linePrinter =
  (isQuiet: boolean) =>
  (line: string): void => {
    if (!isQuiet) process.stderr.write(`${terminalText(line)}\n`);
  };
