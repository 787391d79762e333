import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parseDocument } from 'yaml';
import { GateError } from '../gate-error';
import { faultsOf } from '../policy';

const exact = { additionalProperties: false };
const Text = Type.String({ minLength: 1, pattern: '\\S', description: 'a text' });
const Whole = Type.Integer({ minimum: 1, description: 'a whole number from 1 on' });

/** What a step runs: `run`, or Jest with these arguments. */
const work = {
  /** A command of bash, in the root of the project. */
  run: Type.Optional(Text),
  jest: Type.Optional(Text),
  /** What precedes `npx jest`: a script that starts a target, or `env NAME=value`. */
  with: Type.Optional(Text),
  /** Parts of the paths of test files that another step runs. */
  except: Type.Optional(Type.Array(Text, { minItems: 1, description: 'a list of one or more' })),
  /** Of the policy: the results of the tests are its results. */
  job: Type.Optional(Text),
};

const Flag = Type.Optional(Type.Literal(true, { description: 'true, or no such key' }));

/**
 * A command whose exit code is known. `exit`: another one than 0. `repeat`: exit 1 of `run` counts
 * as a failed test. `beside`: it runs while the next step does, with the lowest priority.
 */
export const Step = Type.Object({ name: Text, ...work, exit: Type.Optional(Whole), repeat: Flag, beside: Flag }, exact);
export type Step = Static<typeof Step>;

/** A part of the proof. `{n}` and `{of}` in its texts: the number of a piece, and the count. */
export const Part = Type.Object({ id: Text, ...work, pieces: Whole, seconds: Whole }, exact);
export type Part = Static<typeof Part>;

const GateSteps = Type.Object({ first: Step, steps: Type.Array(Step), last: Type.Array(Step) }, exact);
/** The steps of the gate; `last`: after the tests that failed have run again. */
export type GateSteps = Static<typeof GateSteps>;

const ProofParts = Type.Object({ slices: Whole, parts: Type.Array(Part, { minItems: 1 }) }, exact);
/** Everything that is not in the gate, and in how many slices it is run. */
export type ProofParts = Static<typeof ProofParts>;

/** Parses `.ci/gate.yml`. Throws GateError. */
export function parseGateSteps(text: string): GateSteps {
  const file = parseFile(GateSteps, text);
  requireWork([file.first, ...file.steps, ...file.last].map((step) => ({ ...step, id: step.name })));
  const alone = [file.first, file.steps.at(-1), ...file.last].find((step) => step?.beside);
  if (alone)
    throw new GateError('STEPS_INVALID', `${alone.name}: beside is for a step that another one of steps follows`);
  return file;
}

/** The steps in their order; those of one group run at the same time. */
export const groupsOf = (steps: readonly Step[]): Step[][] =>
  steps.reduce<Step[][]>((groups, step, n) => {
    if (steps[n - 1]?.beside) groups.at(-1)!.push(step);
    else groups.push([step]);
    return groups;
  }, []);

/** Parses `.ci/proof.yml`. Throws GateError. */
export function parseProofParts(text: string): ProofParts {
  const file = parseFile(ProofParts, text);
  requireWork(file.parts);
  return file;
}

function parseFile<T extends TSchema>(schema: T, text: string): Static<T> {
  const document = parseDocument(text);
  const [syntaxError] = document.errors;
  if (syntaxError) throw new GateError('STEPS_INVALID', syntaxError.message.split('\n', 1)[0]!);
  const value: unknown = document.toJS();
  if (!Value.Check(schema, value)) throw new GateError('STEPS_INVALID', faultsOf(schema, value).join('; '));
  return value;
}

/** Each has one kind of work, and an id of its own. */
function requireWork(steps: readonly Pick<Part, 'id' | 'run' | 'jest'>[]): void {
  const faults = steps.flatMap(({ id, run, jest }, n) => [
    ...((run === undefined) === (jest === undefined) ? [`${id}: expected one of run and jest`] : []),
    ...(steps.findIndex((step) => step.id === id) === n ? [] : [`there are two of ${id}`]),
  ]);
  if (faults.length > 0) throw new GateError('STEPS_INVALID', faults.join('; '));
}

/** `a-{b,c}` of bash as a pattern: `a-(b|c)`. */
const expanded = (path: string): string =>
  path.replace(/\{([^}]*)\}/g, (_, parts: string) => `(${parts.replaceAll(',', '|')})`);

/**
 * Whether the work runs a test file on the target that the suite starts: of its arguments, the
 * paths count.
 */
export function runsTestFile(
  { jest, with: prefix, except = [] }: Pick<Step, keyof typeof work>,
  path: string,
): boolean {
  if (jest === undefined || prefix?.startsWith('.ci/')) return false;
  const parts = jest
    .split(/\s+/)
    .filter((argument) => !argument.startsWith('-'))
    .map(expanded);
  const isIn = (patterns: readonly string[]): boolean => patterns.some((pattern) => new RegExp(pattern).test(path));
  return isIn(parts) && !isIn(except);
}

/** Whether the gate runs a test file, and the proof has no larger size of it. */
export function isWholeInGate({ first, steps }: GateSteps, { parts }: ProofParts, path: string): boolean {
  const isFullSize = (part: Part): boolean => part.with?.includes('E2E_SIZES=full') ?? false;
  const isIn = (all: readonly Pick<Step, keyof typeof work>[]): boolean => all.some((each) => runsTestFile(each, path));
  return isIn([first, ...steps]) && !isIn(parts.filter(isFullSize));
}

/** As one word of bash. */
export const quoted = (text: string): string =>
  /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The command of a step. `report`: where Jest writes its results. */
export function commandOf({ run, jest, with: prefix, except = [] }: Step, report: string): string {
  if (run !== undefined) return run;
  const ignored = except.map((path) => `--testPathIgnorePatterns=${quoted(path)}`);
  return [...(prefix === undefined ? [] : [prefix]), 'npx jest', jest, ...ignored, ...reportTo(report)].join(' ');
}

const reportTo = (report: string): string[] => ['--json', `--outputFile=${quoted(report)}`];

/** The command that runs one test of a file alone; without a name all of them. */
export function repeatCommand(step: Step, file: string, name: string | null, report: string): string {
  const only = name === null ? [] : ['-t', quoted(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)];
  const prefix = step.with === undefined ? [] : [step.with];
  return [...prefix, 'npx jest -i --runTestsByPath', quoted(file), ...only, ...reportTo(report)].join(' ');
}
