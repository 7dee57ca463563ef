/** What the steps do to the original of an import: tag it, commit to the import, terminate it, or undo everything. */
import { NotReady, RequestRejected } from '../../domain/errors';
import { adopted, committed, decideAdoption, openAdoption } from '../../domain/import/import';
import { hasEnded } from '../../domain/operation/launch';
import {
  DEPLOYMENT_TAG,
  NODE_ID_TAG,
  type Adoption,
  type OpenAdoption,
  type StatefulNode,
  type Tag,
} from '../../domain/node/stateful-node';
import { askOnceAndPoll, DONE, waiting } from './ask-once-and-poll';
import { changeOwned, ownedNode, type OperationInput } from './owned-node';
import type { Ports } from '../ports';

export type AdoptPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'index' | 'tags' | 'deployment' | 'time'>;

/**
 * Until the import is committed, makes sure that the original has the node's tags and that its interface outlives it.
 * Returns the node's open import, or undefined. @throws ImportCancelled @throws NotReady
 */
export async function adopt(ports: AdoptPorts, input: OperationInput): Promise<OpenAdoption | undefined> {
  const { node } = await ownedNode(ports.nodes, input);
  const adoption = openAdoption(node);
  if (adoption === undefined || adoption.committedAt !== undefined) return adoption;
  // We do not touch an original that is not ours to terminate.
  if (adoption.shouldTerminateInstance) await mark(ports, node, adoption);
  if (adoption.adoptedAt === undefined) {
    const now = ports.time.now().toISOString();
    await changeOwned(ports.nodes, input, (latest) => adopted(latest.node, now));
  }
  return adoption;
}

async function mark(ports: AdoptPorts, node: StatefulNode, adoption: Adoption): Promise<void> {
  const { originalInstanceId, shouldKeepPrivateIp } = adoption;
  const { interfaceId } = node.identity;
  // From now on the instance is the node's, so events about it must find the node in the index.
  if (shouldKeepPrivateIp) await ports.index.register(originalInstanceId, node.id);
  const missing = await askOnceAndPoll(ports.time, async () => {
    const [instance, eni] = await Promise.all([
      ports.instances.observe(originalInstanceId),
      shouldKeepPrivateIp && interfaceId !== undefined ? ports.interfaces.observe(interfaceId) : undefined,
    ]);
    const decision = decideAdoption(node.id, instance, eni);
    switch (decision.kind) {
      case 'nothing':
        return DONE;
      case 'tag':
        // IAM policies go by the tags, so we can change neither of the two until EC2 shows the tags.
        return waiting(`${decision.resourceIds.join(', ')} does not show its tag yet`, () =>
          ports.tags.set(decision.resourceIds, marksOf(ports.deployment, node.id)),
        );
      case 'protect':
        await ports.interfaces.keepOnTermination(decision.interfaceId, decision.attachmentId);
        return waiting(`${decision.interfaceId} would still be deleted with ${originalInstanceId}`);
      case 'refused':
        throw new RequestRejected(decision.because);
    }
  });
  if (missing !== undefined) throw new NotReady(missing);
}

const MARKS = [NODE_ID_TAG, DEPLOYMENT_TAG];

function marksOf(deployment: string, nodeId: string): readonly Tag[] {
  return [
    { key: NODE_ID_TAG, value: nodeId },
    { key: DEPLOYMENT_TAG, value: deployment },
  ];
}

/** Commits the import: this one write decides that it cannot be cancelled any more. @throws ImportCancelled */
export async function commit(ports: Pick<Ports, 'nodes' | 'time'>, input: OperationInput): Promise<void> {
  const { node } = await ownedNode(ports.nodes, input);
  const adoption = openAdoption(node);
  if (adoption === undefined || adoption.committedAt !== undefined) return;
  const now = ports.time.now().toISOString();
  await changeOwned(ports.nodes, input, (latest) => committed(latest.node, now));
}

/**
 * Ends the import of a node whose replacement is confirmed. An original that kept its own addresses is terminated only
 * now. Does nothing for a node that is not being imported. @throws ImportCancelled @throws NotReady
 */
export async function finish(ports: AdoptPorts & Pick<Ports, 'migrations'>, input: OperationInput): Promise<void> {
  const adoption = await adopt(ports, input);
  if (adoption === undefined) return;
  await commit(ports, input);
  if (adoption.shouldTerminateInstance) {
    const original = await ports.instances.observe(adoption.originalInstanceId);
    if (original !== undefined && !hasEnded(original)) {
      await ports.instances.terminate(original.id);
      throw new NotReady(`${original.id} is being terminated`);
    }
  }
  const at = ports.time.now().toISOString();
  await ports.migrations.end(adoption.migrationId, { state: 'MIGRATE_FINISH', at });
}

/**
 * Restores the original to its state before the import. Returns the id of the interface if its original has ended
 * meanwhile: the interface is then left without an instance.
 */
export async function undo(
  { instances, interfaces, tags }: Pick<Ports, 'instances' | 'interfaces' | 'tags'>,
  node: StatefulNode,
  adoption: Adoption,
): Promise<readonly string[]> {
  if (!adoption.shouldTerminateInstance) return [];
  const { interfaceId } = node.identity;
  const [instance, eni] = await Promise.all([
    instances.observe(adoption.originalInstanceId),
    adoption.shouldKeepPrivateIp && interfaceId !== undefined ? interfaces.observe(interfaceId) : undefined,
  ]);
  const attachment = eni?.attachment;
  if (eni !== undefined && attachment !== undefined && adoption.deletedOnTermination) {
    // This comes first, because we may change an interface only while it has the tag.
    if (!attachment.deleteOnTermination) await interfaces.deleteOnTermination(eni.id, attachment.id);
  }
  const present = [instance?.state === 'terminated' ? undefined : instance, eni];
  await tags.remove(
    present.flatMap((seen) => (seen === undefined ? [] : [seen.id])),
    MARKS,
  );
  return eni !== undefined && attachment === undefined ? [eni.id] : [];
}
