import { Type, type Static } from '@sinclair/typebox';
import type { ExecutionNode } from '../../../contract/executions';
import { JsonValue, type Json } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Client } from '../../client/client';

/** What an execution was given, and what it has returned. */
export const ExecutionDocuments = Type.Object({ id: Type.Integer(), input: JsonValue, result: JsonValue });
export type ExecutionDocuments = Static<typeof ExecutionDocuments>;

const READ_AT_ONCE = 8;
/** A longer document is not kept, characters: a report shows less of it. */
const MOST_CHARACTERS = 256 * 1_024;

/**
 * Reads the documents of the executions of a tree, at most so many: those that did not complete
 * first. Throws what the target answers.
 */
export async function readDocuments(client: Client, tree: ExecutionNode, most: number): Promise<ExecutionDocuments[]> {
  const parts = partsOf(tree).sort(incompleteFirst).slice(0, most);
  const documents: ExecutionDocuments[] = [];
  for (let at = 0; at < parts.length; at += READ_AT_ONCE) {
    const executions = parts.slice(at, at + READ_AT_ONCE).map(({ id }) => client.executions.get(id));
    for (const { id, config, result } of await Promise.all(executions))
      documents.push({ id, input: kept(config), result: kept(result) });
  }
  return documents;
}

const partsOf = (node: ExecutionNode): ExecutionNode[] => [node, ...node.children.flatMap(partsOf)];

const incompleteFirst = (one: ExecutionNode, other: ExecutionNode): number =>
  Number(one.status === 'completed') - Number(other.status === 'completed');

function kept(document: Json): Json {
  const { length } = writeJson(document);
  return length <= MOST_CHARACTERS ? document : `not kept: it has ${length} characters`;
}
