import { Type, type Static } from '@sinclair/typebox';
import Ajv, { type ErrorObject } from 'ajv';
import { JsonMap, Name, NullableText, PositiveInteger, TextList, stringEnum } from './json';
import { DELIVERY_MODES } from './workers';
import manifest from './runtimes.manifest.json';

export const RUNTIME_KINDS = ['managed', 'external'] as const;
export type RuntimeKind = (typeof RUNTIME_KINDS)[number];

const closed = { additionalProperties: false } as const;
const RuntimeName = Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 63 });
const Aliases = Type.Array(Type.String({ pattern: '^[a-z][a-z0-9.-]*$', maxLength: 63 }), { uniqueItems: true });
const VariableName = Type.String({ pattern: '^[A-Z][A-Z0-9_]*$' });

/**
 * The program that runs the files of a runtime; `binary` is empty where they run by themselves.
 * `version_args`: with these it prints a text with its version; a runtime without them has code of
 * its own in `platform/worker/runtimes`.
 */
const Interpreter = Type.Object(
  {
    binary: Type.String(),
    args: TextList,
    version_args: Type.Optional(TextList),
    version_file: Type.Optional(
      Type.String({ description: 'below its home directory, for a program that is slow to print its version' }),
    ),
  },
  closed,
);

/**
 * How programs of one kind are started. `versions`: prefixes of the supported ones, none where
 * there is no interpreter. `credentials`: variables of the host by name of the credential; the
 * first one that is set is used.
 */
const RuntimeEntry = Type.Object(
  {
    name: RuntimeName,
    aliases: Aliases,
    description: Type.String({ minLength: 1 }),
    kind: stringEnum(RUNTIME_KINDS),
    delivery: stringEnum(DELIVERY_MODES),
    versions: Type.Array(Type.String({ pattern: '^\\d+(\\.\\d+)*$' })),
    extensions: Type.Array(Type.String({ pattern: '^\\.[A-Za-z0-9]+$' })),
    interpreter: Interpreter,
    execution_config: JsonMap,
    capabilities: TextList,
    credentials: Type.Record(Name, Type.Array(VariableName, { minItems: 1 })),
    provision_timeout_seconds: PositiveInteger,
  },
  closed,
);
export type RuntimeEntry = Static<typeof RuntimeEntry>;

/** A named preset of a managed runtime. It has no credentials: those of its runtime are used. */
export const WorkerTemplate = Type.Object(
  {
    name: RuntimeName,
    description: Type.String({ minLength: 1 }),
    runtime: RuntimeName,
    version: NullableText,
    environment: Type.Record(VariableName, Type.String()),
    limits: Type.Object({ slots: PositiveInteger }, closed),
  },
  closed,
);
export type WorkerTemplate = Static<typeof WorkerTemplate>;

const RuntimeManifest = Type.Object(
  { runtimes: Type.Array(RuntimeEntry, { minItems: 1 }), templates: Type.Array(WorkerTemplate) },
  closed,
);
export type RuntimeManifest = Static<typeof RuntimeManifest>;

/** `path` is a JSON pointer into the manifest; `hint` is what would be right there. */
class RuntimeManifestError extends Error {
  readonly code = 'RUNTIME_MANIFEST_INVALID';

  constructor(
    readonly path: string,
    readonly hint: string,
  ) {
    super(`RUNTIME_MANIFEST_INVALID: ${path || '/'}: ${hint}`);
    this.name = 'RuntimeManifestError';
  }
}

/** Throws RuntimeManifestError: keys and types first, then names used twice or nowhere. */
export function parseRuntimeManifest(value: unknown): RuntimeManifest {
  if (!hasSchema(value)) throw schemaError(hasSchema.errors![0]!);
  requireDistinctNames(value);
  value.templates.forEach((template, at) => requireRuntimeOf(value, template, at));
  return value;
}

/** `optimize: false`: it is used once a process, and to optimize takes a third of the time. */
const hasSchema = new Ajv({ strict: false, validateSchema: false, code: { optimize: false } }).compile<RuntimeManifest>(
  RuntimeManifest,
);

function schemaError({ instancePath, params, message = 'is not valid' }: ErrorObject): RuntimeManifestError {
  const { additionalProperty, missingProperty } = params as Partial<Record<string, string>>;
  const key = additionalProperty ?? missingProperty;
  return new RuntimeManifestError(key === undefined ? instancePath : `${instancePath}/${key}`, message);
}

/** One word means one runtime or one template. */
function requireDistinctNames({ runtimes, templates }: RuntimeManifest): void {
  const words = [
    ...runtimes.flatMap(({ name, aliases }, at) =>
      [name, ...aliases].map((word) => ({ word, path: `/runtimes/${at}` })),
    ),
    ...templates.map(({ name }, at) => ({ word: name, path: `/templates/${at}` })),
  ];
  const seen = new Set<string>();
  for (const { word, path } of words) {
    if (seen.has(word)) throw new RuntimeManifestError(path, `a name that is not used yet, not "${word}"`);
    seen.add(word);
  }
}

function requireRuntimeOf({ runtimes }: RuntimeManifest, template: WorkerTemplate, at: number): void {
  const isManaged = runtimes.some(({ name, kind }) => name === template.runtime && kind === 'managed');
  if (!isManaged) throw new RuntimeManifestError(`/templates/${at}/runtime`, 'the name of a managed runtime');
}

/** The only list of runtimes and templates: others are generated from it or checked against it. */
export const RUNTIME_MANIFEST: RuntimeManifest = parseRuntimeManifest(manifest);
