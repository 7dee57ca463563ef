/**
 * Ends an operation if the replacement runs and carries exactly the node's addresses. Otherwise the step fails and says
 * what is missing.
 */
import { confirmed, decideConfirm } from '../../domain/operation/confirm-node';
import { ElasticIpMissing, NotReady, ReplacementLost, ReplacementStopped } from '../../domain/errors';
import type { AwaySince } from '../../domain/monitoring/missing-address';
import { measureRecovery, needsKnownSince } from '../../domain/monitoring/recovery';
import { NOTHING_OBSERVED, recordEnding } from '../../domain/operation/operation-record';
import { launchedInstance, withKnownEnds } from '../../domain/operation/seen-node';
import { imported } from '../../domain/import/import';
import type { SeenInstance } from '../../domain/node/observations';
import type { OwnedNode } from '../../domain/node/stateful-node';
import { endBefore, usageOf } from '../../domain/costs/usage';
import { attachSecondary } from '../operation/attaching';
import { finish, type AdoptPorts } from '../operation/adoption';
import { settleTemplate } from '../operation/launch-template';
import { changeOwned, ownedNode, type EndingInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { observeReplaced, type SeenReplacement } from '../operation/observe-node';
import { removeRetired } from '../operation/retired-interfaces';
import { info, type LogLine } from './log-lines';

export interface Confirmed {
  readonly instanceId: string;
}

export const confirmNode =
  (
    ports: AdoptPorts &
      Pick<
        Ports,
        | 'index'
        | 'templates'
        | 'elasticIps'
        | 'usage'
        | 'history'
        | 'migrations'
        | 'missingAddresses'
        | 'measure'
        | 'log'
      >,
  ) =>
  async ({ observed = NOTHING_OBSERVED, ...input }: EndingInput): Promise<Confirmed> => {
    const owned = await ownedNode(ports.nodes, input);
    const seen = await observe(ports, owned);
    const decision = decideConfirm(owned.node, owned.operation, seen);
    if (decision.kind === 'lost') throw new ReplacementLost(decision.because);
    if (decision.kind === 'stopped') throw new ReplacementStopped(decision.because);
    if (decision.kind === 'not-yet') throw new NotReady(decision.because);
    if (decision.kind === 'address-missing') throw ElasticIpMissing.of(decision.allocationId);
    if (decision.kind === 'associate') {
      await ports.elasticIps.associate(decision.allocationId, decision.interfaceId);
      throw new NotReady(`${decision.allocationId} is being associated again`);
    }
    if (decision.kind === 'attach') {
      await attachSecondary(ports, decision.interfaceId, decision.instanceId, decision.deviceIndex);
      throw new NotReady(`${decision.interfaceId} is being attached to ${decision.instanceId} again`);
    }
    if (decision.kind === 'detach') {
      await ports.interfaces.detach(decision.attachmentId);
      throw new NotReady(`${decision.because}, and is being detached`);
    }
    if (decision.kind === 'protect') {
      await ports.interfaces.keepOnTermination(decision.interfaceId, decision.attachmentId);
      throw new NotReady(`${decision.interfaceId} would still be deleted with the replacement`);
    }

    const { replacement } = decision;
    await finish(ports, input);
    const left = await removeRetired(ports, seen.retired);
    const now = ports.time.now().toISOString();
    await keepUsage(ports, owned, replacement, now);
    await settleTemplate(ports, owned);
    const instance = launchedInstance(replacement, owned);
    const ending = { outcome: 'succeeded', instance, isBack: true, seen: [seen.old, replacement] } as const;
    await ports.history.write(input.nodeId, recordEnding(owned, ending, observed, now));
    await changeOwned(ports.nodes, input, (latest) => imported(confirmed(latest, decision, seen, left, now, observed)));
    await measure(ports, owned, now);
    return { instanceId: replacement.id };
  };

async function observe(
  ports: Pick<Ports, 'instances' | 'interfaces' | 'elasticIps' | 'index'>,
  owned: OwnedNode,
): Promise<SeenReplacement> {
  const { launch } = owned.operation;
  if (launch?.state !== 'launched') return observeReplaced(ports, owned);
  const { instanceId } = launch;
  const [seen, state] = await Promise.all([observeReplaced(ports, owned), ports.index.stateOf(instanceId)]);
  return withKnownEnds(seen, [state && { instanceId, state }]);
}

/** Called before the record is changed: after a crash, the next try finds the operation and does the rest. */
async function keepUsage(
  { usage }: Pick<Ports, 'usage'>,
  { node, operation }: OwnedNode,
  replacement: SeenInstance,
  now: string,
): Promise<void> {
  const before = node.instance;
  await Promise.all([
    usage.begin(node.id, usageOf(replacement, operation.config)),
    before === undefined ||
      before.id === replacement.id ||
      usage.end(node.id, before, endBefore(replacement, operation, now)),
  ]);
}

const NONE_KNOWN: AwaySince = {};

/** The node is confirmed already, so a measurement that cannot be complete is left out. */
async function measure(
  { missingAddresses, measure: put }: Pick<Ports, 'missingAddresses' | 'measure'>,
  { node, operation }: OwnedNode,
  now: string,
): Promise<void> {
  const [known] = await Promise.allSettled([needsKnownSince(operation) ? missingAddresses.read() : NONE_KNOWN]);
  if (known.status === 'rejected') return;
  for (const each of measureRecovery(operation, known.value[node.id], now)) put(each);
}

export function describeConfirmed({ instanceId }: Confirmed): LogLine {
  return info(`ACTIVE on ${instanceId}`);
}
