import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage } from '../../../platform/base/error-details';
import { readCensus } from '../../../helpers/scenario/census';
import { repositoryRoot } from '../../../helpers/repository-root';
import { readSystemScenarios } from '../../../tools/detection/system-scenarios';
import { FAULTS } from '../../../tools/detection/catalogue/catalogue';
import { runsConfined } from '../../../tools/detection/confined';
import { pathOfFile } from '../../../tools/detection/fault';
import { applyMarkedFault } from '../../../tools/detection/source/apply-fault';
import { PROVEN_ONCE } from './proven-once';

const ROOT = repositoryRoot();
const claims = readCensus(ROOT).map(({ id }) => id);
const scenarios = readSystemScenarios(ROOT).map(({ id }) => id);
const named = new Set(FAULTS.flatMap(({ claims }) => claims));

/** Conditions of statements that are built when their file is loaded. */
const BUILT_AT_LOAD = ['F2568', 'S19b', 'F1898', 'F3166', 'F2172'];

/** Those of a file one after the other: it is parsed once for them. */
const byFile = [...FAULTS].sort((a, b) => (a.file === b.file ? 0 : a.file < b.file ? -1 : 1));

test('every fault applies, and its place notes that it runs where it can', () => {
  const unmarked: string[] = [];
  const problems = byFile.flatMap((fault) => {
    const { id, file, within = '' } = fault;
    try {
      const text = readFileSync(join(ROOT, pathOfFile(file)), 'utf8');
      const { changed, marked } = applyMarkedFault(fault, text, 'note()');
      const isUnobserved = file.endsWith('.sql') || runsConfined(pathOfFile(file)) || /^[A-Z][A-Z0-9_]+$/.test(within);
      if (marked === null && !isUnobserved) unmarked.push(id);
      return changed === text ? [`${id} changes nothing`] : [];
    } catch (error) {
      return [errorMessage(error)];
    }
  });

  expect(problems).toEqual([]);
  expect(unmarked.sort()).toEqual([...BUILT_AT_LOAD].sort());
});

test('every id is unique', () => {
  const ids = FAULTS.map(({ id }) => id);

  expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
});

test('every fault is another change', () => {
  const changes = FAULTS.map(({ file, within, find, replace }) => [file, within, find, replace].join('\n'));

  expect(FAULTS.filter((_, n) => changes.indexOf(changes[n]!) !== n).map(({ id }) => id)).toEqual([]);
});

test('every fault breaks a promise of its own, which is one sentence', () => {
  const promises = FAULTS.map(({ promise }) => promise);

  expect(promises.filter((promise, n) => promises.indexOf(promise) !== n)).toEqual([]);
  expect(promises.filter((promise) => !/^\S.*[^\s.]$/.test(promise) || /\. [A-Z]/.test(promise))).toEqual([]);
});

test('every claim and every system scenario is named by two faults, or listed', () => {
  const listed = PROVEN_ONCE.flatMap(({ claims }) => claims.trim().split(/\s+/));
  const faultsOf = (id: string): number => FAULTS.filter(({ claims }) => claims.includes(id)).length;

  expect([...claims, ...scenarios].filter((id) => faultsOf(id) < 2).sort()).toEqual([...listed].sort());
  expect(listed.filter((id) => faultsOf(id) !== 1)).toEqual([]);
});

test('every fault names claims or system scenarios', () => {
  expect(FAULTS.filter(({ claims }) => claims.length === 0).map(({ id }) => id)).toEqual([]);
  expect([...named].filter((id) => ![...claims, ...scenarios].includes(id))).toEqual([]);
});
