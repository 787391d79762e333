import { readFiles } from './compose-repository';
import { SHAPES } from './compose-shapes';
import { MORE_SHAPES } from './more-compose-shapes';

/** What some of the files need: a variable, or a file. */
const HOST = { PG_PASS: 'p' };
const OTHERS = { 'docker/.env': 'A=1\n' };

test.each([...SHAPES, ...MORE_SHAPES])('%s is read without a false refusal', (_, count, compose) => {
  const { faults, without } = readFiles(Object.assign({ 'compose.yml': compose }, OTHERS), HOST);

  expect({ faults, count: without.length }).toEqual({ faults: [], count });
});
