import type { Command } from 'commander';

/** Names of the options on the command line: `--port`. */
export const givenOptions = (command: Command): string[] =>
  command.options.flatMap((option) =>
    command.getOptionValueSource(option.attributeName()) === 'cli' && option.long ? [option.long] : [],
  );
