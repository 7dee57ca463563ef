/** A run: an Elastic IP, and the trials that use it one after the other. */
import { Failure } from '../../cli/failures';
import { reasonOf } from './account/aws-error';
import type { Clients } from './account/clients';
import { allocateElasticIp, findElasticIps, releaseElasticIp, type ElasticIp } from './account/elastic-ip';
import { Cleanup, type Leftover, type Task } from './cleanup';
import type { RunOptions } from './run-context';
import { stoppable, Stopped, until, type Time } from './time';
import { runTrial, type Trial } from './trial';

export interface Outcome {
  readonly trials: readonly Trial[];
  /** A sentence for each; empty if every node kept its identity and nothing is left over. */
  readonly problems: readonly string[];
  readonly leftovers: readonly Leftover[];
}

export class SmokeRun {
  private readonly cleanup: Cleanup;
  private readonly trials: Trial[] = [];

  constructor(private readonly options: RunOptions) {
    this.cleanup = new Cleanup(options.tell);
  }

  /** Cleans up in any case. */
  async run(): Promise<Outcome> {
    const problems: string[] = [];
    try {
      await this.runTrials();
    } catch (error) {
      problems.push(...problemsOf(error));
    }
    for (const { attachment, faults } of this.trials)
      problems.push(...faults.map((fault) => `${attachment}: ${fault}`));
    const leftovers = await this.cleanup.finishAll();
    problems.push(...leftovers.map(({ what, reason }) => `${what} could not be removed: ${reason}`));
    return { trials: this.trials, problems, leftovers };
  }

  /** What would be left over if the process ended now. */
  pending(): readonly Leftover[] {
    return this.cleanup.pending('the clean-up was stopped');
  }

  private async runTrials(): Promise<void> {
    const { signal, attachments, ...options } = this.options;
    const { cleanup } = this;
    const time = stoppable(options.time, signal);
    const elasticIp = await this.allocate();
    for (const attachment of attachments) {
      if (signal.aborted) throw new Stopped();
      const trial: Trial = { attachment, looks: [], log: [], faults: [] };
      this.trials.push(trial);
      await runTrial({ ...options, time, unstoppableTime: options.time, cleanup, elasticIp }, trial);
    }
  }

  private async allocate(): Promise<ElasticIp> {
    const { clients, time, runId, tell } = this.options;
    const known: { allocationId?: string } = {};
    const release: Task = {
      what: 'the Elastic IP',
      remove: async () => {
        const ids = known.allocationId === undefined ? await this.findLost() : [known.allocationId];
        for (const id of ids) await releasePatiently(clients, time, id);
      },
      command: () => `aws ec2 release-address --allocation-id ${known.allocationId ?? `$(${findCommand(runId)})`}`,
    };
    this.cleanup.add(release);
    const elasticIp = await allocateElasticIp(clients, runId);
    known.allocationId = elasticIp.allocationId;
    tell(`the Elastic IP ${elasticIp.publicIp} (${elasticIp.allocationId}) is allocated`);
    return elasticIp;
  }

  /** EC2 shows new tags within some seconds. */
  private async findLost(): Promise<readonly string[]> {
    const { clients, time, runId } = this.options;
    const found = await until(time, 2_000, TAG_VISIBLE_MAX_MS, async () => {
      const ids = await findElasticIps(clients, runId);
      return ids.length > 0 ? ids : undefined;
    });
    return found ?? [];
  }
}

const TAG_VISIBLE_MAX_MS = 20_000;
const RELEASE_MAX_MS = 60_000;

/** EC2 shows for some seconds an association that has ended, and the other way round. */
async function releasePatiently(clients: Pick<Clients, 'ec2'>, time: Time, allocationId: string): Promise<void> {
  let failure: unknown;
  const isReleased = await until(time, 5_000, RELEASE_MAX_MS, async () => {
    try {
      await releaseElasticIp(clients, allocationId);
      return true;
    } catch (error) {
      failure = error;
      return undefined;
    }
  });
  if (isReleased !== true) throw failure;
}

function findCommand(runId: string): string {
  return `aws ec2 describe-addresses --filters Name=tag:holdfast-smoke-test,Values=${runId} --query "Addresses[].AllocationId" --output text`;
}

function problemsOf(error: unknown): readonly string[] {
  if (error instanceof Failure) return error.lines;
  return [error instanceof Stopped ? 'The run was stopped.' : reasonOf(error)];
}
