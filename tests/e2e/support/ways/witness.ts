import type { Execution } from '../../../../contract/executions';
import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';

/** The parameters of the witness, and of the workflows that pass them on. */
export const PARAMETERS = {
  given: { type: 'string' },
  missing: { type: 'string', default: 'by default' },
  empty: { type: 'string', default: 'for null' },
  secret: { type: 'string', secret: true },
  fails: { type: 'boolean' },
  marker: { type: 'string' },
  item: { type: 'integer' },
  context: { type: 'object' },
  connected: { type: 'object' },
};

/**
 * Prints its variables, the claims of its token in base64, all its parameters, and its secret with
 * a space after each character. Acknowledges the item of a queue. With the parameter `fails`, only
 * its first attempt fails.
 */
export const WITNESS = `
members() {
  for name in "$@"; do
    value=\${!name}
    printf '%s"%s":"%s"' "$comma" "\${name#PARAM_}" "\${value//\\"/\\\\\\"}"
    comma=,
  done
  comma=
}
variables=; for name in $(compgen -e); do
  case $name in ATTUNE_* | PLATFORM_* | E2E_*) variables="$variables $name" ;; esac
done
claims=\${ATTUNE_API_TOKEN#*.}
printf '{"variables":{'; members $variables
printf '},"parameters":{'; members $(compgen -v PARAM_)
printf '},"claims":"%s","secret":"' "\${claims%.*}"
for ((n = 0; n < \${#secret}; n++)); do printf '%s ' "\${secret:n:1}"; done
[ -z "$item" ] || printf '","queue_ack":{"version":1,"items":[{"id":%s,"status":"completed"}]},"":"' "$item"
printf '"}\\n'
[ "$fails" = true ] || exit 0
[ -e "$ATTUNE_ARTIFACTS_DIR/$marker" ] || { : >"$ATTUNE_ARTIFACTS_DIR/$marker"; exit 1; }`;

/** Writes its token to the file `path`, and ends when that is gone. */
export const KEEP_TOKEN = `
printf %s "$ATTUNE_API_TOKEN" >"$path.new"
mv "$path.new" "$path"
n=0; while [ -e "$path" ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n + 1)); done`;

/** What the witness printed. */
export interface Printed {
  readonly variables: Variables;
  readonly parameters: JsonObject;
  /** Null: it has no token. */
  readonly claims: JsonObject | null;
  readonly secret: string;
}

type Variables = Readonly<Record<string, string>>;

/** Throws for any other JSON. */
function parseObject(text: string): JsonObject {
  const value = parseJsonText(text) as Json;
  if (!isObject(value)) throw new Error(`no object: ${text}`);
  return value;
}

/** Null: no witness has printed. */
export function printedBy({ result }: Pick<Execution, 'result'>): Printed | null {
  const stdout = isObject(result) ? result.stdout : undefined;
  if (typeof stdout !== 'string' || !stdout.startsWith('{')) return null;
  const printed = parseJsonText(stdout) as Printed & { readonly claims: string };
  const { variables, parameters, secret } = printed;
  const claims = Buffer.from(printed.claims, 'base64url').toString();
  return {
    variables,
    parameters,
    claims: claims === '' ? null : parseObject(claims),
    secret: secret.replaceAll(/(.) /g, '$1'),
  };
}
