/** Makes sure that the node's interface exists where the operation needs it. It makes a new one only if the old is gone. */
import { AddressTaken, HoldfastError, NoCapacity, NotReady, NotYetVisible, RequestRejected } from '../../domain/errors';
import { withGivenUp } from '../../domain/operation/given-up';
import { describeRefusals, withoutRoom } from '../../domain/operation/launch';
import { decideExistence, identityOn } from '../../domain/operation/network-interface';
import { withInterfaceTags } from '../../domain/node/applied-tags';
import type { SeenInterface } from '../../domain/node/observations';
import type { GivenUp, InterfaceRequest, Operation, OwnedNode, StatefulNode } from '../../domain/node/stateful-node';
import { observeInterfaces } from '../operation/observe-node';
import { refuseAwaited } from '../operation/awaited-nodes';
import { changeOperation, changeOwned, ownedForLaunch, type OperationInput } from '../operation/owned-node';
import type { Ports } from '../ports';
import { info, type LogLine } from './log-lines';

type EniPorts = Pick<Ports, 'nodes' | 'interfaces' | 'time'>;

export interface Ensured {
  readonly interfaceId: string;
}

export const ensureEni =
  ({ nodes, interfaces, time }: EniPorts) =>
  async (input: OperationInput): Promise<Ensured> => {
    const { node, operation } = await ownedForLaunch(nodes, input);
    const seen = await observeInterfaces({ interfaces }, { node, operation });
    const now = time.now().toISOString();
    const decision = decideExistence(node, operation, seen, now);
    switch (decision.kind) {
      case 'wait':
        throw new NotYetVisible(decision.because);
      case 'nothing': {
        const { interfaceId, setSecurityGroupIds } = decision;
        if (setSecurityGroupIds) await interfaces.setSecurityGroups(interfaceId, setSecurityGroupIds);
        return { interfaceId };
      }
      case 'reuse':
        await changeOwned(nodes, input, (current) => withInterface(current, decision.interface, decision.retire, now));
        // The interface may have other security groups by now, so we decide again.
        return ensureEni({ nodes, interfaces, time })(input);
      case 'find':
        await find({ nodes, interfaces, time }, input, decision.request, decision.retire);
        return ensureEni({ nodes, interfaces, time })(input);
      case 'create': {
        refuseEndlessMaking(operation.interfacesMade);
        const owned = await changeOperation(nodes, input, (op) => ({ ...op, interfaceRequest: decision.request }));
        const made = await create({ nodes, interfaces, time }, input, owned.node, decision.request, decision.retire);
        if (made === undefined) return ensureEni({ nodes, interfaces, time })(input);
        await changeOwned(nodes, input, (current) =>
          withTagsOf(decision.request, withInterface(counted(current), made, decision.retire, now)),
        );
        return { interfaceId: made.id };
      }
    }
  };

/** An operation makes one for each subnet that it tries, and another if a person deletes one. */
const MOST_INTERFACES = 40;

/** @throws RequestRejected */
function refuseEndlessMaking(made = 0): void {
  if (made >= MOST_INTERFACES) {
    throw new RequestRejected(
      `${made} interfaces were made and none of them stayed: CloudTrail shows who deletes them.`,
    );
  }
}

/**
 * Asks EC2 for the interface. Returns undefined if the operation must decide again: the subnet has no free address, or
 * the token is spent. A record that was restored to an earlier time may repeat the tokens of what it has forgotten.
 * @throws NoCapacity if no subnet that the node may use has a free address
 * @throws NotReady if what the node has given up, or a node that is being deleted, may have the address
 * @param node the record when the interface was asked for: what it had given up may be gone, and forgotten, by the answer
 */
async function create(
  ports: EniPorts,
  input: OperationInput,
  { givenUp }: StatefulNode,
  request: InterfaceRequest,
  retire: string | undefined,
): Promise<SeenInterface | undefined> {
  const { nodes, interfaces } = ports;
  try {
    const outcome = await interfaces.create(request);
    if (outcome.kind === 'made') return outcome.interface;
    if (outcome.kind === 'token-spent') {
      await find(ports, input, request, retire);
      return undefined;
    }
    const { operation } = await changeOwned(nodes, input, ({ node, operation: current }) => ({
      ...node,
      operation: {
        ...withoutRequest(current),
        launch: withoutRoom(node, current, request.subnetId, outcome.refusal),
      },
    }));
    const launch = operation?.launch;
    // The next pool is never in a subnet that is full.
    if (launch?.state === 'next') return undefined;
    throw new NoCapacity(
      `No subnet that the node may use has a free address. ${describeRefusals(launch?.refusals ?? [])}`,
    );
  } catch (error) {
    // EC2 refused, so nothing was made. The next request may ask for something else.
    if (error instanceof HoldfastError && error.category === 'permanent') {
      const { node } = await changeOperation(nodes, input, withoutRequest);
      const { privateIp } = request;
      if (error instanceof AddressTaken && privateIp !== undefined) {
        refuseGivenUp(givenUp, privateIp);
        await refuseAwaited(nodes, node, { kind: 'private-ip', address: privateIp });
      }
    }
    throw error;
  }
}

/**
 * A failed operation records its failure before it removes the interface that it made, so the next operation may come first.
 * @throws NotReady
 */
function refuseGivenUp(givenUp: readonly GivenUp[] = [], privateIp: string): void {
  const interfaces = givenUp.filter(({ kind }) => kind === 'interface');
  if (interfaces.length === 0) return;
  const named = interfaces.map((each) => ('id' in each ? each.id : each.clientToken)).join(', ');
  throw new NotReady(`${privateIp} is in use, perhaps by what the node has given up and Holdfast removes: ${named}.`);
}

/** Takes the interface that an earlier request made. If there is none, gives it up: if it is made later, it is removed. */
async function find(
  { nodes, interfaces, time }: EniPorts,
  input: OperationInput,
  request: InterfaceRequest,
  retire: string | undefined,
): Promise<void> {
  const { clientToken } = request;
  const made = await interfaces.madeBy(clientToken);
  const since = time.now().toISOString();
  await changeOwned(nodes, input, (current) => {
    if (made !== undefined) return withTagsOf(request, withInterface(counted(current), made, retire, since));
    const { node, operation } = counted(current);
    return withGivenUp({ ...node, operation: withoutRequest(operation) }, [{ kind: 'interface', since, clientToken }]);
  });
}

function withoutRequest({ interfaceRequest: _answered, ...rest }: Operation): Operation {
  return rest;
}

function counted({ node, operation }: OwnedNode): OwnedNode {
  return { node, operation: { ...operation, interfacesMade: (operation.interfacesMade ?? 0) + 1 } };
}

function withTagsOf({ tags }: InterfaceRequest, node: StatefulNode): StatefulNode {
  return withInterfaceTags(node, tags);
}

function withInterface(
  { node, operation }: OwnedNode,
  eni: SeenInterface,
  retire: string | undefined,
  now: string,
): StatefulNode {
  const retired = new Set([...operation.retiredInterfaceIds, ...(retire === undefined ? [] : [retire])]);
  retired.delete(eni.id);
  return {
    ...node,
    identity: { ...identityOn(eni, node.identity), madeAt: now },
    operation: { ...withoutRequest(operation), retiredInterfaceIds: [...retired] },
    updatedAt: now,
  };
}

export function describeEnsured({ interfaceId }: Ensured): LogLine {
  return info(`interface ${interfaceId} is in place`);
}
