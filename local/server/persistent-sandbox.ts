/** A sandbox that is stored in a folder. The next process continues where this one stopped, even if it was killed. */
import type { CallRecord } from '../../simulator/ec2/ec2';
import type { MeasuredSettings } from '../../simulator/ec2/measured-settings';
import { FolderInUse } from '../../simulator/dynamodb/dynamodb';
import { PacedClock } from '../../simulator/time/paced-clock';
import { openSandbox, type Sandbox, type SandboxOptions } from '../sandbox';
import { StateFolder, UnusableFolder, type State } from './state-folder';
import { StateKeeper } from './state-keeper';
import type { ExecutionRecord } from '../../simulator/step-functions/step-functions';

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
  /** Loads a function's module. @default - from the project's root */
  readonly loadEntry?: NonNullable<SandboxOptions['controlPlane']>['loadEntry'] | undefined;
}

export interface PersistentSandbox {
  readonly sandbox: Sandbox;
  readonly token: string;
  /** Writes the state to the folder. Only needed after a change that no EC2 call made. */
  save(): void;
  /** Stops the clock, writes the state, and releases the folder. */
  close(): Promise<void>;
}

const DEFAULT_SEED = 1;
/** Enough to recognise a repeated start, and few enough to write often. */
const MOST_ENDED_EXECUTIONS = 1_000;

/** @throws FolderInUse @throws UnusableFolder */
export async function openPersistentSandbox(options: PersistentSandboxOptions): Promise<PersistentSandbox> {
  const folder = new StateFolder(options.path);
  const before = folder.read();
  const seed = seedFor(options, before);
  const openings = before === undefined ? 0 : before.openings + 1;
  // Time passed while no process ran. It never goes back.
  const clock = new PacedClock(Math.max(Date.now(), before?.now ?? 0), options.speed);
  const token = options.token ?? folder.token();
  // Set once this process owns the folder. Nothing may be written before.
  const kept: { keeper?: StateKeeper } = {};
  const sandbox = await openSandbox({
    clock,
    seed,
    openings,
    ec2: {
      ...(before === undefined ? {} : { world: before.world }),
      ...options.measured,
      // Users change resources by hand. CloudTrail lets Holdfast notice.
      trail: true,
      onTransition: () => kept.keeper?.note(),
      // Runs before the caller gets the response, so that a killed process never forgets what a caller knows.
      onCall: (call) => (changesNothing(call) ? undefined : kept.keeper?.write()),
    },
    controlPlane: {
      dataPath: folder.tablesPath,
      token,
      executions: before?.executions ?? [],
      onExecution: ({ status }) => (status === 'RUNNING' ? kept.keeper?.write() : kept.keeper?.note()),
      ...(options.loadEntry === undefined ? {} : { loadEntry: options.loadEntry }),
    },
  });
  const { plane, ec2 } = sandbox;
  // The folder was read before it was locked.
  if (folder.read()?.now !== before?.now) {
    await plane.stop();
    throw new FolderInUse(`Another process used ${options.path} a moment ago`);
  }
  const keeper = new StateKeeper(folder, () => ({
    seed,
    openings,
    now: clock.now(),
    world: ec2.world,
    executions: recent(plane.stepFunctions.records()),
  }));
  kept.keeper = keeper;
  folder.writeToken(token);
  keeper.write();
  clock.start();
  return {
    sandbox,
    token,
    save: () => keeper.write(),
    close: async () => {
      await clock.stop();
      // Must run before the executions are stopped, because the next process continues them.
      keeper.close();
      await plane.stop();
    },
  };
}

function seedFor({ seed, path }: PersistentSandboxOptions, before: State | undefined): number {
  if (before !== undefined && seed !== undefined && seed !== before.seed) {
    throw new UnusableFolder(
      `${path} was created with the seed ${before.seed}; leave out --seed, or give another --data`,
    );
  }
  return before?.seed ?? seed ?? DEFAULT_SEED;
}

function recent(records: readonly ExecutionRecord[]): readonly ExecutionRecord[] {
  const ended = records.filter(({ status }) => status !== 'RUNNING');
  const forgotten = new Set(ended.slice(0, Math.max(0, ended.length - MOST_ENDED_EXECUTIONS)));
  return records.filter((record) => !forgotten.has(record));
}

function changesNothing({ command }: CallRecord): boolean {
  return command.startsWith('Describe');
}
