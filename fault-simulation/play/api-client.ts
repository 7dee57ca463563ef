/** A client of the API as people write them: it asks again where the API did not answer, and then gives up. */
import type { Sandbox } from '../../local/sandbox';
import type { NodeConfig } from '../../domain/config/node-config';

export type Answer =
  | {
      readonly kind: 'done';
      readonly items: readonly { readonly id?: string; readonly managedInstanceId?: string | null }[];
    }
  | { readonly kind: 'refused'; readonly why: string }
  /** Nobody knows whether it was done. */
  | { readonly kind: 'unanswered' };

const TRIES = 5;
const BETWEEN_TRIES_MS = 4_000;
const NODES_PATH = '/aws/ec2/managedInstance';

export class ApiClient {
  private token: string | undefined;

  constructor(private readonly sandbox: Pick<Sandbox, 'plane' | 'clock' | 'token'>) {}

  act(nodeId: string, action: 'pause' | 'resume' | 'recycle'): Promise<Answer> {
    return this.ask('PUT', `${NODES_PATH}/${nodeId}/${action}`);
  }

  actOnAll(nodeIds: readonly string[], state: 'PAUSE' | 'RESUME'): Promise<Answer> {
    return this.ask('PUT', `${NODES_PATH}/state`, { managedInstanceStates: nodeIds.map((id) => ({ id, state })) });
  }

  update(nodeId: string, managedInstance: object): Promise<Answer> {
    return this.ask('PUT', `${NODES_PATH}/${nodeId}`, { managedInstance });
  }

  delete(nodeId: string, instance: boolean, interfaces: boolean): Promise<Answer> {
    return this.ask('DELETE', `${NODES_PATH}/${nodeId}`, {
      deallocationConfig: { shouldTerminateInstance: instance, shouldDeleteNetworkInterfaces: interfaces },
    });
  }

  create(managedInstance: NodeConfig): Promise<Answer> {
    return this.ask('POST', NODES_PATH, { managedInstance });
  }

  import(migration: object): Promise<Answer> {
    return this.ask('POST', `${NODES_PATH}/migration`, { migration });
  }

  /** Asks for records of what EC2 shows, after the table was lost. @param configurations by node, what EC2 does not show */
  rebuild(dryRun: boolean, configurations: Readonly<Record<string, NodeConfig>> = {}): Promise<Answer> {
    return this.ask('POST', '/holdfast/rebuild', { dryRun, configurations });
  }

  private async ask(method: string, path: string, body?: object): Promise<Answer> {
    this.token ??= await this.sandbox.token();
    let unanswered = false;
    for (let attempt = 1; ; attempt += 1) {
      const { status, body: text } = await this.sandbox.plane.request({
        method,
        path,
        headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (status === 200) {
        return { kind: 'done', items: (JSON.parse(String(text)) as { response: { items: [] } }).response.items };
      }
      // Whoever is refused after an answer was lost may be refused for what the lost one has done.
      if (status < 500 && status !== 429)
        return unanswered ? { kind: 'unanswered' } : { kind: 'refused', why: String(text) };
      unanswered = true;
      if (attempt === TRIES) return { kind: 'unanswered' };
      await this.sandbox.clock.sleep(BETWEEN_TRIES_MS);
    }
  }
}
