import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RUNTIME_MANIFEST, type RuntimeEntry } from '../../contract/runtime-manifest';
import { ENVIRONMENT_RUNTIMES } from '../../contract/runtimes';
import { ARM_PROGRAMS, ARM_PROGRAM_NAMES, armProgram } from '../../helpers/fixtures/arm-program';
import { ownRuntimeNames } from '../../platform/worker/runtimes/choose-runtime';
import { CORE_RUNTIMES, coreRuntimeFile, isGenerated } from './core-pack-files';
import type { Place } from './drift';
import { namesInTable, TABLE_FILE } from './runtime-table';

const isManaged = ({ kind }: RuntimeEntry): boolean => kind === 'managed';
const always = (): boolean => true;

/** Every place with names of runtimes. A file of pack core that differs counts as missing. */
export const findPlaces = (root: string): Place[] => [
  { place: CORE_RUNTIMES, isExpected: always, names: namesInCorePack(root) },
  { place: 'platform/worker/runtimes', isExpected: isManaged, names: namesOfWorker() },
  {
    place: 'contract/runtimes.ts',
    isExpected: ({ capabilities }) => capabilities.includes('packages'),
    names: ENVIRONMENT_RUNTIMES,
  },
  { place: ARM_PROGRAMS, isExpected: isManaged, names: namesOfArmPrograms(root) },
  { place: TABLE_FILE, isExpected: always, names: namesInTable(readFileSync(join(root, TABLE_FILE), 'utf8')) },
];

function namesInCorePack(root: string): string[] {
  const expected = new Map(RUNTIME_MANIFEST.runtimes.map((entry) => [entry.name, coreRuntimeFile(entry).text]));
  return readdirSync(join(root, CORE_RUNTIMES))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({
      name: file.slice(0, -'.yaml'.length),
      text: readFileSync(join(root, CORE_RUNTIMES, file), 'utf8'),
    }))
    .filter(({ name, text }) => isGenerated(text) && (expected.get(name) ?? text) === text)
    .map(({ name }) => name);
}

/** Those with code of their own, and those that an interpreter with a known version runs. */
const namesOfWorker = (): string[] => [
  ...ownRuntimeNames,
  ...RUNTIME_MANIFEST.runtimes
    .filter(({ name, interpreter }) => interpreter.version_args !== undefined && !ownRuntimeNames.includes(name))
    .map(({ name }) => name),
];

const namesOfArmPrograms = (root: string): string[] =>
  RUNTIME_MANIFEST.runtimes.filter((entry) => isManaged(entry) && hasArmPrograms(root, entry)).map(({ name }) => name);

const hasArmPrograms = (root: string, entry: RuntimeEntry): boolean =>
  ARM_PROGRAM_NAMES.every((name) => existsSync(join(root, ARM_PROGRAMS, armProgram(entry, name))));
