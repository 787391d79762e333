import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parseYamlSource } from '../manifest/yaml-source';
import { SandboxError } from '../sandbox-error';
import { HealthcheckKey, healthcheckOf, type Healthcheck } from './healthcheck';

const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);

const LongPort = Type.Object({ published: Type.Optional(Type.Union([Type.String(), Type.Integer()])) });

const CONDITIONS = ['service_started', 'service_healthy', 'service_completed_successfully'] as const;
type Condition = (typeof CONDITIONS)[number];
const Need = Type.Object({
  condition: Type.Optional(Type.Union(CONDITIONS.map((condition) => Type.Literal(condition)))),
});

/** What the stack of processes reads of a service. An engine reads the rest. */
const Service = Type.Object({
  /** A command line of the shell, which runs the service without a container. */
  'x-process': Type.Optional(Type.String({ pattern: '\\S', description: 'a command' })),
  environment: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Record(Type.String(), Scalar)])),
  ports: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Integer(), LongPort]))),
  depends_on: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Record(Type.String(), Need)])),
  healthcheck: Type.Optional(HealthcheckKey),
});
const ServiceName = Type.String({ pattern: '^[a-zA-Z0-9._-]+$' });
const ComposeFile = Type.Object({
  services: Type.Record(ServiceName, Service, { minProperties: 1, additionalProperties: false }),
});
type ComposeFile = Static<typeof ComposeFile>;

/** One service of a stack, without variables replaced. */
export interface Service {
  readonly name: string;
  readonly command: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** As written: `${API_PORT}:80`. */
  readonly ports: readonly string[];
  /** What it is started after. */
  readonly needs: readonly { readonly service: string; readonly condition: Condition }[];
  readonly healthcheck: Healthcheck | null;
}

/**
 * The services of a compose file, each after those that it depends on. Throws SandboxError where
 * the file is none.
 */
export function parseComposeFile(text: string, file: string): Service[] {
  const source = parseYamlSource(text);
  if ('message' in source) throw invalid(`${file}:${source.line}:${source.column} ${source.message}`);
  const { value } = source;
  if (!Value.Check(ComposeFile, value)) {
    const error = Value.Errors(ComposeFile, value).First()!;
    const { line, column } = source.positionOf(error.path.split('/').slice(1));
    throw invalid(`${file}:${line}:${column} ${error.path || '/'}: ${error.message}`);
  }
  const { services } = value;
  return startOrder(services, file).map((name) => ({
    name,
    command: services[name]!['x-process'],
    environment: environmentOf(services[name]!),
    ports: (services[name]!.ports ?? []).flatMap(portText),
    needs: needsOf(services[name]!),
    healthcheck: healthcheckOf(services[name]!.healthcheck),
  }));
}

const invalid = (message: string): SandboxError => new SandboxError('COMPOSE_FILE_INVALID', message);

const portText = (port: string | number | Static<typeof LongPort>): string[] =>
  typeof port !== 'object' ? [String(port)] : port.published === undefined ? [] : [`${port.published}:0`];

const needsOf = ({ depends_on: needed = {} }: ComposeFile['services'][string]): Service['needs'] =>
  Array.isArray(needed)
    ? needed.map((service) => ({ service, condition: 'service_started' }))
    : Object.entries(needed).map(([service, { condition = 'service_started' }]) => ({ service, condition }));

function environmentOf({ environment = {} }: ComposeFile['services'][string]): Record<string, string> {
  const pairs = Array.isArray(environment)
    ? environment
        .filter((line) => line.includes('=')) // one without is that of the host, which every process has
        .map((line) => [line.split('=', 1)[0]!, line.slice(line.indexOf('=') + 1)] as const)
    : Object.entries(environment).map(([name, value]) => [name, value === null ? '' : String(value)] as const);
  return Object.fromEntries(pairs);
}

function startOrder(services: ComposeFile['services'], file: string): string[] {
  const order: string[] = [];
  const visit = (name: string, above: readonly string[]): void => {
    if (order.includes(name)) return;
    if (above.includes(name)) throw invalid(`${file}: ${[...above, name].join(' needs ')}`);
    const service = services[name];
    if (!service) throw invalid(`${file}: ${above.at(-1)} needs ${name}, which is no service`);
    for (const need of needsOf(service)) visit(need.service, [...above, name]);
    order.push(name);
  };
  for (const name of Object.keys(services)) visit(name, []);
  return order;
}
