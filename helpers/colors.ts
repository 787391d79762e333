import chalk from 'chalk';

/** Colors, unless NO_COLOR is set (no-color.org): chalk 4 ignores that variable. */
export const colors = new chalk.Instance({ level: process.env.NO_COLOR ? 0 : chalk.level });
