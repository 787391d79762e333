/** One line of a crontab that runs a repository. */
export interface ScheduledRun {
  /** The name in the manifest of the repository. */
  readonly name: string;
  readonly schedule: string;
  /** A command line of the shell. */
  readonly command: string;
}

const TAG = '# tuningfork-sandbox:';
const ENTRY = new RegExp(`^((?:\\S+\\s+){4}\\S+)\\s+(.*) ${TAG}(\\S+)$`);

/** The lines of a crontab that run repositories. */
export function scheduledRuns(crontab: string): ScheduledRun[] {
  return crontab.split('\n').flatMap((line) => parseEntry(line) ?? []);
}

/** With this entry, in the place of an earlier one of its name. All else stays byte for byte. */
export function withRun(crontab: string, run: ScheduledRun): string {
  const lines = crontab.split('\n');
  const at = lines.findIndex((line) => parseEntry(line)?.name === run.name);
  if (at >= 0) return lines.map((line, n) => (n === at ? entryOf(run) : line)).join('\n');
  return crontab === '' || crontab.endsWith('\n') ? `${crontab}${entryOf(run)}\n` : `${crontab}\n${entryOf(run)}`;
}

/** The crontab without the entry of this name. */
export function withoutRun(crontab: string, name: string): string {
  const lines = crontab.split('\n');
  return lines.filter((line) => parseEntry(line)?.name !== name).join('\n');
}

function parseEntry(line: string): ScheduledRun | null {
  const [, schedule, command, name] = ENTRY.exec(line) ?? [];
  if (schedule === undefined || command === undefined || name === undefined) return null;
  return { name, schedule, command: command.replaceAll('\\%', '%') };
}

/** A bare % would end the command: cron takes it for a new line. */
const entryOf = ({ name, schedule, command }: ScheduledRun): string =>
  `${schedule} ${command.replaceAll('%', '\\%')} ${TAG}${name}`;
