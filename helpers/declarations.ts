import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { TextList } from '../contract/json';
import { explain, matches } from './client/validate';
import { TargetError } from './target-error';

const Declarations = Type.Object({
  about: Type.String(),
  /** What only the harness can know: `true` or `false` wins over the probes' finding, and is held against it. */
  capabilities: Type.Record(Type.String(), Type.Boolean()),
  /** Ids this target is not expected to prove. */
  notProven: TextList,
});
export type Declarations = Static<typeof Declarations>;

const TARGETS = resolve(__dirname, '../targets');

/** `targets/<name>.json`. */
export function declarationsOf(name: string): Declarations {
  const path = join(TARGETS, `${name}.json`);
  if (!existsSync(path)) throw new TargetError(`${path} is missing: say there what ${name} declares`);
  const declarations: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!matches(Declarations, declarations)) throw new TargetError(`${path}: ${explain(Declarations, declarations)}`);
  return declarations;
}
