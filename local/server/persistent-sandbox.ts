/** A sandbox that is stored in a folder. The next process continues where this one stopped, even if it was killed. */
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { MeasuredSettings } from '../../simulator/ec2/measured-settings';
import { PacedClock } from '../../simulator/time/paced-clock';
import type { Execution } from '../../simulator/step-functions/step-functions';
import { openSandbox, type Sandbox, type SandboxOptions } from '../sandbox';
import { synthesize } from '../synthesize';
import { newWorld } from './new-world';
import { Pace } from './pace';
import { ServerLog } from './server-log';
import { StateFolder, UnusableFolder } from './state-folder';
import { StateKeeper } from './state-keeper';
import { entryKey, stateFrom, type State } from './stored-state';
import { TrackedWorld } from './tracked-world';

export interface PersistentSandboxOptions {
  readonly path: string;
  /** Simulated seconds in a second. */
  readonly speed: number;
  /** @default - the folder's seed; 1 for a new folder */
  readonly seed?: number | undefined;
  /** @default - the folder's token; generated for a new folder */
  readonly token?: string | undefined;
  /** How the simulated EC2 behaves in this run, as measured on a real one. @default - as published */
  readonly measured?: MeasuredSettings | undefined;
  /** Is told when the folder cannot be written, and when it can be again. @default - not reported */
  readonly report?: ((message: string) => void) | undefined;
  /** ARNs of the IAM roles that nodes may have. @default none */
  readonly instanceRoleArns?: readonly string[] | undefined;
  /** Loads a function's module. @default - from the project's root */
  readonly loadEntry?: NonNullable<SandboxOptions['controlPlane']>['loadEntry'] | undefined;
}

export interface PersistentSandbox {
  readonly sandbox: Sandbox;
  readonly token: string;
  readonly log: ServerLog;
  readonly pace: Pace;
  /** Stores every change now. Returns why it cannot, as the beginning of a sentence, or undefined. */
  store(): string | undefined;
  /** Returns why a request that changes something must be refused, as the beginning of a sentence, or undefined. */
  shortage(): string | undefined;
  /** Stops the clock, stores the state, and releases the folder. Returns why the state cannot be stored, or undefined. */
  close(): Promise<string | undefined>;
}

const DEFAULT_SEED = 1;

/** @throws FolderInUse @throws UnusableFolder */
export async function openPersistentSandbox(options: PersistentSandboxOptions): Promise<PersistentSandbox> {
  const folder = await StateFolder.open(options.path);
  try {
    return await openIn(folder, options);
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function openIn(folder: StateFolder, options: PersistentSandboxOptions): Promise<PersistentSandbox> {
  const before = folder.isNew ? undefined : stateFrom(folder.journal.entries());
  const { now: storedNow = 0, executions = [], tables = [] } = before ?? {};
  const seed = seedFor(options, before);
  const openings = before === undefined ? 0 : before.openings + 1;
  // Time passed while no process ran. It never goes back.
  const clock = new PacedClock(Math.max(Date.now(), storedNow), options.speed);
  const pace = new Pace(clock);
  const token = options.token ?? folder.token();
  const world = new TrackedWorld(before?.world ?? (await newWorld(seed, clock.now())));
  const log = new ServerLog(folder.path, () => clock.now());
  const report = (message: string): void => {
    log.write('WARN', message);
    options.report?.(message);
  };
  const keeper = new StateKeeper({ folder, world, now: () => clock.now(), executions, report });
  folder.journal.set(entryKey.process('seed'), String(seed));
  folder.journal.set(entryKey.process('openings'), String(openings));
  const sandbox = await openSandbox({
    clock,
    seed,
    openings,
    template: await synthesize({ instanceRoleArns: options.instanceRoleArns ?? [] }),
    ec2: {
      world: world.world,
      ...options.measured,
      // Users change resources by hand. CloudTrail lets Holdfast notice.
      trail: true,
      onTransition: () => keeper.note(),
      onCall: (call) => (changesNothing(call) ? undefined : keeper.note()),
    },
    controlPlane: {
      keptTables: { entries: tables, onWrite: (key, value) => keeper.noteTable(key, value) },
      token,
      executions,
      deliver: pace.deliver,
      onExecution: (execution) => {
        keeper.noteExecution(execution);
        logOperation(log, execution);
      },
      log: (entry) => log.add(entry),
      ...(options.loadEntry === undefined ? {} : { loadEntry: options.loadEntry }),
    },
  });
  await begin(folder, keeper, sandbox, token);
  clock.start();
  return {
    sandbox,
    token,
    log,
    pace,
    store: () => keeper.store(),
    shortage: () => keeper.store() ?? folder.shortage(),
    close: async () => {
      await clock.stop();
      // Must run before the executions are stopped, because the next process continues them.
      const problem = keeper.close();
      await sandbox.plane.stop();
      log.close();
      await folder.close();
      return problem;
    },
  };
}

/** Stores the first state. @throws UnusableFolder if that fails */
async function begin(folder: StateFolder, keeper: StateKeeper, { plane }: Sandbox, token: string): Promise<void> {
  try {
    const problem = keeper.storeAll();
    if (problem !== undefined) throw new UnusableFolder(`${problem}; free some space, or give another --data`);
    folder.writeToken(token);
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

function logOperation(log: ServerLog, execution: Execution): void {
  const { stateMachineName: operation, arn: executionArn, status, input, error, cause } = execution;
  const level = status === 'RUNNING' || status === 'SUCCEEDED' ? 'INFO' : 'ERROR';
  log.write(level, 'operation', { operation, status, executionArn, input, error, cause });
}

function seedFor({ seed, path }: PersistentSandboxOptions, before: State | undefined): number {
  if (before !== undefined && seed !== undefined && seed !== before.seed) {
    throw new UnusableFolder(
      `${path} was created with the seed ${before.seed}; leave out --seed, or give another --data`,
    );
  }
  return before?.seed ?? seed ?? DEFAULT_SEED;
}

function changesNothing({ command }: CallRecord): boolean {
  return command.startsWith('Describe');
}
