import type { ArtifactVersion } from '../../../../contract/artifacts';
import type { NewFileByRef } from '../../../../contract/artifact-requests';
import type { Client } from '../../../../helpers/client/client';

type Added = Promise<ArtifactVersion>;

const BYTES = Buffer.from('bytes');

/** Each way to add a version to an artifact; `execution`: the one that the request names. */
export const VERSION_WAYS: Readonly<
  Record<string, (client: Client, artifact: { id: number; ref: string }, named: { execution?: number }) => Added>
> = {
  content: ({ artifacts }, { id }, named) => artifacts.addVersion(id, { content: 1, ...named }),
  'an upload': ({ artifacts }, { id }, named) => artifacts.upload(id, BYTES, named),
  'a file': ({ artifacts }, { id }, named) => artifacts.addFile(id, named),
  'an upload by ref': ({ artifacts }, { ref }, named) => artifacts.uploadByRef(ref, BYTES, named),
  'a file by ref': ({ artifacts }, { ref }, named) => artifacts.addFileByRef(ref, named),
};

/** Each way to add the first version to an artifact that it creates. */
export const NEW_ARTIFACT_WAYS: Readonly<Record<string, (client: Client, ref: string, fields: NewFileByRef) => Added>> =
  {
    'an upload to a new ref': ({ artifacts }, ref, fields) => artifacts.uploadByRef(ref, BYTES, fields),
    'a file of a new ref': ({ artifacts }, ref, fields) => artifacts.addFileByRef(ref, fields),
  };
