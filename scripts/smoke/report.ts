/** Makes the report of a run from what the run has seen. */
import { answersFrom, elasticIpSurvives, type Evidence } from './answers';
import { measuredSettings } from './measured';
import { milestonesOf, phasesOf, toTenths, type Phase } from './milestones';
import { addressAwayMs, changesIn } from './observations';
import type { Surroundings } from './preflight';
import type { Report, TrialReport } from './report-schema';
import type { Outcome } from './run';
import type { Trial } from './trial';
import { LOOK_EVERY_MS } from './watch';

export interface ReportOptions {
  readonly simulated: boolean;
  readonly runId: string;
  readonly stack: string;
  readonly surroundings: Surroundings;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly atMostUsd: number;
  /** The same trials on the simulator, once for each seed. */
  readonly references: readonly Measured[];
}

/** What is compared with the simulator. */
export interface Measured {
  readonly attachment: Trial['attachment'];
  readonly phases: readonly Phase[];
  readonly addressAwaySeconds: number | undefined;
}

export function measuredIn({ attachment, interrupted }: Trial): Measured {
  if (interrupted === undefined) return { attachment, phases: [], addressAwaySeconds: undefined };
  const { looks, warnedAtMs, replacedAtMs } = interrupted;
  return {
    attachment,
    phases: phasesOf(attachment, milestonesOf(interrupted)),
    addressAwaySeconds: toTenths(addressAwayMs(looks, warnedAtMs, replacedAtMs)),
  };
}

export function reportOf(outcome: Outcome, options: ReportOptions): Report {
  const { simulated, runId, stack, surroundings, startedAtMs, endedAtMs, atMostUsd, references } = options;
  const { caller, region, subnet, machine } = surroundings;
  const { trials, problems, leftovers } = outcome;
  const evidence: Evidence = {
    accountId: caller.accountId,
    subnet,
    interrupted: trials.flatMap(({ interrupted }) => interrupted ?? []),
    deleted: trials.flatMap(({ looks }) => looks.at(-1)?.missingInterface ?? []),
  };
  return {
    format: 1,
    simulated,
    runId,
    account: {
      accountId: caller.accountId,
      region,
      stack,
      subnetId: subnet.id,
      availabilityZone: subnet.availabilityZone,
      imageId: machine.imageId,
      instanceTypes: [...machine.instanceTypes],
    },
    startedAt: instant(startedAtMs),
    endedAt: instant(endedAtMs),
    atMostUsd,
    passed: problems.length === 0,
    problems: [...problems],
    leftovers: [...leftovers],
    lookEverySeconds: LOOK_EVERY_MS / 1000,
    trials: trials.map((trial) => trialReport(trial, references)),
    answers: [...answersFrom(evidence)],
    simulator: measuredSettings(trials, elasticIpSurvives(evidence)),
  };
}

function trialReport(trial: Trial, references: readonly Measured[]): TrialReport {
  const { attachment, nodeId = null, before = null, after = null, faults, interrupted, looks, log } = trial;
  const measured = measuredIn(trial);
  const same = references.filter((reference) => reference.attachment === attachment);
  const warnedAtMs = interrupted?.warnedAtMs;
  return {
    attachment,
    nodeId,
    before,
    after,
    faults: [...faults],
    warnedAt: warnedAtMs === undefined ? null : instant(warnedAtMs),
    milestones: (interrupted === undefined ? [] : milestonesOf(interrupted)).map(({ name, atMs, source }) => ({
      name,
      seconds: toTenths(atMs - (warnedAtMs ?? atMs)),
      source,
    })),
    phases: measured.phases.map(({ phase, seconds }) => ({
      phase,
      seconds,
      simulatedSeconds: range(same.map(({ phases }) => phases.find((each) => each.phase === phase)?.seconds)),
    })),
    addressAwaySeconds: measured.addressAwaySeconds ?? null,
    simulatedAddressAwaySeconds: range(same.map(({ addressAwaySeconds }) => addressAwaySeconds)),
    timeline: changesIn(looks).map(({ atMs, ...change }) => ({ at: instant(atMs), ...change })),
    log: [...log],
  };
}

function range(values: readonly (number | null | undefined)[]): [number, number] | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? null : [Math.min(...known), Math.max(...known)];
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString();
}
