/** A sandbox that lives in a folder: the next process goes on where this one stopped, however it stopped. */
import type { CallRecord } from '../../simulator/ec2/ec2';
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
  /** @default - the folder's own; 1 for a new one */
  readonly seed?: number | undefined;
  /** @default - the folder's own; generated for a new one */
  readonly token?: string | undefined;
  /** Loads a function's module. @default - from the project's root */
  readonly loadEntry?: NonNullable<SandboxOptions['controlPlane']>['loadEntry'] | undefined;
}

export interface PersistentSandbox {
  readonly sandbox: Sandbox;
  readonly token: string;
  /** Writes the state down, for a change that did not come by a call of EC2. */
  save(): void;
  /** Ends time, writes the state down, and lets go of the folder. */
  close(): Promise<void>;
}

const DEFAULT_SEED = 1;
/** Enough for a start that is repeated to be recognised, and few enough to write down often. */
const MOST_ENDED_EXECUTIONS = 1_000;

/** @throws FolderInUse @throws UnusableFolder */
export async function openPersistentSandbox(options: PersistentSandboxOptions): Promise<PersistentSandbox> {
  const folder = new StateFolder(options.path);
  const before = folder.read();
  const seed = seedFor(options, before);
  const openings = before === undefined ? 0 : before.openings + 1;
  // While nothing ran, time went on; but it never goes back.
  const clock = new PacedClock(Math.max(Date.now(), before?.now ?? 0), options.speed);
  const token = options.token ?? folder.token();
  // Set once the folder is ours: nothing may be written before.
  const kept: { keeper?: StateKeeper } = {};
  const sandbox = await openSandbox({
    clock,
    seed,
    openings,
    ec2: {
      ...(before === undefined ? {} : { world: before.world }),
      // People play on it by hand, and see what is done about it.
      trail: true,
      onTransition: () => kept.keeper?.note(),
      // Reported before the caller hears of it: what a caller knows of EC2, EC2 must not forget.
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
    throw new FolderInUse(`Another process was using ${options.path} just now`);
  }
  const keeper = new StateKeeper(folder, () => ({
    ...{ seed, openings, now: clock.now(), world: ec2.world },
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
      // Before the executions are stopped: the next process goes on with them.
      keeper.close();
      await plane.stop();
    },
  };
}

function seedFor({ seed, path }: PersistentSandboxOptions, before: State | undefined): number {
  if (before !== undefined && seed !== undefined && seed !== before.seed) {
    throw new UnusableFolder(
      `${path} was begun with the seed ${before.seed}: leave --seed out, or give another folder`,
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
