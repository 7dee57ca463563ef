/** Ends a pause: the instance is gone and the interface is free. The Elastic IP stays on it, unless asked otherwise. */
import { decideElasticIpOnPause, withoutElasticIp } from '../../domain/operation/elastic-ip';
import { NOTHING_OBSERVED, recordEnding } from '../../domain/operation/operation-record';
import { decidePaused, paused } from '../../domain/operation/settle-pause';
import { InterfaceMissing, NotReady } from '../../domain/errors';
import { observeNode } from '../operation/observe-node';
import { changeOwned, ownedNode, type EndingInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

export interface PauseSettled {
  readonly interfaceId: string | null;
  /** False if the Elastic IP is not on the interface until the next resume. It still belongs to the node. */
  readonly keepsElasticIp: boolean;
}

export const settlePause =
  (ports: Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'elasticIps' | 'usage' | 'history' | 'time'>) =>
  async ({ observed = NOTHING_OBSERVED, ...input }: EndingInput): Promise<PauseSettled> => {
    const owned = await ownedNode(ports.nodes, input);
    const seen = await observeNode(ports, owned);
    const decision = decidePaused(owned.node, owned.operation, seen);
    if (decision.kind === 'not-yet') throw new NotReady(decision.because);
    if (decision.kind === 'associate') {
      // If the interface was deleted meanwhile, the next look shows that, and the pause continues without it.
      await ports.elasticIps.associate(decision.allocationId, decision.interfaceId).catch((error: unknown) => {
        if (!(error instanceof InterfaceMissing)) throw error;
      });
      throw new NotReady(`EC2 does not show ${decision.allocationId} on ${decision.interfaceId} yet`);
    }
    const parting = decideElasticIpOnPause(owned, seen.elasticIp);
    if (parting.kind === 'disassociate') await ports.elasticIps.disassociate(parting.associationId);
    const now = ports.time.now().toISOString();
    const { instance } = owned.node;
    if (instance !== undefined) await ports.usage.end(input.nodeId, instance, now);
    const ending = { outcome: 'succeeded', instance: undefined, isBack: false, seen: [seen.old] } as const;
    await ports.history.write(input.nodeId, recordEnding(owned, ending, observed, now));
    const node = await changeOwned(ports.nodes, input, (latest) =>
      paused(parting.kind === 'keep' ? latest.node : withoutElasticIp(latest.node), now),
    );
    return { interfaceId: node.identity.interfaceId ?? null, keepsElasticIp: parting.kind === 'keep' };
  };

export function describePauseSettled({ keepsElasticIp }: PauseSettled): LogLine {
  return info(`PAUSED: the interface and its addresses are kept${keepsElasticIp ? '' : ', the Elastic IP apart'}`);
}
