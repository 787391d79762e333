import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScenarios } from '../../helpers/docs/scenario-files';
import type { CensusLine } from '../../helpers/scenario/census';

const SCENARIO_ID = /^S\d-\d{2}(?= )/;
/** Seconds. */
const BUDGET = 60;

/** From `tests/e2e`, to which the files of the census are relative. */
const INTEGRATION = '../../tests/integration';
const INTEGRATION_FILE = /(?:^|\/)s\d-[^/]*\.test\.ts$/;
/** `test(`, `])(` of `test.each`, or `(IS_POSSIBLE ? test : test.skip)(`, with `S1-41 …`. */
const INTEGRATION_TITLE = /^(?:test|\]\)|\(\w+ \? test : test\.skip\))\(\s*'(S\d-\d{2} .*)',/gm;

/**
 * The scenarios among the system tests, and among the integration tests in files such as
 * `s1-promotion.test.ts`: `S3-07`, of one test or more. Throws for an id that is in two files.
 */
export function readSystemScenarios(root: string): CensusLine[] {
  const systems = readScenarios(root).filter(({ tier }) => tier === 'systems');
  const lines = [...systems, ...integrationFiles(root)].flatMap(({ file, titles }) =>
    titles.flatMap((title) => SCENARIO_ID.exec(title)?.[0] ?? []).map((id) => ({ id, file })),
  );
  const byId = new Map<string, CensusLine>();
  for (const { id, file } of lines) {
    const first = byId.get(id)?.file ?? file;
    if (first !== file) throw new Error(`${id} is in ${first} and in ${file}: use an id that is not used yet`);
    byId.set(id, { id, file, budget: BUDGET });
  }
  return [...byId.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}

function integrationFiles(root: string): { file: string; titles: string[] }[] {
  const base = join(root, 'tests/integration');
  return readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((file) => INTEGRATION_FILE.test(file))
    .map((file) => {
      const titles = readFileSync(join(base, file), 'utf8').matchAll(INTEGRATION_TITLE);
      return { file: `${INTEGRATION}/${file}`, titles: [...titles].map(([, title]) => title!) };
    });
}

/** Whether the test is in no tier. */
export const isSystemScenario = ({ file }: Pick<CensusLine, 'file'>): boolean =>
  file.startsWith('systems/') || !isOnPlatform({ file });

/** Whether the test runs on the platform of the run, which records its result. */
export const isOnPlatform = ({ file }: Pick<CensusLine, 'file'>): boolean => !file.startsWith(INTEGRATION);
