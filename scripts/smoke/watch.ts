/** Watches a node in EC2 and in the API. Keeps each look that shows something new. */
import { answerOf, timedItemOf, type Api, type NodeStatus } from '../../cli/api/client';
import { readLog } from '../../cli/nodes/node-log';
import { Failed, NotFound } from '../../cli/failures';
import { reasonOf } from './account/aws-error';
import type { Clients } from './account/clients';
import { lookAt, type Subject } from './account/look';
import type { LogLine } from './milestones';
import { isSame, type Look } from './observations';
import { Stopped, type Time } from './time';

/** The pause between two looks. */
export const LOOK_EVERY_MS = 1_000;
/** So many looks in a row may fail: a connection that breaks for a moment must not end the run. */
const MOST_FAILURES = 20;

export interface WatchOptions {
  readonly clients: Pick<Clients, 'ec2'>;
  readonly api: Api;
  readonly nodeId: string;
  readonly allocationId: string;
  /** How much the clock of the API is ahead of this machine's, in milliseconds. */
  readonly clockOffsetMs: number;
}

/** What a look and the API show at about the same time. */
export interface Seen {
  readonly look: Look;
  /** Undefined if the node does not exist. */
  readonly status: NodeStatus | undefined;
}

export class Watch {
  readonly looks: Look[] = [];
  private known: Pick<Subject, 'interfaceId' | 'instanceIds'> = { interfaceId: undefined, instanceIds: [] };
  private failures = 0;

  constructor(private readonly options: WatchOptions) {}

  /**
   * Looks until the caller has seen what it waits for, and returns it.
   * @throws Failed after the time limit, or if looks keep failing
   */
  async until<T>(time: Time, what: string, limitMs: number, isSeen: (seen: Seen) => T | undefined): Promise<T> {
    const deadline = time.now() + limitMs;
    for (;;) {
      const seen = await this.look(time);
      const result = seen === undefined ? undefined : isSeen(seen);
      if (result !== undefined) return result;
      if (time.now() >= deadline) throw new Failed(`${what} did not happen within ${limitMs / 60_000} minutes.`);
      await time.sleep(LOOK_EVERY_MS);
    }
  }

  /** Everything, in the order of time. @throws Failed, NotFound */
  async log(): Promise<readonly LogLine[]> {
    return readLog(this.options.api, this.options.nodeId, { severity: 'DEBUG' });
  }

  private async look(time: Time): Promise<Seen | undefined> {
    const { clients, nodeId, allocationId, clockOffsetMs } = this.options;
    try {
      const atMs = time.now() + clockOffsetMs;
      const [status, look] = await Promise.all([
        this.status(),
        lookAt(clients, { nodeId, ...this.known, allocationId }, atMs),
      ]);
      this.remember(look);
      const last = this.looks.at(-1);
      if (last === undefined || !isSame(last, look)) this.looks.push(look);
      this.failures = 0;
      return { look, status };
    } catch (error) {
      if (error instanceof Stopped) throw error;
      this.failures += 1;
      if (this.failures > MOST_FAILURES) throw new Failed(`EC2 or the API cannot be read: ${reasonOf(error)}`);
      return undefined;
    }
  }

  private remember({ networkInterface, instances }: Look): void {
    const { interfaceId = networkInterface?.id, instanceIds } = this.known;
    this.known = { interfaceId, instanceIds: [...new Set([...instanceIds, ...instances.map(({ id }) => id)])] };
  }

  private async status(): Promise<NodeStatus | undefined> {
    const { api, nodeId } = this.options;
    try {
      const path = { id: nodeId };
      return (await timedItemOf(api.client.GET('/aws/ec2/managedInstance/{id}/status', { params: { path } }))).item;
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }
}

/** Deletes a node with everything that it has. It may be gone already. @throws Failed */
export async function deleteNode({ client }: Api, id: string): Promise<void> {
  const deallocationConfig = {
    shouldTerminateInstance: true,
    shouldDeleteNetworkInterfaces: true,
    shouldDeleteVolumes: true,
  };
  try {
    await answerOf(
      client.DELETE('/aws/ec2/managedInstance/{id}', { params: { path: { id } }, body: { deallocationConfig } }),
    );
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}
