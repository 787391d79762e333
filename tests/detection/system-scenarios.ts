import { readScenarios } from '../../helpers/docs/scenario-files';
import type { CensusLine } from '../../helpers/scenario/census';

const SCENARIO_ID = /^S\d-\d{2}(?= )/;
/** Seconds. */
const BUDGET = 60;

/** The scenarios among the system tests: `S3-07`, each in one file, of one test or more. */
export function readSystemScenarios(root: string): CensusLine[] {
  const lines = readScenarios(root).flatMap(({ tier, file, titles }) =>
    tier === 'systems' ? titles.flatMap((title) => SCENARIO_ID.exec(title)?.[0] ?? []).map((id) => ({ id, file })) : [],
  );
  const byId = new Map(lines.map((line) => [line.id, { ...line, budget: BUDGET }]));
  return [...byId.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}

export const isSystemScenario = ({ file }: Pick<CensusLine, 'file'>): boolean => file.startsWith('systems/');
