/** The smoke test's program: reads the options, looks at the account, prints the plan, and with --yes does it. */
import { writeFile } from 'node:fs/promises';
import { connect } from '../../cli/connection/connect';
import type { Connection } from '../../cli/connection/connection';
import type { Shell } from '../../cli/shell';
import { ExitStatus, refuse, type Terminal } from '../command/terminal';
import { openClients, type Clients } from './account/clients';
import { readOptions, USAGE, type SmokeRequest } from './options';
import { planText } from './plan';
import { preflight, type Preflight } from './preflight';
import { pricesOf, totalUsd } from './price';
import { reportOf, type Measured } from './report';
import type { Report } from './report-schema';
import { reportText } from './report-text';
import { SmokeRun } from './run';
import { runSimulated, simulatedReferences } from './simulated/runs';
import type { Time } from './time';

/** What the program needs of its process. */
export interface Surface extends Terminal {
  readonly environment: Shell['environment'];
  /** Eight hexadecimal digits that no other run has. */
  readonly newRunId: () => string;
  /** Aborted by the first Ctrl-C: the run ends, and cleans up. */
  readonly stop: AbortSignal;
  /** Aborted by the second one: the clean-up ends too. */
  readonly giveUp: AbortSignal;
}

/** How the program reaches AWS. */
export interface Reach {
  readonly openClients: (request: SmokeRequest) => Promise<Clients>;
  /** @throws Failed */
  readonly connect: (request: SmokeRequest) => Promise<Connection>;
  readonly fetch: Shell['fetch'];
  readonly time: Time;
  /** The same run on the simulator. */
  readonly references: (attachments: SmokeRequest['attachments']) => Promise<readonly Measured[]>;
}

/** @returns the exit status */
export async function main(argv: readonly string[], surface: Surface, reach?: Reach): Promise<number> {
  const request = readOptions(argv);
  switch (request.kind) {
    case 'help':
      surface.write(USAGE);
      return ExitStatus.passed;
    case 'invalid':
      return refuse(surface, 'The smoke test cannot run with these options', request.problems, USAGE);
    case 'smoke': {
      const fault = await fileFault(request.jsonPath);
      if (fault !== undefined) return failed(surface, [fault]);
      if (request.simulated) return finish(await runSimulated(request, surface), request, surface);
      return smoke(request, surface, reach ?? reachAws(surface));
    }
  }
}

function reachAws({ environment }: Surface): Reach {
  return {
    openClients,
    connect: ({ stack, region, profile }) => connect({ stack, region, profile }, environment),
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(RESPONSE_MAX_MS) }),
    time: { now: () => Date.now(), sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)) },
    references: simulatedReferences,
  };
}

/** Longer than API Gateway waits for a function. */
const RESPONSE_MAX_MS = 35_000;

async function smoke(request: SmokeRequest, surface: Surface, reach: Reach): Promise<number> {
  const { subnetId, instanceTypes } = request;
  const clients = await reach.openClients(request);
  const { fetch, time } = reach;
  const found = await preflight({
    clients,
    connect: () => reach.connect(request),
    fetch,
    time,
    subnetId,
    instanceTypes,
  });
  if (found.kind === 'faulty') return failed(surface, found.faults);
  const runId = surface.newRunId();
  const prices = pricesOf(request.attachments.length, found.surroundings.machine.instanceTypes);
  surface.write(planText({ ...request, ...found, runId, prices }));
  if (!request.yes) {
    surface.write('Nothing was changed. Add --yes to do it.\n');
    return ExitStatus.passed;
  }
  const report = await carryOut({ request, surface, reach, clients, found, runId, atMostUsd: totalUsd(prices) });
  return finish(report, request, surface);
}

interface Work {
  readonly request: SmokeRequest;
  readonly surface: Surface;
  readonly reach: Reach;
  readonly clients: Clients;
  readonly found: Extract<Preflight, { readonly kind: 'ready' }>;
  readonly runId: string;
  readonly atMostUsd: number;
}

/** Returns undefined if the user did not wait for the clean-up. */
async function carryOut(work: Work): Promise<Report | undefined> {
  const { request, surface, reach, clients, found, runId, atMostUsd } = work;
  const { surroundings, api, clockOffsetMs } = found;
  const { stack, attachments, roleArn } = request;
  const { time } = reach;
  const tell = (line: string): void => surface.write(`${new Date(time.now()).toISOString()}  ${line}\n`);
  const { stop: signal } = surface;
  const run = new SmokeRun({
    clients,
    api,
    time,
    signal,
    tell,
    surroundings,
    stack,
    runId,
    attachments,
    roleArn,
    clockOffsetMs,
  });
  const startedAtMs = time.now();
  const outcome = await orGivenUp(run.run(), surface.giveUp);
  if (outcome === undefined) {
    surface.complain('The clean-up was stopped. This may be left over:\n');
    for (const { what, command } of run.pending()) surface.complain(`  ${what}: ${command}\n`);
    return undefined;
  }
  const endedAtMs = time.now();
  const references = await reach.references(attachments);
  const options = { simulated: false, runId, stack, surroundings, startedAtMs, endedAtMs, atMostUsd, references };
  return reportOf(outcome, options);
}

function orGivenUp<T>(work: Promise<T>, giveUp: AbortSignal): Promise<T | undefined> {
  const givenUp = new Promise<undefined>((resolve) => giveUp.addEventListener('abort', () => resolve(undefined)));
  return Promise.race([work, givenUp]);
}

async function finish(report: Report | undefined, { jsonPath }: SmokeRequest, surface: Surface): Promise<number> {
  if (report === undefined) return ExitStatus.failed;
  surface.write(`\n${reportText(report)}`);
  if (jsonPath !== undefined) await writeFile(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
  return report.passed ? ExitStatus.passed : ExitStatus.failed;
}

/** A report that cannot be written would be lost after all the work. An existing file is not changed yet. */
async function fileFault(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    await writeFile(path, '', { flag: 'a' });
    return undefined;
  } catch (error) {
    return `--json cannot write ${path}: ${String(error)}`;
  }
}

function failed({ complain }: Terminal, faults: readonly string[]): number {
  complain(`The smoke test cannot run:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`);
  return ExitStatus.failed;
}
