/** Removes what a record has given up, and nothing else. It may run several times at once, and stop at any point. */
import {
  decideGivenUp,
  decideGivenUpTemplate,
  isTemplateGone,
  withoutGone,
  type GivenUpDecision,
  type SeenGivenUp,
} from '../../domain/operation/given-up';
import { InterfaceNotFree } from '../../domain/errors';
import type { GivenUp, GivenUpResource, StatefulNode } from '../../domain/node/stateful-node';
import { decideAndSave } from './owned-node';
import type { Ports } from '../ports';

type GivenUpPorts = Pick<Ports, 'nodes' | 'instances' | 'interfaces' | 'templates' | 'log' | 'time'>;

/**
 * Looks at each thing that the node has given up, and removes what it can. Returns what is left.
 * @throws the first error from EC2, after trying all of them
 */
export async function removeGivenUp(ports: GivenUpPorts, nodeId: string): Promise<readonly GivenUp[]> {
  const node = await ports.nodes.get(nodeId);
  const { givenUp = [], identity } = node ?? {};
  if (node === undefined || givenUp.length === 0) return [];
  const { interfaceId } = identity ?? {};
  const ownInterface = interfaceId === undefined ? undefined : await ports.interfaces.observe(interfaceId);
  const handled = await Promise.allSettled(
    givenUp.map(async (entry) => {
      const now = ports.time.now().toISOString();
      const decision =
        entry.kind === 'launch-template'
          ? decideGivenUpTemplate(entry, node)
          : decideGivenUp(entry, await look(ports, entry), node, ownInterface, now);
      return (await carryOut(ports, nodeId, decision)) ? entry : undefined;
    }),
  );
  const gone = handled.flatMap((each) => (each.status === 'fulfilled' && each.value !== undefined ? [each.value] : []));
  const left = gone.length === 0 ? givenUp : await forget(ports, nodeId, gone);
  const failure = handled.find((each) => each.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return left;
}

async function look({ instances, interfaces }: GivenUpPorts, entry: GivenUpResource): Promise<SeenGivenUp> {
  if (entry.kind === 'instance') {
    const seen = 'id' in entry ? instances.observe(entry.id) : instances.launchedBy(entry.clientToken);
    return { kind: 'instance', seen: await seen };
  }
  const seen = await ('id' in entry ? interfaces.observe(entry.id) : interfaces.madeBy(entry.clientToken));
  const holderId = seen?.attachment?.instanceId;
  return { kind: 'interface', seen, holder: holderId === undefined ? undefined : await instances.observe(holderId) };
}

/** Returns whether the record can forget the thing. An instance can be forgotten once EC2 shows that it is ending. */
async function carryOut(ports: GivenUpPorts, nodeId: string, decision: GivenUpDecision): Promise<boolean> {
  switch (decision.kind) {
    case 'forget':
      return true;
    case 'wait':
      return false;
    case 'terminate':
      await tell(ports, nodeId, `${decision.instanceId} was given up and is terminated`);
      await ports.instances.terminate(decision.instanceId);
      return false;
    case 'detach':
      await ports.interfaces.detach(decision.attachmentId);
      return false;
    case 'force':
      await ports.interfaces.detach(decision.attachmentId, { force: true });
      return false;
    case 'delete':
      return isDeleted(ports, nodeId, decision.interfaceId);
    case 'delete-template':
      await tell(ports, nodeId, `${decision.name}, the launch template of an earlier configuration, is deleted`);
      return (
        (await ports.templates.delete(decision.name)) || isTemplateGone(decision.since, ports.time.now().toISOString())
      );
  }
}

async function isDeleted(ports: GivenUpPorts, nodeId: string, interfaceId: string): Promise<boolean> {
  await tell(ports, nodeId, `${interfaceId} was given up and is deleted`);
  try {
    await ports.interfaces.delete(interfaceId);
    return true;
  } catch (error) {
    // It was attached after EC2 showed it as free.
    if (error instanceof InterfaceNotFree) return false;
    throw error;
  }
}

/** Called before the removal, so that nothing disappears without an entry in the log. */
function tell({ log, time }: GivenUpPorts, nodeId: string, message: string): Promise<void> {
  return log.append(nodeId, { createdAt: time.now().toISOString(), severity: 'INFO', message });
}

async function forget({ nodes }: GivenUpPorts, nodeId: string, gone: readonly GivenUp[]): Promise<readonly GivenUp[]> {
  const { node } = await decideAndSave(nodes, nodeId, (current): { readonly node?: StatefulNode } =>
    current === undefined ? {} : { node: withoutGone(current, gone) },
  );
  return node?.givenUp ?? [];
}
