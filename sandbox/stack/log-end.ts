/** The end of a log, as a part of a sentence. */
export const logEnd = (log: string): string =>
  log.trimEnd() === '' ? 'it printed nothing' : `its output ends with\n${log.trimEnd()}`;
