/** An API client like those that users write: it retries if the API does not respond, and gives up after some tries. */
import type { Sandbox } from '../../local/sandbox';
import type { NodeConfig } from '../../domain/config/node-config';

export type ApiResult =
  | {
      readonly kind: 'done';
      readonly items: readonly { readonly id?: string; readonly managedInstanceId?: string | null }[];
    }
  | { readonly kind: 'refused'; readonly why: string }
  /** It is unknown whether the request took effect. */
  | { readonly kind: 'no-response' };

const TRIES = 5;
const BETWEEN_TRIES_MS = 4_000;
const NODES_PATH = '/aws/ec2/managedInstance';

export class ApiClient {
  private token: string | undefined;

  constructor(private readonly sandbox: Pick<Sandbox, 'plane' | 'clock' | 'token'>) {}

  act(nodeId: string, action: 'pause' | 'resume' | 'recycle'): Promise<ApiResult> {
    return this.send('PUT', `${NODES_PATH}/${nodeId}/${action}`);
  }

  actOnAll(nodeIds: readonly string[], state: 'PAUSE' | 'RESUME'): Promise<ApiResult> {
    return this.send('PUT', `${NODES_PATH}/state`, { managedInstanceStates: nodeIds.map((id) => ({ id, state })) });
  }

  update(nodeId: string, managedInstance: object): Promise<ApiResult> {
    return this.send('PUT', `${NODES_PATH}/${nodeId}`, { managedInstance });
  }

  delete(nodeId: string, instance: boolean, interfaces: boolean): Promise<ApiResult> {
    return this.send('DELETE', `${NODES_PATH}/${nodeId}`, {
      deallocationConfig: { shouldTerminateInstance: instance, shouldDeleteNetworkInterfaces: interfaces },
    });
  }

  create(managedInstance: NodeConfig): Promise<ApiResult> {
    return this.send('POST', NODES_PATH, { managedInstance });
  }

  import(migration: object): Promise<ApiResult> {
    return this.send('POST', `${NODES_PATH}/migration`, { migration });
  }

  /**
   * Asks for new records of what EC2 shows, after the table was lost.
   * @param configurations by node, for the nodes of which EC2 does not show enough
   */
  rebuild(dryRun: boolean, configurations: Readonly<Record<string, NodeConfig>> = {}): Promise<ApiResult> {
    return this.send('POST', '/holdfast/rebuild', { dryRun, configurations });
  }

  private async send(method: string, path: string, body?: object): Promise<ApiResult> {
    this.token ??= await this.sandbox.token();
    let isResponseLost = false;
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
      // After a lost response, a refusal may be a consequence of the lost request.
      if (status < 500 && status !== 429)
        return isResponseLost ? { kind: 'no-response' } : { kind: 'refused', why: String(text) };
      isResponseLost = true;
      if (attempt === TRIES) return { kind: 'no-response' };
      await this.sandbox.clock.sleep(BETWEEN_TRIES_MS);
    }
  }
}
