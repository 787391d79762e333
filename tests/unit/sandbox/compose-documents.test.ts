import { readFiles, type Files } from './compose-repository';

const servicesOf = (compose: string, others: Files = {}) =>
  Object.fromEntries(
    readFiles({ 'compose.yml': compose, ...others })
      .servicesWith({})
      .map((service) => [service.name, service]),
  );

test('documents of one file are merged, each over those before it', () => {
  const { web, db } = servicesOf(`---
services:
  web: { x-process: run, environment: { A: 1, B: 2 } }
---
# nothing
---
services:
  web: { environment: [B=3], depends_on: [db] }
  db: { x-process: run db }
`);

  expect(web).toMatchObject({ command: 'run', environment: { A: '1', B: '3' } });
  expect([web!.needs.map(({ service }) => service), db!.command]).toEqual([['db'], 'run db']);
});

test('the place of a fault counts the lines of all documents', () => {
  const read = () => servicesOf('services: { web: { x-process: a } }\n---\nservices:\n  web: { depends_on: [no] }\n');
  expect(read).toThrow('compose.yml:4:23 web needs no, which is no service');
});

test('!reset removes what is merged, !override replaces it', () => {
  const services = servicesOf(`services:
  web:
    x-process: run
    environment: { A: 1, B: 2 }
    ports: ['\${WEB_PORT}:80', '99:99']
    depends_on: [db, old]
    working_dir: sub
    profiles: [later]
    healthcheck: { test: ready }
  db: { x-process: run, env_file: none.env }
  old: { x-process: run }
---
services:
  web:
    environment: { A: !reset null }
    ports: !override ['\${WEB_PORT}:80']
    depends_on: { old: !reset null }
    working_dir: !reset null
    profiles: !reset []
    healthcheck: !override { test: other }
  db: { env_file: !reset [], environment: !override { C: 3 } }
  old: !reset null
`);

  expect(Object.keys(services)).toEqual(['db', 'web']);
  expect(services.db!.environment).toEqual({ C: '3' });
  expect(services.web).toMatchObject({
    environment: { B: '2' },
    ports: [{ container: '80' }],
    needs: [{ service: 'db' }],
    workingDirectory: '.',
    healthcheck: { command: 'other' },
  });
});

test('the tags hold for what a service extends, also of a file of documents', () => {
  const base =
    "services:\n  base: { x-process: run, ports: ['99:99'] }\n---\nservices:\n  base: { environment: [A=1] }\n";
  const { web } = servicesOf(
    'services: { web: { extends: { file: base.yml, service: base }, ports: !reset [], environment: [B=2] } }',
    { 'base.yml': base },
  );

  expect(web).toMatchObject({ command: 'run', ports: [], environment: { A: '1', B: '2' } });
});

test.each([
  ['', 'compose.yml:1:1 is empty; right would be a map with the key services'],
  ['servces: {}\n', "compose.yml:1:1 no key servces in a compose file. Did you mean 'services'?"],
  ['include: [lacks.yml]\n', 'compose.yml:1:11 lacks.yml does not exist'],
  ['include: [{ pth: a.yml }]\n', 'compose.yml:1:18 /include/0/pth got "a.yml", expected no such key'],
])('%j is refused with its place', (compose, message) => {
  expect(() => servicesOf(compose)).toThrow(message);
});

test('a wait for a service that is never healthy is refused if required', () => {
  const waiting = (more: string) =>
    servicesOf(`services:
  web: { x-process: run, depends_on: { db: { condition: service_healthy${more} } } }
  db: { x-process: run, healthcheck: { test: [NONE] } }
`);

  expect(() => waiting('')).toThrow('compose.yml:2:44 web waits until db is healthy, but that has no healthcheck');
  expect(waiting(', required: false').web!.needs).toEqual([{ service: 'db', condition: 'service_started' }]);
});

test('all ports of a range are of a service, unless an engine takes one', () => {
  const compose = 'services: { web: { x-process: run, ports: ["9000-9002:80-82", "9100-9110:80"] } }';
  expect(readFiles({ 'compose.yml': compose }).ports.map((port) => 'fixed' in port && port.fixed)).toEqual([
    9000, 9001, 9002,
  ]);
});

test('services of which an engine starts no container are not expected', () => {
  const compose = `services:
  web: { image: a }
  none: { image: a, scale: 0 }
  off: { image: a, deploy: { replicas: 0 } }
  other: { provider: { type: a } }
  later: { image: a, profiles: [later] }
`;
  expect(readFiles({ 'compose.yml': compose }).containers).toEqual(['web']);
});
