import { Type, type Static } from '@sinclair/typebox';

/** Time for a service to become ready, unless its check names another. */
export const CHECK_SECONDS = 120;

const exact = { additionalProperties: false };
const Seconds = (byDefault: number) =>
  Type.Integer({ minimum: 1, maximum: 86_400, default: byDefault, description: 'whole seconds, 1 to 86400' });

/** An address that answers 2xx once a service is ready. It is fetched on the host of the stack. */
const HealthCheck = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,39}$', description: 'a name of up to 40 of a-z 0-9 . _ -' }),
    /** May name variables of published ports: `http://127.0.0.1:${API_PORT}/health`. */
    url: Type.String({ pattern: '^https?://[^\\s/]+', description: 'a URL that begins with http:// or https://' }),
    timeout: Seconds(CHECK_SECONDS),
  },
  { ...exact, description: 'a map of name, url and timeout' },
);
export type HealthCheck = Static<typeof HealthCheck>;

/** `e2e/e2e.yml`: what a repository needs to be tested in a sandbox. */
export const Manifest = Type.Object(
  {
    /** Begins the name of every run. */
    name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$', description: 'a slug of up to 40 of a-z 0-9 -' }),
    /** Below the root of the repository; a link may lead elsewhere below the root. */
    compose_file: Type.String({ minLength: 1, description: 'a path below the root, such as e2e/compose.yml' }),
    health_checks: Type.Array(HealthCheck, { default: [], description: 'a list of checks' }),
    /** A command line of the shell, run in the root of the copy. */
    test_command: Type.String({ pattern: '\\S', description: 'a command, such as npm test' }),
    timeout: Seconds(300),
    /** Below the root of the copy: the JUnit file that the test command writes. */
    junit: Type.Optional(
      Type.String({
        pattern: '^(?!/)(?!(?:.*/)?\\.\\.(?:/|$))\\S',
        description: 'a path below the root, such as e2e/results.xml',
      }),
    ),
    /** Of the copy and all that is written into it, MiB. */
    disk_limit: Type.Integer({
      minimum: 1,
      maximum: 1_048_576,
      default: 10_240,
      description: 'whole MiB, 1 to 1048576',
    }),
    cleanup: Type.Union([Type.Literal('always'), Type.Literal('on_success'), Type.Literal('never')], {
      default: 'always',
      description: 'always, on_success or never',
    }),
    /** Labels that the report repeats, such as ids of tasks that a green run closes. */
    closes: Type.Array(Type.String({ pattern: '^\\S+$' }), { default: [], description: 'a list of words' }),
  },
  { ...exact, description: 'a map of keys' },
);
export type Manifest = Static<typeof Manifest>;
