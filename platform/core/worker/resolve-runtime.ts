import type { ErrorCode } from '../../../contract/errors';
import type { JsonObject } from '../../../contract/json';
import type { RuntimeEntry, RuntimeManifest } from '../../../contract/runtime-manifest';
import { closestMatch } from '../../../contract/text/closest-match';

/** What a request for a managed worker names; an empty text is the same as none. */
export interface RuntimeRequest {
  readonly runtime?: string | null | undefined;
  readonly template?: string | null | undefined;
}

export interface ResolvedRuntime {
  /** The name in the manifest, also where the request has an alias. */
  readonly runtime: string;
  readonly version: string | null;
  readonly template: string | null;
}

type RejectionCode = Extract<
  ErrorCode,
  'RUNTIME_REQUIRED' | 'RUNTIME_UNSUPPORTED' | 'RUNTIME_IS_TEMPLATE' | 'TEMPLATE_UNKNOWN' | 'TEMPLATE_RUNTIME_CONFLICT'
>;

/** `details` has `path` and `hint`, and the names that the message has. */
interface RuntimeRejection {
  readonly is: 'refused';
  readonly code: RejectionCode;
  readonly message: string;
  readonly details: JsonObject;
}

export type RuntimeResolution = ({ readonly is: 'resolved' } & ResolvedRuntime) | RuntimeRejection;

/** The runtime of a managed worker, by its name, an alias, or a template. */
export function resolveRuntime(request: RuntimeRequest, manifest: RuntimeManifest): RuntimeResolution {
  const runtime = request.runtime || null;
  const template = request.template || null;
  if (runtime === null && template === null) return nothingNamed;
  const named = runtime === null ? null : findManaged(runtime, manifest);
  if (named === undefined) return refuseRuntime(runtime!, manifest);
  if (template === null) return { is: 'resolved', runtime: named!.name, version: null, template };
  const preset = manifest.templates.find(({ name }) => name === template);
  if (preset === undefined) return refuseTemplate(template, manifest);
  if (named !== null && named.name !== preset.runtime) return conflict(template, preset.runtime, named.name);
  return { is: 'resolved', runtime: preset.runtime, version: preset.version, template };
}

/** By name or alias, case-insensitive as the runner type of an action. */
function findManaged(word: string, { runtimes }: RuntimeManifest): RuntimeEntry | undefined {
  const lowerCase = word.toLowerCase();
  return runtimes.find(
    ({ kind, name, aliases }) => kind === 'managed' && (name === lowerCase || aliases.includes(lowerCase)),
  );
}

const nothingNamed: RuntimeRejection = {
  is: 'refused',
  code: 'RUNTIME_REQUIRED',
  message: 'A managed worker needs a runtime or a template',
  details: { path: '/runtime', hint: 'give one of: runtime, template' },
};

function refuseRuntime(requested: string, { runtimes, templates }: RuntimeManifest): RuntimeRejection {
  if (templates.some(({ name }) => name === requested)) {
    return {
      is: 'refused',
      code: 'RUNTIME_IS_TEMPLATE',
      message: `'${requested}' is a template, and no runtime`,
      details: { path: '/runtime', hint: `use template: {"template": "${requested}"}`, requested },
    };
  }
  const managed = runtimes.filter(({ kind }) => kind === 'managed');
  const supported = managed.map(({ name }) => name).sort();
  const nearest = closestMatch(
    requested,
    managed.flatMap(({ name, aliases }) => [name, ...aliases]),
  );
  return {
    is: 'refused',
    code: 'RUNTIME_UNSUPPORTED',
    message: `Runtime '${requested}' is not supported; supported: ${supported.join(', ')}`,
    details: { path: '/runtime', hint: hintFor(nearest, supported), requested, supported, nearest },
  };
}

function refuseTemplate(requested: string, { templates }: RuntimeManifest): RuntimeRejection {
  const supported = templates.map(({ name }) => name).sort();
  const nearest = closestMatch(requested, supported);
  return {
    is: 'refused',
    code: 'TEMPLATE_UNKNOWN',
    message: `There is no template '${requested}'; there are: ${supported.join(', ')}`,
    details: { path: '/template', hint: hintFor(nearest, supported), requested, supported, nearest },
  };
}

const hintFor = (nearest: string | null, supported: readonly string[]): string =>
  nearest === null ? `one of: ${supported.join(', ')}` : `'${nearest}', or another of: ${supported.join(', ')}`;

const conflict = (template: string, expected: string, runtime: string): RuntimeRejection => ({
  is: 'refused',
  code: 'TEMPLATE_RUNTIME_CONFLICT',
  message: `Template '${template}' is for runtime '${expected}', and the request names '${runtime}'`,
  details: { path: '/template', hint: 'give one of them, or two that agree', template, runtime, expected },
});
