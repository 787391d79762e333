import { readFileSync } from 'node:fs';
import { Type, type Static } from '@sinclair/typebox';
import { Document, isScalar, isSeq, parse, visit } from 'yaml';
import { explain, matches } from '../../helpers/client/validate';

const COMMENT =
  '# One entry for each statement of the page, by `npx tuningfork promises`. Written by hand is one of\n' +
  '# `proof`: ids of claims, system tests and attack rows, or paths of test files;\n' +
  '# `open`: what is not proven; `explains: true`: nothing that a platform could break.\n';

const Statement = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z-]+-\\d+$' }),
    says: Type.String({ minLength: 1 }),
    proof: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    open: Type.Optional(Type.String({ minLength: 1 })),
    explains: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false },
);
/** A statement of a page: its text, and what proves it. */
export type Statement = Static<typeof Statement>;

const Statements = Type.Array(Statement);

/** Reads a file of `tests/promises`. Throws with the path and the faults. */
export function readStatements(path: string): Statement[] {
  const value: unknown = parse(readFileSync(path, 'utf8')) ?? [];
  if (!matches(Statements, value)) throw new Error(`${path}: ${explain(Statements, value)}`);
  return value;
}

/** What proves a statement is on one line, where it fits. */
export function renderStatements(statements: readonly Statement[]): string {
  const document = new Document(statements);
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isScalar(key) && key.value === 'proof' && isSeq(value)) value.flow = true;
    },
  });
  return COMMENT + document.toString({ lineWidth: 140, flowCollectionPadding: false });
}
