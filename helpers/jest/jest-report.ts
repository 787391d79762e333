import { Type, type Static } from '@sinclair/typebox';
import { NullableText } from '../../contract/json';
import { readJsonFile } from '../read-json-file';

/** The part of Jest's report (`--json`) that is read. Instants: epoch ms; durations: ms. */
const JestReport = Type.Object({
  testResults: Type.Array(
    Type.Object({
      name: Type.String({ description: 'absolute path of the file' }),
      startTime: Type.Number(),
      endTime: Type.Number(),
      status: Type.String({ description: '`failed`, also where the file failed outside its tests' }),
      message: NullableText,
      assertionResults: Type.Array(
        Type.Object({
          title: Type.String(),
          fullName: Type.String({ description: 'with the titles of the blocks around it' }),
          status: Type.String(),
          duration: Type.Optional(Type.Unsafe<number | null>({ type: ['number', 'null'] })),
          failureMessages: Type.Array(Type.String()),
        }),
      ),
    }),
  ),
});
export type JestReport = Static<typeof JestReport>;
export type JestFile = JestReport['testResults'][number];
export type JestTest = JestFile['assertionResults'][number];

/** Reads a report. Throws with the path and the faults where the file is none. */
export const readJestReport = (path: string): JestReport => readJsonFile(JestReport, path);
