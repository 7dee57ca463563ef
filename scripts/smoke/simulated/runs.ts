/** The smoke test on the simulator: for `--simulated`, and as the reference of a real run. */
import { reportOf, measuredIn, type Measured } from '../report';
import { pricesOf, totalUsd } from '../price';
import { preflight } from '../preflight';
import type { Report } from '../report-schema';
import { SmokeRun } from '../run';
import type { Trial } from '../trial';
import { SimulatedAccount, type SimulatedOptions } from './account';

export interface SimulatedRequest {
  readonly attachments: readonly ('cold' | 'hot')[];
  readonly instanceTypes: readonly string[];
  readonly stack: string;
  readonly seed: number;
}

/** Few, because a reference takes some seconds of a processor. Enough to show that the simulator's times vary. */
const REFERENCE_SEEDS = [1, 2, 3];
const REFERENCE_TYPES = ['t4g.small'];

/** @throws Error if the simulated account is not ready, which is a bug */
export async function runSimulated(
  request: SimulatedRequest,
  { write, stop }: { readonly write: (text: string) => void; readonly stop: AbortSignal },
): Promise<Report> {
  const references = await simulatedReferences(request.attachments);
  return withAccount({ seed: request.seed }, async (account) => {
    const startedAtMs = account.time.now();
    const tell = (line: string): void => write(`${new Date(account.time.now()).toISOString()}  ${line}\n`);
    const { run, surroundings, runId } = await prepare(account, request, tell, stop);
    const outcome = await account.settle(run.run());
    const endedAtMs = account.time.now();
    const atMostUsd = totalUsd(pricesOf(request.attachments.length, surroundings.machine.instanceTypes));
    const { stack } = request;
    return reportOf(outcome, {
      simulated: true,
      runId,
      stack,
      surroundings,
      startedAtMs,
      endedAtMs,
      atMostUsd,
      references,
    });
  });
}

/** Once for each seed. @throws Error if a run fails, which is a bug */
export async function simulatedReferences(attachments: SimulatedRequest['attachments']): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const seed of REFERENCE_SEEDS) {
    const request = { attachments, instanceTypes: REFERENCE_TYPES, stack: 'Holdfast', seed };
    const trials = await withAccount({ seed }, (account) => trialsOn(account, request));
    measured.push(...trials.map(measuredIn));
  }
  return measured;
}

async function trialsOn(account: SimulatedAccount, request: SimulatedRequest): Promise<readonly Trial[]> {
  const { run } = await prepare(account, request, () => undefined, new AbortController().signal);
  const { trials, problems } = await account.settle(run.run());
  if (problems.length > 0) throw new Error(`The smoke test fails on the simulator: ${problems.join('; ')}`);
  return trials;
}

async function prepare(
  account: SimulatedAccount,
  { attachments, instanceTypes, stack, seed }: SimulatedRequest,
  tell: (line: string) => void,
  signal: AbortSignal,
) {
  const { clients, time, subnetId } = account;
  const fetch = (request: Request): Promise<Response> => account.fetch(request);
  const connect = async () => account.connection();
  const found = await account.settle(preflight({ clients, connect, fetch, time, subnetId, instanceTypes }));
  if (found.kind === 'faulty') throw new Error(`The simulated account is not ready: ${found.faults.join('; ')}`);
  const runId = seed.toString(16).padStart(8, '0');
  const run = new SmokeRun({ ...found, clients, time, signal, tell, stack, runId, attachments, roleArn: undefined });
  return { run, surroundings: found.surroundings, runId };
}

async function withAccount<T>(options: SimulatedOptions, use: (account: SimulatedAccount) => Promise<T>): Promise<T> {
  const account = await SimulatedAccount.open(options);
  try {
    return await use(account);
  } finally {
    await account.close();
  }
}
