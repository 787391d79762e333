import { writePage, PAGE, type Report } from '../bench/page';
import { thisMachine } from '../bench/machine';
import type { Measurement, Question } from '../bench/question';
import { QUESTIONS } from '../bench/questions';
import { Interrupted } from '../bench/stand';
import { tableOf } from '../bench/table';
import { EXIT } from '../contract/errors';
import { TargetError } from '../helpers/target-error';
import { finish, firstEnding } from './endings';
import { CommandError } from './failures';

/** As commander hands them over: absent when not given. */
export interface BenchFlags {
  readonly json?: true;
  readonly runs?: number;
  readonly write?: true;
}

/** Measures and prints; asserts nothing. Ctrl-C ends what was started, and prints nothing. */
export async function bench(names: readonly string[], flags: BenchFlags, root: string): Promise<void> {
  const questions = chosen(names);
  if (flags.write && questions.length < QUESTIONS.length) {
    throw new CommandError(`--write replaces ${PAGE} as a whole: name no question with it`, EXIT.usage);
  }
  const stop = new AbortController();
  const asked = firstEnding(false).then((ending) => {
    stop.abort();
    return ending;
  });
  try {
    const facts = { command: commandOf(names, flags), date: new Date().toISOString().slice(0, 10) };
    const report: Report = { ...facts, machine: thisMachine(), measurements: await measure(questions, flags, stop) };
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${tableOf(report.measurements)}\n`);
    if (flags.write) writePage(root, report);
  } catch (error) {
    if (error instanceof TargetError) throw new CommandError(error.message);
    if (!(error instanceof Interrupted)) throw error;
    finish(await asked);
  }
}

function chosen(names: readonly string[]): readonly Question[] {
  const unknown = names.find((name) => !QUESTIONS.some((question) => question.name === name));
  if (unknown === undefined) return QUESTIONS.filter(({ name }) => names.length === 0 || names.includes(name));
  const known = QUESTIONS.map(({ name }) => name).join(', ');
  throw new CommandError(`there is no question "${unknown}": there are ${known}`, EXIT.usage);
}

async function measure(
  questions: readonly Question[],
  { runs }: BenchFlags,
  { signal: stop }: AbortController,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const question of questions) {
    const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
    process.stderr.write(`${question.name}: ${question.about}\n`);
    if (stop.aborted) throw new Interrupted();
    measurements.push(...(await question.measure({ runs: runs ?? question.runs, say, stop })));
  }
  return measurements;
}

const commandOf = (names: readonly string[], { runs, write }: BenchFlags): string =>
  [
    'npx tuningfork bench',
    ...names,
    ...(runs === undefined ? [] : [`--runs ${runs}`]),
    ...(write ? ['--write'] : []),
  ].join(' ');
