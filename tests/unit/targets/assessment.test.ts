import {
  absenceReasons,
  assessCapabilities,
  assessCapability,
  failedProbes,
  findContradictions,
  provenCapabilities,
  uncertainDeclarations,
  undecidedCapabilities,
  type CapabilityEvidence,
} from '../../../helpers/target/assessment';
import { missingCapabilities } from '../../../helpers/target/capabilities';
import type { CapabilityManifest } from '../../../contract/capabilities';

const manifest = (capabilities: CapabilityManifest['capabilities']): CapabilityManifest => ({
  platform: { name: 'p', version: '1.0.0', instance_id: 'i', started_at: '2026-01-27T10:00:00Z' },
  capabilities,
});
const evidence = (parts: Partial<CapabilityEvidence>): CapabilityEvidence => ({
  manifest: null,
  targetFile: {},
  suite: {},
  findings: {},
  slots: 24,
  ...parts,
});
const works = { isProven: true } as const;
const fails = { isProven: false, reason: 'it hangs' } as const;

describe('without a manifest', () => {
  test('the baseline is there, an extension is not', () => {
    expect(assessCapability('workflows.join', evidence({}))).toMatchObject({ isProven: true, source: 'baseline' });
    expect(assessCapability('keys.ttl', evidence({}))).toEqual({
      name: 'keys.ttl',
      isProven: false,
      source: 'baseline',
      details: null,
      reason: 'it is not part of the baseline, and no probe showed it',
    });
  });

  test('a probe decides about both', () => {
    const probed = evidence({ findings: { 'workflows.join': fails, 'keys.ttl': works } });
    expect(assessCapability('workflows.join', probed)).toMatchObject({ source: 'probed', reason: 'it hangs' });
    expect(assessCapability('keys.ttl', probed)).toMatchObject({ isProven: true, source: 'probed', reason: null });
    expect(findContradictions(probed)).toEqual([]);
  });

  test('an undecided probe changes nothing, and its reason is given', () => {
    const undecided = evidence({ findings: { 'processes.containment': { ...fails, isUndecided: true } } });
    expect(assessCapability('processes.containment', undecided)).toMatchObject({ isProven: false, reason: 'it hangs' });
    expect(
      assessCapability('workflows.join', evidence({ findings: { 'workflows.join': { ...fails, isUndecided: true } } })),
    ).toMatchObject({ isProven: true, source: 'baseline' });
  });

  test('a probe that fails without a declaration is a sentence', () => {
    const names = ['keys.ttl', 'workflows.join', 'rbac', 'tenants'];
    const findings = {
      'keys.ttl': fails,
      'workflows.join': { ...fails, isUndecided: true as const },
      rbac: fails,
      tenants: works,
    };

    expect(failedProbes(evidence({ findings, targetFile: { rbac: false } }), names)).toEqual([
      'keys.ttl is not declared, and its probe failed, so that what needs it is not proven: it hangs',
    ]);
  });

  test('the measured number of slots is the detail', () => {
    const measured = evidence({ findings: { 'workers.slots': works } });
    expect(provenCapabilities(assessCapabilities(measured, []))['workers.slots']).toEqual({ slots: 24 });
  });
});

describe('with a manifest', () => {
  test('the declared capabilities are there with their details', () => {
    const declared = evidence({ manifest: manifest({ rbac: false, tenants: true, 'logs.limit': { bytes: 1 } }) });
    expect(provenCapabilities(assessCapabilities(declared, ['keys.ttl']))).toEqual({
      core: true,
      tenants: true,
      'logs.limit': { bytes: 1 },
    });
    expect(absenceReasons(assessCapabilities(declared, ['keys.ttl']))).toEqual({
      rbac: 'the platform does not declare it',
      'keys.ttl': 'the platform does not declare it',
    });
  });

  test('a probe contradicts a declaration in both directions', () => {
    const declared = manifest({ rbac: true, tenants: true, 'keys.ttl': true });
    const findings = { rbac: works, tenants: fails, 'executions.log': works, 'timers.cron': fails };
    expect(findContradictions(evidence({ manifest: declared, findings }))).toEqual([
      'tenants is declared, but its probe failed: it hangs',
      'executions.log is not declared, but its probe succeeded',
    ]);
  });

  test('an undecided probe contradicts nothing', () => {
    const findings = { 'processes.containment': { ...fails, isUndecided: true } as const };
    const declared = evidence({ manifest: manifest({ 'processes.containment': true }), findings });
    expect(findContradictions(declared)).toEqual([]);
    expect(assessCapability('processes.containment', declared)).toMatchObject({ isProven: true, source: 'declared' });
  });

  test('too few declared slots leave the decision to the probe', () => {
    const declared = manifest({ 'workers.slots': { slots: 10 } });
    expect(assessCapability('workers.slots', evidence({ manifest: declared }))).toMatchObject({
      isProven: false,
      reason: 'the platform declares fewer than 24 slots',
    });
    const measured = evidence({ manifest: declared, findings: { 'workers.slots': works } });
    expect(assessCapability('workers.slots', measured)).toMatchObject({ isProven: true, source: 'probed' });
    expect(findContradictions(measured)).toEqual([]);
  });
});

describe('a probe that did not end in time', () => {
  const slow = { 'workflows.join': { ...fails, isSlow: 'response' } } as const;

  test('leaves its capability undecided, also one of the baseline', () => {
    const capabilities = assessCapabilities(evidence({ findings: slow }), []);
    expect(undecidedCapabilities(capabilities)).toEqual(['workflows.join']);
    expect(provenCapabilities(capabilities)['workflows.join']).toBeUndefined();
    expect(absenceReasons(capabilities)['workflows.join']).toBe('it hangs');
  });

  test('contradicts no declaration, whose claims run, with a note', () => {
    const declared = evidence({ manifest: manifest({ 'workflows.join': true }), findings: slow });
    expect(findContradictions(declared)).toEqual([]);
    expect(assessCapability('workflows.join', declared)).toMatchObject({ isProven: true, source: 'declared' });
    expect(uncertainDeclarations(declared)).toBe(
      'declared, so that their claims run, but not observed: workflows.join (it hangs)',
    );
  });

  test('is no reason for a declared lack', () => {
    const declared = evidence({ targetFile: { 'workflows.join': false }, findings: slow });
    expect(assessCapability('workflows.join', declared).reason).toMatch(/declares that it is absent/);
    expect(undecidedCapabilities(assessCapabilities(declared, []))).toEqual([]);
    expect(uncertainDeclarations(declared)).toBeNull();
  });
});

describe('a capability of the harness', () => {
  test('is as probed, whatever the manifest', () => {
    const findings = { 'ledger.shared': works, 'host.processes': fails };
    const probed = evidence({ manifest: manifest({}), findings });
    expect(assessCapability('ledger.shared', probed)).toMatchObject({ isProven: true, source: 'probed' });
    expect(assessCapability('host.processes', probed)).toMatchObject({ isProven: false, reason: 'it hangs' });
    expect(findContradictions(probed)).toEqual([]);
  });

  test('is as the target’s file declares, before the suite', () => {
    const declared = evidence({ suite: { 'packages.offline': true, sql: true }, targetFile: { sql: false } });
    expect(assessCapability('packages.offline', declared)).toMatchObject({ isProven: true, source: 'suite' });
    expect(assessCapability('sql', declared)).toMatchObject({ isProven: false, source: 'target file' });
  });

  test('contradicts the target’s file if its probe does', () => {
    const declared = evidence({ targetFile: { 'ledger.shared': true }, findings: { 'ledger.shared': fails } });
    expect(findContradictions(declared)).toEqual(['ledger.shared is declared, but its probe failed: it hangs']);
  });
});

test('a need that was not assessed throws', () => {
  const assessed = { capabilities: { core: true } as const, absences: { 'keys.ttl': 'it hangs' } };
  expect(missingCapabilities(['core', 'keys.ttl'], assessed)).toEqual(['keys.ttl']);
  expect(() => missingCapabilities(['core', 'tenants'], assessed)).toThrow('tenants was not probed');
});
