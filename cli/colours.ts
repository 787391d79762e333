import { Instance } from 'chalk';

/** Colours where stdout is a terminal. Chalk 4 ignores NO_COLOR. */
export const colours = () => new Instance(process.env.NO_COLOR ? { level: 0 } : {});
