import { terminalText } from '../contract/text/terminal-text';

/** Prints a line on stderr; nothing where only the result is wanted. */
export const linePrinter =
  (isQuiet: boolean) =>
  (line: string): void => {
    if (!isQuiet) process.stderr.write(`${terminalText(line)}\n`);
  };

/** Prints a line of this program on stderr: why it ends, or what a user should know. */
export const printNotice = (line: string): void => void process.stderr.write(`tuningfork: ${terminalText(line)}\n`);
